"""Achievement rules: has this person shown the skill, and does that still hold?

Everything here is in whole UTC days (days since 1970-01-01) and in hundredths of a point. A rule looks at the
observations of its own window, `day - observation_window_days … day`, both ends included. Averages are plain means,
bars inclusive; an absent minimum is neutral.

The status is a walk over time, because two rules look back further than a window: a validation holds until it expires
(or, without an expiry, until the field contradicts it), and after an expiry `requires_recertification` accepts
nothing but a certification exam.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Literal, NamedTuple

from shared.domain.framework import Rule

Status = Literal["not_started", "in_progress", "validated", "expired"]


class Standing(NamedTuple):
    """What a rule says about a person's skill on one day.

    validated_on:      the latest day on which the rule was satisfied and recognised; None if never or if contradicted
    expires_on:        the last day on which the validation holds; None when it does not expire
    field_contradicts: the field has the required count and misses the bar
    ended_on:          the day on which the field ended a validation without expiry; None if it did not
    """

    status: Status
    validated_on: int | None = None
    expires_on: int | None = None
    field_contradicts: bool = False
    ended_on: int | None = None


class _Class:
    """One class of observations (field or validation) of one skill, against one rule's minimums."""

    __slots__ = ("bar", "days", "least", "sums", "wanted", "window")

    def __init__(
        self, days: Sequence[int], scores: Sequence[int], least: int | None, bar: float | None, window: int
    ) -> None:
        self.days = days
        self.sums = [0, *accumulate(scores)]
        self.wanted = least is not None or bar is not None
        self.least = max(1, least or 0)
        self.bar = 0 if bar is None else round(bar * 100)
        self.window = window

    def judge(self, day: int) -> int:
        """1: meets the minimums on `day`; -1: has the count and misses the bar; 0: too few."""
        low = bisect_left(self.days, day - self.window)
        high = bisect_right(self.days, day)
        count = high - low
        if count < self.least:
            return 0
        return 1 if self.sums[high] - self.sums[low] >= self.bar * count else -1


def judge(
    rule: Rule,
    as_of: int,
    field_days: Sequence[int],
    field_scores: Sequence[int],
    validation_days: Sequence[int],
    validation_scores: Sequence[int],
    exam_days: Sequence[int] = (),
    learning_days: Sequence[int] = (),
) -> Standing:
    """The standing of one skill on the day `as_of`.

    Each pair of sequences is in order of time (days may repeat) and may reach beyond `as_of`, which is ignored.
    exam_days: days of certification exams among the validations, in order.
    """
    field = _Class(
        field_days,
        field_scores,
        rule.min_field_observations,
        rule.min_field_score,
        rule.observation_window_days,
    )
    practice = _Class(
        validation_days,
        validation_scores,
        rule.min_validation_attempts,
        rule.min_validation_score,
        rule.observation_window_days,
    )
    field_now = field.judge(as_of) if field.wanted else 0
    contradicts = field_now < 0
    if _satisfied(rule, field, practice, as_of, field_now) and not rule.requires_recertification:
        return Standing("validated", as_of, _plus(as_of, rule.expires_after_days), contradicts)

    evidence = any(days and days[0] <= as_of for days in (field_days, validation_days, learning_days))
    if not evidence:
        return Standing("not_started")
    if not _can_ever(rule, field, practice):
        return Standing("in_progress", field_contradicts=contradicts)
    if rule.requires_recertification and rule.expires_after_days is not None:
        return _walk(rule, field, practice, exam_days, as_of, contradicts)

    satisfied_on = _latest_satisfaction(rule, field, practice, as_of)
    if satisfied_on is None:
        return Standing("in_progress", field_contradicts=contradicts)
    if rule.expires_after_days is not None:
        until = satisfied_on + rule.expires_after_days
        return Standing("validated" if as_of <= until else "expired", satisfied_on, until, contradicts)
    if rule.wants_field:
        for day in _change_days(rule, field, practice, as_of):
            if day > satisfied_on and field.judge(day) < 0:
                return Standing("in_progress", field_contradicts=contradicts, ended_on=day)
    return Standing("validated", satisfied_on, None, contradicts)


def counted(
    rule: Rule,
    as_of: int,
    field_days: Sequence[int],
    field_scores: Sequence[int],
    validation_days: Sequence[int],
    validation_scores: Sequence[int],
) -> tuple[int, float | None, int, float | None]:
    """(field count, field mean, validation count, validation mean) in the rule's window on `as_of`; means in points."""
    result: list[int | float | None] = []
    for days, scores in ((field_days, field_scores), (validation_days, validation_scores)):
        low, high = bisect_left(days, as_of - rule.observation_window_days), bisect_right(days, as_of)
        result += [high - low, round(sum(scores[low:high]) / (high - low) / 100, 2) if high > low else None]
    return tuple(result)  # type: ignore[return-value]


def _plus(day: int, days: int | None) -> int | None:
    return None if days is None else day + days


def _can_ever(rule: Rule, field: _Class, practice: _Class) -> bool:
    """A cheap bound: whether the counts could suffice in some window."""
    enough_field = len(field.days) >= field.least
    enough_practice = len(practice.days) >= practice.least
    if rule.field_overrides_validation:
        return (field.wanted and enough_field) or (practice.wanted and enough_practice)
    return (enough_field or not field.wanted) and (enough_practice or not practice.wanted)


def _satisfied(rule: Rule, field: _Class, practice: _Class, day: int, field_verdict: int) -> bool:
    """Whether the rule's minimums are met on `day`.

    `field_overrides_validation`: the field meets its bar, or validation meets its bar and the field does not
    contradict it. Otherwise both must meet; a class without minimums is neutral.
    """
    if rule.field_overrides_validation:
        if field_verdict > 0:
            return True
        return practice.wanted and field_verdict == 0 and practice.judge(day) > 0
    if field.wanted and field_verdict <= 0:
        return False
    return not practice.wanted or practice.judge(day) > 0


def _change_days(rule: Rule, field: _Class, practice: _Class, as_of: int) -> list[int]:
    """The days on which the window's content changes, ascending, none after `as_of`: arrivals and departures."""
    days = set(field.days) | set(practice.days)
    days |= {day + rule.observation_window_days + 1 for day in days}
    return sorted(day for day in days if day <= as_of)


def _latest_satisfaction(rule: Rule, field: _Class, practice: _Class, as_of: int) -> int | None:
    """The latest day up to `as_of` on which the rule was satisfied; between two change days nothing changes."""
    last = as_of
    for day in reversed(_change_days(rule, field, practice, as_of)):
        if _satisfied(rule, field, practice, day, field.judge(day) if field.wanted else 0):
            return last
        last = day - 1
    return None


def _walk(
    rule: Rule, field: _Class, practice: _Class, exam_days: Sequence[int], as_of: int, contradicts: bool
) -> Standing:
    """Forward in time, for rules that after an expiry accept nothing but a certification exam."""
    lifetime = rule.expires_after_days or 0
    days = _change_days(rule, field, practice, as_of)
    validated_on: int | None = None
    for position, day in enumerate(days):
        if not _satisfied(rule, field, practice, day, field.judge(day) if field.wanted else 0):
            continue
        if validated_on is not None and day > validated_on + lifetime:
            expired_on = validated_on + lifetime
            if not bisect_right(exam_days, day) > bisect_right(exam_days, expired_on):
                continue
        validated_on = days[position + 1] - 1 if position + 1 < len(days) else as_of
    if validated_on is None:
        return Standing("in_progress", field_contradicts=contradicts)
    until = validated_on + lifetime
    return Standing("validated" if as_of <= until else "expired", validated_on, until, contradicts)
