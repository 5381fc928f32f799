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
from collections.abc import Callable, Collection, Mapping, Sequence
from heapq import nlargest, nsmallest
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
    discrepancy:       the field contradicts while practice meets its bar
    """

    status: Status
    validated_on: int | None = None
    expires_on: int | None = None
    field_contradicts: bool = False
    ended_on: int | None = None
    discrepancy: bool = False


_NOT_STARTED = Standing("not_started")


class Changes:
    """The days up to `as_of` on which the content of a rule's window changes, between which nothing changes.

    They depend on when somebody was observed and not on the scores: skills observed together share them.
    """

    __slots__ = ("_enough", "_observed", "_window", "days")

    def __init__(self, window: int, field_days: Sequence[int], validation_days: Sequence[int], as_of: int) -> None:
        arrivals = {*field_days, *validation_days}
        changes = sorted(arrivals | {day + window + 1 for day in arrivals})
        self.days = changes[: bisect_right(changes, as_of)]
        self._window = window
        self._observed = (field_days, validation_days)
        self._enough: dict[tuple[int, int], dict[int, tuple[int, int]]] = {}

    def enough(self, of_class: int, least: int) -> dict[int, tuple[int, int]]:
        """Where the window holds at least so many observations of the field (class 0) or of validations (1): position
        in `days` → the window's (first, past the last) position among the observations."""
        key = (of_class, least)
        if key not in self._enough:
            observed = self._observed[of_class]
            found = self._enough[key] = {}
            for position, day in enumerate(self.days):
                first, past = bisect_left(observed, day - self._window), bisect_right(observed, day)
                if past - first >= least:
                    found[position] = (first, past)
        return self._enough[key]


def _meeting(windows: Mapping[int, tuple[int, int]], scores: Sequence[int], bar: int) -> set[int]:
    """The positions whose windows have a mean of at least the bar."""
    above = list(accumulate([score - bar for score in scores], initial=0))
    return {position for position, (first, past) in windows.items() if above[past] >= above[first]}


def _verdict(days: Sequence[int], scores: Sequence[int], day: int, window: int, least: int, bar: int) -> int:
    """1: meets the minimums on `day`; -1: has the count and misses the bar; 0: too few."""
    low = bisect_left(days, day - window)
    high = bisect_right(days, day)
    count = high - low
    if count < least:
        return 0
    return 1 if sum(scores[low:high]) >= bar * count else -1


def judge(
    rule: Rule,
    as_of: int,
    field_days: Sequence[int],
    field_scores: Sequence[int],
    validation_days: Sequence[int],
    validation_scores: Sequence[int],
    exam_days: Sequence[int] = (),
    learning_days: Sequence[int] = (),
    changes_of: Callable[[Rule, Sequence[int], Sequence[int]], Changes] | None = None,
) -> Standing:
    """The standing of one skill on the day `as_of`.

    Each pair of sequences is in order of time (days may repeat) and may reach beyond `as_of`, which is ignored.
    exam_days: days of certification exams among the validations, in order.
    changes_of: gives the Changes of the rule's window, where the caller shares them between skills.
    """
    window = rule.observation_window_days
    field_least, field_bar, practice_least, practice_bar = rule.minimums
    wants_field = field_least > 0
    wants_practice = practice_least > 0
    enough_field = wants_field and len(field_days) >= field_least
    enough_practice = wants_practice and len(validation_days) >= practice_least
    field_now = _verdict(field_days, field_scores, as_of, window, field_least, field_bar) if enough_field else 0
    practice_now = (
        _verdict(validation_days, validation_scores, as_of, window, practice_least, practice_bar)
        if enough_practice
        else 0
    )
    contradicts = field_now < 0
    discrepancy = contradicts and practice_now > 0
    if not rule.requires_recertification and _met(rule, wants_field, wants_practice, field_now, practice_now):
        until = None if rule.expires_after_days is None else as_of + rule.expires_after_days
        return Standing("validated", as_of, until, contradicts, None, discrepancy)
    in_progress = Standing("in_progress", None, None, contradicts, None, discrepancy)

    if not any(days and days[0] <= as_of for days in (field_days, validation_days, learning_days)):
        return _NOT_STARTED
    ever = (
        enough_field or enough_practice
        if rule.field_overrides_validation
        else (enough_field or not wants_field) and (enough_practice or not wants_practice)
    )
    if not ever:
        return in_progress
    changes = (
        changes_of(rule, field_days, validation_days)
        if changes_of
        else Changes(window, field_days, validation_days, as_of)
    )
    field = changes.enough(0, field_least) if enough_field else {}
    practice = changes.enough(1, practice_least) if enough_practice else {}
    field_met, practice_met = (
        _meeting(field, field_scores, field_bar),
        _meeting(practice, validation_scores, practice_bar),
    )
    # The same as _met, for all days at once.
    if rule.field_overrides_validation:
        satisfied = field_met | (practice_met - field.keys())
    else:
        satisfied = field_met & practice_met if wants_field and wants_practice else field_met | practice_met

    if rule.requires_recertification and rule.expires_after_days is not None:
        return _walk(rule.expires_after_days, changes.days, satisfied, exam_days, as_of, in_progress)

    if not satisfied:
        return in_progress
    after = max(satisfied) + 1
    satisfied_on = changes.days[after] - 1 if after < len(changes.days) else as_of
    if rule.expires_after_days is not None:
        until = satisfied_on + rule.expires_after_days
        status: Status = "validated" if as_of <= until else "expired"
        return in_progress._replace(status=status, validated_on=satisfied_on, expires_on=until)
    missed = [position for position in field.keys() - field_met if position >= after]
    if missed:
        return in_progress._replace(ended_on=changes.days[min(missed)])
    return in_progress._replace(status="validated", validated_on=satisfied_on)


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


