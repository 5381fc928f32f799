"""A person in the field: what was observed with customers, beside practice, by context, and who scored it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from functions.portal.analysts import page as analysts
from functions.portal.shell import figures, words
from shared.observations.domain.entry import NO_SCORE
from shared.observations.domain.observation import Observation
from shared.ratings.contract import ScorerCertificate
from shared.ratings.domain.weights import APART_COUNT, APART_POINTS, RATING_WINDOW_DAYS


@dataclass(frozen=True)
class Seen:
    """One entry of the ledger about a conversation. scores: (competency's name, points, whether it waits for a person).

    standing: counted, held or rejected; decided: what a person decided with it, None for an analysis
    opens_at: when its scores open for the viewer; None: they are open
    """

    at: datetime
    account: str | None
    source: str
    scores: tuple[tuple[str, float, bool], ...]
    standing: str
    decided: str | None = None
    opens_at: datetime | None = None
    call: str | None = None


@dataclass(frozen=True)
class Beside:
    """A competency in practice and in the field: points where both have enough, and how many observations each has.

    since: the first day of the discrepancy, where there is one
    """

    name: str
    practice: float | None
    field: float | None
    practised: int
    observed: int
    apart: bool
    since: date | None = None


@dataclass(frozen=True)
class InContext:
    """Holds what counts of the last 90 days in one value of a dimension: mean points of all scores, conversations."""

    value: str
    mean: float
    conversations: int


@dataclass(frozen=True)
class Field:
    """certificates: in the shape of the contract's ScorerCertificate; contexts: by dimension"""

    employee_id: str
    name: str
    own: bool
    audited: bool
    seen: tuple[Seen, ...]
    beside: tuple[Beside, ...]
    contexts: tuple[tuple[str, tuple[InContext, ...]], ...]
    certificates: tuple[Mapping[str, Any], ...]
    names: Mapping[str, str]
    more: str | None = None


def in_contexts(
    standing: Iterable[Observation], dimensions: Sequence[str], today: int
) -> tuple[tuple[str, tuple[InContext, ...]], ...]:
    """Counted field observations of the rating window by each dimension's values, the most seen first.

    today: days since 1970-01-01 UTC. A dimension that no conversation has is left out.
    """
    found: dict[str, dict[str, list[list[int]]]] = {}
    for observation in standing:
        age = today - observation.at // 86_400
        if observation.kind != "field" or observation.standing != "counted" or not 0 <= age <= RATING_WINDOW_DAYS:
            continue
        of_call: dict[tuple[str, str], list[int]] = {}
        for score in observation.scores:
            for dimension, values in score.context:
                for value in values:
                    if score.hundredths != NO_SCORE:
                        of_call.setdefault((dimension, value), []).append(score.hundredths)
        for (dimension, value), scores in of_call.items():
            found.setdefault(dimension, {}).setdefault(value, []).append(scores)
    return tuple(
        (
            dimension,
            tuple(
                InContext(value, sum(map(sum, calls)) / sum(map(len, calls)) / 100, len(calls))
                for value, calls in sorted(found[dimension].items(), key=lambda one: (-len(one[1]), one[0]))
            ),
        )
        for dimension in dimensions
        if dimension in found
    )


def present(view: Field) -> Mapping[str, Any]:
    return {
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
                        "at": figures.at(one.mean),
                        "count": words.count(one.conversations, "conversation"),
                    }
                    for one in values
                ],
            )
            for dimension, values in view.contexts
        ],
        "certificates": [
            {
                "scorer": one["scorer"],
                "name": view.names.get(one["competency"], words.plain(one["competency"])),
                "sentence": analysts.sentence(ScorerCertificate.model_validate(one)),
                "untrusted": one["verdict"] in analysts.WAITING,
            }
            for one in view.certificates
        ],
    }


def _beside(one: Beside) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "name": one.name,
        "apart": one.apart,
        "since": words.day(one.since) if one.since else "",
        "counts": f"{words.count(one.practised, 'practice')}, {words.count(one.observed, 'conversation')}",
        "practice": None,
        "field": None,
    }
    if one.practice is None or one.field is None:
        missing = [
            words.count(APART_COUNT - number, noun)
            for number, noun in ((one.practised, "more practice"), (one.observed, "more conversation"))
            if number < APART_COUNT
        ]
        return shown | {"sentence": f"To compare: {' and '.join(missing)}." if missing else "Not compared yet."}
    difference = one.practice - one.field
    sentence = f"Practice {words.points(one.practice)}, field {words.points(one.field)}"
    if abs(difference) * 100 >= APART_POINTS:
        sentence += f": {abs(difference):.0f} points apart"
    elif one.apart:
        sentence += ": practice meets its bar and the field contradicts it"
    return shown | {
        "sentence": f"{sentence}.",
        "practice": {"words": words.points(one.practice), "at": figures.at(one.practice)},
        "field": {"words": words.points(one.field), "at": figures.at(one.field)},
        "difference": words.signed(difference),
    }
