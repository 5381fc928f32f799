"""Projects one person's live state through their framework, as of today or an earlier day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from shared.conversations.domain.analysis_version import scorer_number
from shared.frameworks.domain.framework import Framework
from shared.frameworks.records import ScorerFigures
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import Caller
from shared.kernel.context import Context
from shared.kernel.days import EPOCH, day_of
from shared.kernel.errors import NotFound, Rejected
from shared.observations.domain.effective_entries import EffectiveEntries
from shared.observations.domain.entry import FIELD
from shared.observations.state_records import States, StoredState
from shared.ports.ambient import Clock
from shared.privacy.usecases.first_sight import FirstSight
from shared.ratings.contract import ScorerCertificate
from shared.ratings.domain.contexts import Expected
from shared.ratings.domain.projection import Projection
from shared.ratings.domain.weights import RATING_WINDOW_DAYS
from shared.ratings.usecases.asked_context import mapped_context
from shared.ratings.usecases.expected_contexts import ExpectedContexts


@dataclass(frozen=True, slots=True)
class ProjectedPerson:
    """One person's skills as of a day.

    expected:     where the person is expected to be seen
    asked:        the context that was asked for, in the framework's own values
    certificates: of the scorers whose scores, reviewed by nobody, are in the person's rating window
    scores_open_at: when the last of the calls opens that are left out; None: none is
    """

    employee_id: str
    projection: Projection
    expected: Expected
    certificates: tuple[ScorerCertificate, ...]
    asked: Context | None = None
    scores_open_at: datetime | None = None


class ProjectPerson:
    """Reads states and what is configured."""

    def __init__(
        self,
        states: States,
        configuration: Configuration,
        expected: ExpectedContexts,
        first_sight: FirstSight,
        clock: Clock,
    ) -> None:
        self._states = states
        self._configuration = configuration
        self._expected = expected
        self._first_sight = first_sight
        self._clock = clock

    def seen_by(
        self, caller: Caller, employee_id: str, *, as_of: date | None = None, extra: Context | None = None
    ) -> ProjectedPerson:
        """Returns a person's skills, those in the contexts of their deals as well, as the caller sees them: of calls
        that are not open to them yet nothing counts. extra: one more context to rate

        Raises NotFound, Rejected for a future day, and for a context with commas.
        """
        state = self._states.get(employee_id)
        if state is None:
            raise NotFound(f"there is no employee {employee_id[:80]!r}", field="employee_id")
        framework = self._configuration.framework(state.framework_id)
        today = day_of(self._clock.now())
        day = today if as_of is None else (as_of - EPOCH).days
        if day > today:
            raise Rejected(f"as_of: {as_of} is in the future", field="as_of")
        asked = mapped_context(extra, framework) if extra else None
        (person,) = self._projected(caller, [(state, framework)], day, asked)
        return person

    def several_seen_by(self, caller: Caller, employee_ids: Iterable[str]) -> dict[str, ProjectedPerson]:
        """Returns likewise those of some people whom there are, as of today. What is read is read for all together."""
        people = []
        for state in self._states.get_many(employee_ids).values():
            with suppress(NotFound):  # rated by what is no framework: whoever is keeps no other back
                people.append((state, self._configuration.framework(state.framework_id)))
        return {one.employee_id: one for one in self._projected(caller, people, day_of(self._clock.now()), None)}

    def _projected(
        self, caller: Caller, people: Sequence[tuple[StoredState, Framework]], day: int, asked: Context | None
    ) -> Iterator[ProjectedPerson]:
        closed = self._first_sight.closed_to_of(caller, [state for state, _ in people])
        expected = self._expected.of(
            {state.employee_id: (framework, closed[state.employee_id].calls) for state, framework in people}, day
        )
        parameters, certificates = self._configuration.parameters(), self._configuration.certificates()
        also = (asked,) if asked else ()
        for state, framework in people:
            employee_id = state.employee_id
            seen = state.without(closed[employee_id].calls)
            more = {
                competency: (*also, *(expected[employee_id].deals if competency in framework.core else ()))
                for competency in framework.by_competency
            }
            projection = Projection(seen.entries, framework, parameters, day, extra=more)
            behind = tuple(_behind(seen, projection, certificates))
            until = closed[employee_id].until
            yield ProjectedPerson(employee_id, projection, expected[employee_id], behind, asked, until)


def _behind(
    state: StoredState, projection: Projection, certificates: Iterable[ScorerFigures]
) -> Iterable[ScorerCertificate]:
    """Yields the certificates of the scorers who contributed; costs nothing while no scorer has one."""
    ordered = sorted(certificates, key=lambda figures: figures.scorer)
    contributed = _contributed(state, projection) if ordered else set()
    for one in ordered:
        for competency, figures in sorted(one.competencies.items()):
            if any(number > 0 and (number, competency) in contributed for number in one.numbers):
                yield ScorerCertificate(
                    scorer=one.scorer,
                    competency=competency,
                    n=figures.n,
                    kappa=figures.kappa,
                    kappa_interval=None if figures.kappa_interval is None else list(figures.kappa_interval),
                    within=figures.within,
                    verdict=figures.verdict,
                )


def _contributed(state: StoredState, projection: Projection) -> set[tuple[int, str | None]]:
    """Returns (scorer's number, competency) of the scores of the rating window that no person has reviewed."""
    named = projection.framework.competency_named
    return {
        (scorer_number(entry.analysis), named(word))
        for entry in EffectiveEntries(state.entries.values()).in_order()
        if entry.kind == FIELD and not entry.human and 0 <= projection.as_of - entry.day <= RATING_WINDOW_DAYS
        for word in entry.words
    }
