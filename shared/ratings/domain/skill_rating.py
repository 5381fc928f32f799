"""Describes a skill's rating: one row of a profile, and how it is written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

from shared.frameworks.domain.framework import Rule
from shared.kernel.statistics import normal
from shared.ratings.domain.weights import SURE_POINTS, Z_EIGHTY

Basis = Literal["field", "blend", "field_few", "validation", "preliminary", "none"]
Confidence = Literal["high", "medium", "low", "unknown"]
Status = Literal["not_started", "in_progress", "validated", "expired"]
Direction = Literal["practice_ahead", "field_ahead"]
"""practice_ahead: practice promises more than the field shows, by its rating or by a rule's bar that it meets."""
Trend = Literal["improving", "stable", "declining", "insufficient"]


def is_sure(deviation: Any) -> Any:
    """Tells whether the interval is narrow enough for high confidence. deviation: in points, a number or a column"""
    return Z_EIGHTY * deviation <= SURE_POINTS


class SkillRating(NamedTuple):
    """One row of a profile: a skill (competency and context) of one person on one day.

    Ratings and bounds in hundredths of a point; days since 1970-01-01 UTC; times in seconds since then.

    context:        form-encoded (`dimension=value`), "" for the general skill
    rating:         None when there is too little; for a stale one the last rating that was
    preliminary:    the baseline when there is no rating
    basis:          which branch of the rating applied
    level, deviation, low, high: where the person's level in the field lies: its mean, standard deviation and 80 %
                    interval; None without a rating
    field, validation, learning: how many observations of each kind are in the window; of a stale rating, how many of
                    field and validation it rests on: those of the window that ended with its last one
    pending_review: how many wait for a person's review
    practice_rating, field_rating: each kind's own rating when both have three or more, else None
    discrepancy:    those two are apart, or the field misses the bar of a rule that practice meets, or
                    it has ended a validation
    decayed:        the rating less the rule's decay since the newest observation; None without a decay rate
    rule_context:   the context of the rule that gave the status; None when no rule applies
    apart:          practice_rating and field_rating are 15 points or more apart, and by more than their noise
    field_misses:   the field has the count that the rule requires and misses its bar, while practice meets its own
    contradicted:   the field has ended a validation
    under_doubt:    the latest conversation speaks against the validation; more like it would end it
    shared:         the part of `deviation` that the scorers' errors have: it moves everybody's level alike
    """

    competency: str
    context: str
    rating: int | None
    preliminary: int | None
    confidence: Confidence
    basis: Basis
    stale: bool
    level: int | None
    deviation: int | None
    low: int | None
    high: int | None
    field: int
    validation: int
    learning: int
    pending_review: int
    trend: Trend
    status: Status
    rule_version: int | None
    rule_context: str | None
    validated_on: int | None
    expires_on: int | None
    practice_rating: int | None
    field_rating: int | None
    discrepancy: bool
    decayed: int | None
    last_field_at: int | None
    last_validation_at: int | None
    last_learning_at: int | None
    apart: bool = False
    field_misses: bool = False
    contradicted: bool = False
    under_doubt: bool = False
    shared: int | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.competency, self.context

    @property
    def trend_of(self) -> Literal["field", "practice"] | None:
        """Returns whose scores the trend is of; None where there are too few."""
        if self.trend == "insufficient":
            return None
        return "practice" if self.validation and self.basis != "field" else "field"

    @property
    def observations(self) -> int:
        """Returns how many data points contribute to the rating."""
        return self.field + self.validation if self.rating is not None else self.field + self.validation + self.learning

    @property
    def last_at(self) -> int | None:
        return max(
            (at for at in (self.last_field_at, self.last_validation_at, self.last_learning_at) if at is not None),
            default=None,
        )


class Progress(NamedTuple):
    """Holds what counts towards a rule in its window. Means in points, None without observations."""

    rule: Rule
    field_count: int
    field_mean: float | None
    validation_count: int
    validation_mean: float | None

    @property
    def field_missing(self) -> int:
        return max(0, (self.rule.min_field_observations or (1 if self.rule.wants_field else 0)) - self.field_count)

    @property
    def validation_missing(self) -> int:
        least = self.rule.min_validation_attempts or (1 if self.rule.wants_validation else 0)
        return max(0, least - self.validation_count)


def says_something(row: SkillRating) -> bool:
    """Tells whether anything of a skill was observed, waits or was once validated."""
    return row.basis != "none" or row.pending_review > 0 or row.status != "not_started"


def to_text(rows: Iterable[SkillRating]) -> str:
    """Returns rows as canonical JSON: one array per skill, in the order of SkillRating's fields."""
    from orjson import dumps  # not before the first answer

    return dumps([*map(tuple, rows)]).decode()


def from_text(text: str) -> list[SkillRating]:
    """Reads what to_text has written."""
    from orjson import loads

    return [SkillRating(*row) for row in loads(text)]


def probability_above(row: SkillRating, bar: int) -> float | None:
    """Returns the probability that the level in the field is at or above a bar in hundredths; None without a rating."""
    if row.level is None or row.deviation is None:
        return None
    if row.deviation == 0:
        return 1.0 if row.level >= bar else 0.0
    return normal((row.level - bar) / row.deviation)
