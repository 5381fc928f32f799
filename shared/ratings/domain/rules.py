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
from collections.abc import Iterable, Sequence
from heapq import nlargest, nsmallest
from itertools import accumulate, repeat
from operator import le
from typing import Literal, NamedTuple

from shared.frameworks.domain.framework import Rule

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

Span = tuple[int, int]
"""Positions of observations: (first, past the last)."""

Run = tuple[int, Span | None, Span | None]
"""A day, and the windows of field and validations from that day on."""


class Changes:
    """The windows of a rule over observations of the two classes, on `as_of` and on the days before it.

    They depend on when somebody was observed and not on the scores: skills observed together share them.

    now: (first, past the last) position of the field's observations in the window on `as_of`, then of the validations
    """

    __slots__ = ("_as_of", "_observed", "_runs", "_since", "_window", "now")

    def __init__(self, window: int, field_days: Sequence[int], validation_days: Sequence[int], as_of: int) -> None:
        self._window = window
        self._as_of = as_of
        self._observed = (field_days, validation_days)
        since = as_of - window
        self.now = (
            bisect_left(field_days, since),
            bisect_right(field_days, as_of),
            bisect_left(validation_days, since),
            bisect_right(validation_days, as_of),
        )
        self._since: dict[int, int | None] = {}
        self._runs: dict[tuple[int, int, bool, bool], list[Run]] = {}

    @property
    def days(self) -> list[int]:
        """The days up to `as_of` on which the content of the window changes, between which nothing changes."""
        return self._changed(*self._observed)

    def runs(
        self, field_least: int, practice_least: int, field_decides: bool, *, every_change: bool = False
    ) -> list[Run]:
        """The windows over time, newest first: (the first day, the field's observations, the validations), each None
        where they are fewer than the least, or the least is 0. Equal neighbours are one.

        field_decides: where the field has enough, the validations do not matter, and are None
        every_change:  each day in `days` has its own
        """
        key = (field_least, practice_least, field_decides, every_change)
        known = self._runs.get(key)
        if known is None:
            since = None if every_change or not field_decides else self._field_decides_since(field_least)
            if since is None:
                known = self._together(field_least, practice_least, field_decides, every_change)
            else:
                # From that day on the field alone, before it practice alone.
                past_field, past_practice = self.now[1], self.left_to_practice(field_least)[1]
                of_field = self._alone(self._observed[0][:past_field], field_least)
                of_practice = self._alone(self._observed[1][:past_practice], practice_least)
                known = [(day, span, None) for day, span in of_field if day >= since]
                known += [(day, None, span) for day, span in of_practice if day < since]
            self._runs[key] = known
        return known

    def left_to_practice(self, field_least: int) -> Span:
        """No later window of validations than this one matters where the field decides as soon as it has enough."""
        since = self._field_decides_since(field_least)
        if since is None:
            return self.now[2:]
        validation_days = self._observed[1]
        return bisect_left(validation_days, since - 1 - self._window), bisect_left(validation_days, since)

    def _field_decides_since(self, least: int) -> int | None:
        """The day from which on the field has had enough without a break, and before which it never had; else None."""
        if least not in self._since:
            first, past = self.now[:2]
            days = self._observed[0]
            unbroken = 0 < least <= past - first and all(
                map(le, days[least:past], map((self._window + 1).__add__, days))
            )
            self._since[least] = days[least - 1] if unbroken else None
        return self._since[least]

    def _alone(self, observed: Sequence[int], least: int) -> list[tuple[int, Span | None]]:
        """The changes by one class, newest first: (day, its observations in the window, None where too few)."""
        if not observed or observed[0] < self._as_of - self._window:
            days = self._changed(observed)
            found: list[tuple[int, Span | None]] = list(zip(days, self._enough(observed, days, least), strict=True))
        else:
            # Nothing has left the window yet. Of the observations of one day, the last one's position stays.
            pasts = dict(zip(observed, range(1, len(observed) + 1), strict=True))
            found = [(day, (0, past) if 0 < least <= past else None) for day, past in pasts.items()]
        found.reverse()
        return found

    def _together(self, field_least: int, practice_least: int, field_decides: bool, every_change: bool) -> list[Run]:
        """Both classes' changes, newest first."""
        found: list[Run] = []
        before: tuple[Span | None, Span | None] | None = None
        days = self.days
        of_field = self._enough(self._observed[0], days, field_least)
        of_practice = self._enough(self._observed[1], days, practice_least)
        for day, field, practice in zip(days, of_field, of_practice, strict=True):
            now = (field, None if field and field_decides else practice)
            if now != before or every_change:
                found.append((day, *now))
                before = now
        found.reverse()
        return found

    def _changed(self, *observed: Sequence[int]) -> list[int]:
        """The days up to `as_of` on which an observation enters a window or leaves it."""
        arrivals = {day for days in observed for day in days}
        gone = {day + self._window + 1 for day in arrivals if day < self._as_of - self._window}
        return sorted([day for day in arrivals | gone if day <= self._as_of])

    def _enough(self, observed: Sequence[int], days: Sequence[int], least: int) -> list[Span | None]:
        """Per day the observations in the window; None where they are fewer than `least`, or that is 0."""
        if least == 0 or len(observed) < least:
            return [None] * len(days)
        some_gone = observed[0] < self._as_of - self._window
        firsts = map(bisect_left, repeat(observed), [day - self._window for day in days]) if some_gone else repeat(0)
        pasts = map(bisect_right, repeat(observed), days)
        return [(first, past) if past - first >= least else None for first, past in zip(firsts, pasts, strict=False)]


