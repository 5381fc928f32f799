"""Decides what a person's published ratings become, from what they rest on and what was published before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from shared.platform.domain.change import About
from shared.ratings.domain import discrepancy, readiness
from shared.ratings.domain.changes import changed, vanished
from shared.ratings.domain.contexts import works_in
from shared.ratings.domain.discrepancy import Discrepancy
from shared.ratings.domain.head import Head, head_of
from shared.ratings.domain.likely_ready import chances_of
from shared.ratings.domain.projection import Projection, project
from shared.ratings.domain.skill_rating import SkillRating, from_text, to_text
from shared.ratings.domain.weights import WEIGHTS_VERSION
from shared.ratings.records import Facts, PublishedHead, PublishedRatings
from shared.ratings.usecases import discrepancies
from shared.ratings.usecases.ground import Ground, RatedState
from shared.ratings.usecases.skill_facts import skill_changed

_Projected = tuple[Projection, list[SkillRating], str]


@dataclass(frozen=True, slots=True)
class Decided:
    """Says what ratings become. written: None where they stay; changed: something did, also earlier in the same run

    about:    what whoever keeps a copy of the profile is told of; nothing where a day has passed and no more
    moved:    places in which the person was not seen before, or is seen no longer
    outdated: the ratings rest on a newer state than the one that was given
    days_ahead: of the ratings that were there, made by a clock of the future, and are void; else 0
    """

    written: PublishedRatings | None
    pending: Facts
    revision: int
    changed: bool
    outdated: bool = False
    about: tuple[About, ...] = ()
    moved: frozenset[str] = frozenset()
    days_ahead: int = 0


def days_ahead(before: PublishedRatings | None, ground: Ground) -> int:
    """Returns by how many days a wrong clock was ahead that made ratings; 0 for a right one: at midnight another
    instance is a day ahead, and no more."""
    ahead = 0 if before is None else before.as_of - ground.today
    return ahead if ahead > 1 else 0


class NextRatings:
    """Decides for one person.

    passing_of_time: nobody says that anything happened (see UpdateRatings.update_from)
    run_id:          the recalculation that asks
    rated:           what somebody has worked out before
    """

    def __init__(self, ground: Ground, *, passing_of_time: bool, run_id: str | None, rated: RatedState | None) -> None:
        self._ground = ground
        self._passing_of_time = passing_of_time
        self._run_id = run_id
        self._rated = rated if rated is not None and rated.rests_on(ground) else None
        self._projected: _Projected | None = None

    def after(self, before: PublishedRatings | None) -> Decided | None:
        """Returns what follows; None where what is there rests on a newer framework or newer parameters."""
        if before is None:
            return self._decide(None)
        ground = self._ground
        # Versions of one framework say nothing about those of another, which the person may have moved to.
        newer = self._same_framework(before) and before.framework_version > ground.framework.version
        if newer or before.parameters_version > ground.parameters.version:
            return None
        outdated = before.state_version > ground.state.stamp
        # Another event of a burst may have been here with this very state: then nothing is to be rated again.
        known = self._same_ground(before) and before.as_of == ground.today
        if outdated or known or (before.as_of > ground.today and not days_ahead(before, ground)):
            changed_in_run = self._run_id is not None and before.changed_in == self._run_id
            return Decided(None, before.pending, before.revision, changed_in_run, outdated)
        return self._decide(before)

    def _same_framework(self, before: PublishedRatings) -> bool:
        return before.framework_id == self._ground.framework.framework_id

    def _same_ground(self, before: PublishedRatings) -> bool:
        ground = self._ground
        then = (before.framework_version, before.parameters_version, before.kernel_version, before.state_version)
        now = (ground.framework.version, ground.parameters.version, WEIGHTS_VERSION, ground.state.stamp)
        return self._same_framework(before) and then == now

    def _decide(self, before: PublishedRatings | None) -> Decided:
        ground = self._ground
        known = before if before is not None and self._same_framework(before) else None
        same_ground = known is not None and self._same_ground(known)
        known_rows = from_text(known.skills) if known is not None else []
        told = discrepancies.told_before(before)
        projection, rows, text = self._projection(known_rows, told)
        different = changed(
            known_rows,
            [*rows, *vanished(known_rows, rows, projection)],
            passing_of_time=self._passing_of_time and same_ground,
        )
        current = discrepancy.discrepancies(
            projection,
            rows,
            told if known is not None else {},
            known_on=min(known.as_of, ground.today) if known is not None and same_ground else None,
            collected=ground.state.collected,
        )
        apart = discrepancies.changes(before, ground.framework, current, projection)
        revision = before.revision if before is not None else 0
        pending = dict(before.pending) if before is not None else {}
        if different or apart:
            revision += 1
        if different:
            pending[f"r{revision}"] = skill_changed(ground, revision, rows, different).model_dump(mode="json")
        for change in apart:
            fact = discrepancies.fact(change, ground, revision)
            pending[f"d{revision}-{fact.discrepancy_id}"] = fact.model_dump(mode="json")
        earlier = before.changed_in if before is not None else None
        changed_in = self._run_id if different or apart else earlier
        written = self._ratings(revision, rows, text, current, pending, changed_in)
        about: list[About] = ["discrepancies"] if apart else []
        if different or not same_ground:
            about.append("skills")
        places = frozenset(before.works_in if before is not None else ()) ^ frozenset(written.works_in)
        ahead = days_ahead(before, ground)
        return Decided(
            written, pending, revision, bool(different or apart), about=tuple(about), moved=places, days_ahead=ahead
        )

    def _ratings(
        self,
        revision: int,
        rows: list[SkillRating],
        text: str,
        current: Iterable[Discrepancy],
        pending: Facts,
        changed_in: str | None,
    ) -> PublishedRatings:
        ground = self._ground
        return PublishedRatings(
            head=self._head(rows),
            employee_id=ground.state.employee_id,
            framework_id=ground.framework.framework_id,
            revision=revision,
            as_of=ground.today,
            computed_at=ground.now,
            state_version=ground.state.stamp,
            framework_version=ground.framework.version,
            parameters_version=ground.parameters.version,
            kernel_version=WEIGHTS_VERSION,
            readiness=readiness.overall(rows, ground.framework),
            core_validated=readiness.core_validated(rows, ground.framework),
            skills=text,
            discrepancies=discrepancy.to_text(current),
            pending=pending,
            changed_in=changed_in,
            works_in=works_in(rows, ground.framework, ground.today),
        )

    def _head(self, rows: Sequence[SkillRating]) -> PublishedHead:
        """Returns what is shown among others, with what is without the calls that are closed to them."""
        ground = self._ground
        head = PublishedHead.of(self._head_of(rows))
        if ground.closed.until is None:
            return head
        entries = ground.state.without(ground.closed.calls).entries
        without = project(entries, ground.framework, ground.parameters, ground.today)
        return head.closed_to(self._head_of(without), ground.closed.until)

    def _head_of(self, rows: Sequence[SkillRating]) -> Head:
        levels = readiness.core_levels(rows, self._ground.framework)
        return head_of(rows, chances_of(levels, self._ground.parameters.factor.likeness) if levels else None)

    def _projection(self, known: Iterable[SkillRating], told: Collection[tuple[str, str]]) -> _Projected:
        """Returns a projection of at least those skills that may have to be looked at more closely, and all rows."""
        ground, rated = self._ground, self._rated
        entries = ground.state.entries
        if rated is not None:
            shown = {row.key for row in rated.rows}
            closely = {row.key for row in rated.rows if row.discrepancy} | {row.key for row in known} - shown
            closely |= set(told)
            projection = Projection(entries, ground.framework, ground.parameters, ground.today, wanted=closely)
            return projection, rated.rows, rated.text
        if self._projected is None:
            whole = Projection(entries, ground.framework, ground.parameters, ground.today)
            rows = whole.rows()
            self._projected = whole, rows, to_text(rows)
        return self._projected
