"""Shows a person in the field: what was observed there, beside practice, by context, and who scored it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote

from functions.portal.analysts import page as analysts
from functions.portal.shell import figures, words
from functions.portal.shell.paging import following
from functions.portal.shell.visit import Page, PageOrRedirect, Visit
from infra.wiring.conversations import conversations
from infra.wiring.environment import Environment
from infra.wiring.intake import intake
from infra.wiring.operations import operations
from infra.wiring.ratings import ratings
from shared.conversations.usecases.observed_calls import ObservedCall
from shared.frameworks.domain.framework import FIELD_WORDS, Framework
from shared.frameworks.domain.parameters import Noise
from shared.intake.contract import HistoryItem
from shared.kernel.days import EPOCH
from shared.kernel.statistics import mean_interval
from shared.observations.domain.event_filter import EventFilter
from shared.observations.wire.sent_event import SentEvent
from shared.platform.edges.query import place_of
from shared.ratings.contract import ScorerCertificate, SkillView
from shared.ratings.domain.discrepancy import Reason
from shared.ratings.domain.in_contexts import InContext, in_contexts
from shared.ratings.domain.weights import APART_COUNT, APART_POINTS, Z_EIGHTY

PER_PAGE = 25


@dataclass(frozen=True)
class Seen:
    """One entry of the ledger about a conversation. scores: (competency's name, points, whether it waits for a person).

    standing: as the history says it; decided: what a person decided with it, None for an analysis
    opens_at: when its scores open for the viewer; None: they are open
    perhaps_twice: another source has perhaps reported the same call, and both count
    """

    at: datetime
    account: str | None
    source: str
    scores: tuple[tuple[str, float, bool], ...]
    standing: str
    decided: str | None = None
    opens_at: datetime | None = None
    call: str | None = None
    event_id: str = ""
    perhaps_twice: bool = False


@dataclass(frozen=True)
class Beside:
    """A competency in practice and in the field: points where both have enough, and how many observations each has.

    level: the interval of the level in the field; practising: of practice's mean
    reasons, since: why there is a discrepancy, and its first day; nothing where there is none
    """

    name: str
    practice: float | None
    field: float | None
    practised: int
    observed: int
    reasons: Sequence[Reason] = ()
    since: date | None = None
    level: Sequence[float] | None = None
    practising: Sequence[float] | None = None


@dataclass(frozen=True)
class Compared:
    """Shows a competency in practice and in the field. practice, field: None until both have enough

    apart: how they disagree, in words; empty where they do not
    """

    name: str
    apart: str
    since: str
    counts: str
    sentence: str
    practice: Mapping[str, str] | None = None
    field: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Field:
    """contexts: by dimension; names: of competencies"""

    employee_id: str
    name: str
    own: bool
    seen: tuple[Seen, ...]
    beside: tuple[Beside, ...]
    contexts: tuple[tuple[str, tuple[InContext, ...]], ...]
    certificates: Sequence[ScorerCertificate]
    names: Mapping[str, str]
    more: str | None = None
    field_words: str = FIELD_WORDS


def show_field(on: Environment, visit: Visit, employee_id: str) -> PageOrRedirect:
    """Shows what was observed of a person in the field, beside practice and by context."""
    opened = ratings(on).profiles.open(visit.caller, employee_id, page="field", named=words.scorer)
    framework, answer = opened.framework, opened.answer
    after = place_of(visit)
    found = intake(on).history.of(visit.caller, opened.employee, EventFilter("field"), limit=PER_PAGE, after=after)
    calls = conversations(on).observed_calls.of(employee_id, [_conversation(item) for item in found.items])
    effective = operations(on).activity.effective(visit.caller, opened.employee)
    view = Field(
        employee_id=employee_id,
        name=opened.employee.name,
        own=opened.own,
        seen=tuple(_seen(item, framework, calls.get(_conversation(item))) for item in found.items),
        beside=tuple(
            _observed(one, opened.parameters.noise_of(one.competency))
            for one in answer.skills
            if one.context is None and (one.field_observations or one.validation_events)
        ),
        contexts=in_contexts(effective, tuple(framework.by_dimension), (answer.as_of - EPOCH).days, opened.parameters),
        certificates=answer.scorer_certificates,
        names={competency: one.name for competency, one in framework.by_competency.items()},
        more=following(f"/people/{quote(employee_id)}/field", found.next),
        field_words=framework.field_words,
    )
    return present(view)


def _observed(one: SkillView, noise: Noise) -> Beside:
    practice, practised = one.practice_rating, one.validation_events
    return Beside(
        name=one.name,
        practice=practice,
        field=one.field_rating,
        practised=practised,
        observed=one.field_observations,
        reasons=one.discrepancy_reasons,
        since=one.discrepancy_since,
        level=one.interval,
        practising=None if practice is None else mean_interval(practice, practised, noise.practice, Z_EIGHTY),
    )


def _conversation(item: HistoryItem) -> tuple[str, str]:
    return (item.recording.source, item.recording.id) if item.recording else (item.source, item.source_id)


def _seen(item: HistoryItem, framework: Framework, call: ObservedCall | None) -> Seen:
    sent = SentEvent(item.payload)
    decided = sent.decided
    waiting = call.waiting if call is not None and decided is None else frozenset()
    scores = []
    for word, points in sent.scores:
        competency = framework.competency_named(word)
        name = framework.by_competency[competency].name if competency else words.plain(word)
        if points is not None:
            scores.append((name, points, word in waiting))
    return Seen(
        at=item.occurred_at,
        account=item.deal.account_name if item.deal else None,
        source=item.source,
        scores=tuple(scores),
        standing=item.standing,
        decided=decided,
        opens_at=item.scores_open_at,
        call=call.record_id if call else None,
        event_id=item.event_id,
        perhaps_twice=bool(item.notices),
    )


def present(view: Field) -> Page:
    variables = {
        "view": view,
        "beside": [
            _beside(one) for one in sorted(view.beside, key=lambda one: one.practice is None or one.field is None)
        ],
        "contexts": [
            (
                words.plain(dimension),
                [
                    {
                        "value": words.plain(one.value),
                        "mean": words.points(one.mean),
                        "range": figures.span(one.mean, one.interval),
                        "count": words.count(one.conversations, "conversation"),
                    }
                    for one in values
                ],
            )
            for dimension, values in view.contexts
        ],
        "certificates": [
            {
                "scorer": one.scorer,
                "name": view.names.get(one.competency, words.plain(one.competency)),
                "sentence": analysts.sentence(one),
                "untrusted": one.verdict in analysts.WAITING,
            }
            for one in view.certificates
        ],
    }
    return Page("field/field.html", variables, "me" if view.own else "people")


def _beside(one: Beside) -> Compared:
    since = words.day(one.since) if one.since else ""
    apart = words.capital(", ".join(words.DISCREPANCY[reason] for reason in one.reasons))
    counts = f"{words.count(one.practised, 'practice')}, {words.count(one.observed, 'conversation')}"
    if one.practice is None or one.field is None:
        missing = [
            words.count(APART_COUNT - number, noun)
            for number, noun in ((one.practised, "more practice"), (one.observed, "more conversation"))
            if number < APART_COUNT
        ]
        sentence = f"To compare: {' and '.join(missing)}." if missing else "Not compared yet."
        return Compared(one.name, apart, since, counts, sentence)
    difference = one.practice - one.field
    sentence = f"Practice {words.points(one.practice)}, field {words.points(one.field)}"
    if abs(difference) * 100 >= APART_POINTS:
        chance = "ratings_apart" not in one.reasons
        sentence += f": {abs(difference):.0f} points apart" + (", which may be chance" if chance else "")
    elif "field_below_bar" in one.reasons:
        sentence += ": practice meets its bar and the field misses its own"
    elif "validation_ended" in one.reasons:
        sentence += ": the field has ended a validation"
    return Compared(
        one.name,
        apart,
        since,
        counts,
        f"{sentence}.",
        figures.span(one.practice, one.practising),
        figures.span(one.field, one.level),
    )