def _verdict(scores: Sequence[int], first: int, past: int, least: int, bar: int) -> int:
    """1: the observations of a window meet the minimums; -1: they have the count and miss the bar; 0: too few, or the
    class has no minimums (least is 0)."""
    count = past - first
    if count < least or least == 0:
        return 0
    return 1 if sum(scores[first:past]) >= bar * count else -1


def judge(
    rule: Rule,
    as_of: int,
    field_days: Sequence[int],
    field_scores: Sequence[int],
    validation_days: Sequence[int],
    validation_scores: Sequence[int],
    exam_days: Sequence[int] = (),
    learning_days: Sequence[int] = (),
    changes: Changes | None = None,
) -> Standing:
    """The standing of one skill on the day `as_of`.

    Each pair of sequences is in order of time (days may repeat) and may reach beyond `as_of`, which is ignored.
    exam_days: days of certification exams among the validations, in order.
    changes: those of the rule's window over these days, where the caller shares them between skills.
    """
    if changes is None:
        changes = Changes(rule.observation_window_days, field_days, validation_days, as_of)
    field_least, field_bar, practice_least, practice_bar = rule.minimums
    lifetime = rule.expires_after_days
    first, past, practice_first, practice_past = changes.now
    field_now = _verdict(field_scores, first, past, field_least, field_bar)
    # Where the field meets its bar and overrides, practice changes nothing.
    practice_now = 0
    if field_now <= 0 or not rule.field_overrides_validation:
        practice_now = _verdict(validation_scores, practice_first, practice_past, practice_least, practice_bar)
    contradicts = field_now < 0
    discrepancy = contradicts and practice_now > 0
    if not rule.requires_recertification and _met(rule, field_least > 0, practice_least > 0, field_now, practice_now):
        until = None if lifetime is None else as_of + lifetime
        return Standing("validated", as_of, until, contradicts, None, discrepancy)

    if not any(days and days[0] <= as_of for days in (field_days, validation_days, learning_days)):
        return _NOT_STARTED
    if len(field_days) < field_least and len(validation_days) < practice_least:
        return Standing("in_progress", None, None, contradicts, None, discrepancy)
    if rule.requires_recertification and lifetime is not None:
        validated_on = _recognised(
            lifetime, _satisfied(rule, changes, field_scores, validation_scores, as_of), exam_days
        )
        missed_on = None
    else:
        validated_on, missed_on = _latest(rule, changes, field_scores, validation_scores, as_of)
    if validated_on is None:
        return Standing("in_progress", None, None, contradicts, None, discrepancy)
    if lifetime is not None:
        until = validated_on + lifetime
        status: Status = "validated" if as_of <= until else "expired"
        return Standing(status, validated_on, until, contradicts, None, discrepancy)
    if missed_on is not None:
        return Standing("in_progress", None, None, contradicts, missed_on, discrepancy)
    return Standing("validated", validated_on, None, contradicts, None, discrepancy)