def _met(rule: Rule, wants_field: bool, wants_practice: bool, field: int, practice: int) -> bool:
    """Whether the minimums are met, given each class's verdict.

    `field_overrides_validation`: the field meets its bar, or validation meets its bar and the field does not
    contradict it. Otherwise both must meet; a class without minimums is neutral.
    """
    if rule.field_overrides_validation:
        return field > 0 or (field == 0 and practice > 0)
    return (field > 0 or not wants_field) and (practice > 0 or not wants_practice)


def _walk(
    lifetime: int,
    days: Sequence[int],
    satisfied: Collection[int],
    exam_days: Sequence[int],
    as_of: int,
    in_progress: Standing,
) -> Standing:
    """Forward in time, for rules that after an expiry accept nothing but a certification exam.

    in_progress: the standing of somebody who was never validated.
    """
    validated_on: int | None = None
    for position, day in enumerate(days):
        if position not in satisfied:
            continue
        if validated_on is not None and day > validated_on + lifetime:
            expired_on = validated_on + lifetime
            if bisect_right(exam_days, day) == bisect_right(exam_days, expired_on):
                continue
        validated_on = days[position + 1] - 1 if position + 1 < len(days) else as_of
    if validated_on is None:
        return in_progress
    until = validated_on + lifetime
    status: Status = "validated" if as_of <= until else "expired"
    return in_progress._replace(status=status, validated_on=validated_on, expires_on=until)


def witnesses(
    rule: Rule,
    field_days: Sequence[int],
    field_scores: Sequence[int],
    validation_days: Sequence[int],
    validation_scores: Sequence[int],
    exam_days: Sequence[int] = (),
) -> list[tuple[int, int]]:
    """Spans of days whose observations decide, together with those of the last window, every later standing.

    A history from which *any* others are removed has the same standing on every day from the last observation on,
    and the same witnesses. They are the window of the latest day that settles the standing whatever came before it
    (a satisfaction; without an expiry also a contradiction by the field; with recertification a satisfaction by an
    exam of that day), and after it the window of each day that only *fails* to satisfy the rule because of
    observations that could be removed: without those it would be validated by what is left.
    """
    window, lifetime = rule.observation_window_days, rule.expires_after_days
    recertifies = rule.requires_recertification and lifetime is not None
    field_least, field_bar, practice_least, practice_bar = rule.minimums
    # A part of the field's observations contradicts where all of them do not: it matters where only the field ends it.
    field_alone_ends = field_least > 0 and lifetime is None and not rule.field_overrides_validation
    arrivals = {*field_days, *validation_days}
    if not arrivals:
        return []
    exams = set(exam_days)
    spans: list[tuple[int, int]] = []
    end = max(arrivals)
    for day in reversed(Changes(window, field_days, validation_days, end).days):
        of_field = field_scores[bisect_left(field_days, day - window) : bisect_right(field_days, day)]
        of_practice = validation_scores[bisect_left(validation_days, day - window) : bisect_right(validation_days, day)]
        field, field_can = _possible(of_field, field_least, field_bar)
        practice, practice_can = _possible(of_practice, practice_least, practice_bar)
        met = _met(rule, field_least > 0, practice_least > 0, field, practice)
        span = (day - window, end)
        if met if not recertifies else met and day in exams:
            return [*spans, span, *((exam, exam) for exam in exams if exam > day)]
        if lifetime is None and field < 0:
            return [*spans, span]
        could = _met(rule, field_least > 0, practice_least > 0, int(field_can), int(practice_can))
        if could or (field_alone_ends and _can_contradict(of_field, field_least, field_bar)):
            spans.append(span)
        end = day - 1
    return [*spans, *((exam, exam) for exam in exams)] if recertifies else spans


def _possible(scores: Sequence[int], least: int, bar: int) -> tuple[int, bool]:
    """(the verdict on all scores, whether some part of them would meet the minimums); (0, False) without minimums."""
    if least == 0 or len(scores) < least:
        return 0, False
    if sum(scores) >= bar * len(scores):
        return 1, True
    return -1, sum(nlargest(least, scores)) >= bar * least


def _can_contradict(scores: Sequence[int], least: int, bar: int) -> bool:
    """Whether some part of the scores has the count and misses the bar."""
    return len(scores) >= least and sum(nsmallest(least, scores)) < bar * least