def _latest(
    rule: Rule, changes: Changes, field_scores: Sequence[int], practice_scores: Sequence[int], as_of: int
) -> tuple[int | None, int | None]:
    """(the latest day on which the rule was satisfied, the first day after it on which the field contradicted)."""
    field_least, field_bar, practice_least, practice_bar = rule.minimums
    overrides = rule.field_overrides_validation
    newest_field, newest_practice = changes.now[:2], changes.now[2:]
    if overrides and field_least > 0:
        newest_practice = changes.left_to_practice(field_least)
    field_above = _above(field_scores[: newest_field[1]], field_bar)
    practice_above = _above(practice_scores[: newest_practice[1]], practice_bar)
    field_can = _attainable(field_above, newest_field, field_least)
    practice_can = _attainable(practice_above, newest_practice, practice_least)
    # Where the field overrides and has enough, there is no window of validations: either class's mean will do.
    needs_field, needs_practice = (False, False) if overrides else (field_least > 0, practice_least > 0)
    if not (field_can or practice_can) or (needs_field and not field_can) or (needs_practice and not practice_can):
        return None, None
    last, missed_on = as_of, None
    for day, field, practice in changes.runs(field_least, practice_least, overrides):
        field_met = field is not None and field_above[field[1]] >= field_above[field[0]]
        practice_met = practice is not None and practice_above[practice[1]] >= practice_above[practice[0]]
        if (field_met or practice_met) and (field_met or not needs_field) and (practice_met or not needs_practice):
            return last, missed_on
        if field is not None and not field_met:
            missed_on = day
        last = day - 1
    return None, None


def _above(scores: Sequence[int], bar: int) -> list[int]:
    """Sums of the scores' distances from the bar: a window's mean meets it where the sum does not fall across it."""
    return list(accumulate(map((-bar).__add__, scores), initial=0))


def _attainable(above: Sequence[int], newest: Span, least: int) -> bool:
    """False where no window can meet the minimums: an upper bound that needs no search.

    Windows only move forward: none begins after the newest one, or rises by more than the highest sum less the lowest.
    """
    return 0 < least < len(above) and max(above[least:]) >= min(above[: newest[0] + 1])


def _satisfied(
    rule: Rule, changes: Changes, field_scores: Sequence[int], practice_scores: Sequence[int], as_of: int
) -> list[Span]:
    """Spans of days on which the rule was satisfied, (first, last) of each between two changes, in order of time."""
    field_least, field_bar, practice_least, practice_bar = rule.minimums
    found: list[Span] = []
    last = as_of
    runs = changes.runs(field_least, practice_least, rule.field_overrides_validation, every_change=True)
    for day, field, practice in runs:
        of_field = _verdict(field_scores, *field, field_least, field_bar) if field else 0
        of_practice = _verdict(practice_scores, *practice, practice_least, practice_bar) if practice else 0
        if _met(rule, field_least > 0, practice_least > 0, of_field, of_practice):
            found.append((day, last))
        last = day - 1
    found.reverse()
    return found


def contradicted(
    rule: Rule,
    as_of: int,
    field_days: Sequence[int],
    field_scores: Sequence[int],
    validation_days: Sequence[int],
    validation_scores: Sequence[int],
) -> bool:
    """Whether on `as_of` the field has its count and misses its bar while practice meets its own: the standing's
    discrepancy, alone."""
    field_least, field_bar, practice_least, practice_bar = rule.minimums
    verdicts = []
    for days, scores, least, bar in (
        (field_days, field_scores, field_least, field_bar),
        (validation_days, validation_scores, practice_least, practice_bar),
    ):
        first, past = bisect_left(days, as_of - rule.observation_window_days), bisect_right(days, as_of)
        verdicts.append(_verdict(scores, first, past, least, bar))
    return verdicts[0] < 0 < verdicts[1]


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


def _recognised(lifetime: int, satisfied: Iterable[Span], exam_days: Sequence[int]) -> int | None:
    """The latest day of a satisfaction that counts, for rules that after an expiry accept nothing but a certification
    exam; None if there is none. satisfied: (first, last) day of each, in order of time."""
    validated_on: int | None = None
    for day, last in satisfied:
        if validated_on is not None and day > validated_on + lifetime:
            expired_on = validated_on + lifetime
            if bisect_right(exam_days, day) == bisect_right(exam_days, expired_on):
                continue
        validated_on = last
    return validated_on


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
