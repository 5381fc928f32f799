"""Applies achievement rules: has this person shown the skill, and does that still hold?

Everything here is in whole UTC days (days since 1970-01-01) and in hundredths of a point. A rule looks at the
observations of its own window, `day - observation_window_days … day`, both ends included. Averages are plain means,
bars inclusive; an absent minimum is neutral.

The status looks back further than a window: a validation holds until it expires (or, without an expiry, until the field
contradicts it), and after an expiry `requires_recertification` accepts nothing but a certification exam.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from shared.frameworks.domain.framework import Rule
from shared.kernel.columns import HUGE, NEVER, Flags, Numbers, across, ends, running, within
from shared.observations.domain.entry import FIELD, LEARNING, PRACTICE
from shared.ratings.domain.series import Rows, Series
from shared.ratings.domain.skill_rating import Status

STATUSES: Final[tuple[Status, ...]] = ("not_started", "in_progress", "validated", "expired")
_NOT_STARTED, _IN_PROGRESS, _VALIDATED, _EXPIRED = range(4)

_CLASSES: Final[Numbers] = np.array([[0], [1]])
"""The two classes that a rule looks at, one below the other."""
MANY: Final = 64
"""Rows from which on it pays to look first whether their rules can have been satisfied at all."""

Span = tuple[int, int]
"""First and last day."""


def verdict(attempts: Any, count: Any, total: Any, least: Any, bar: Any) -> Any:
    """Judges a class of a window, of numbers or columns: 1 meets the minimums, -1 has the count and misses the bar, 0
    has too few or no minimums. attempts: those that were not failed; all count in the mean"""
    return ((attempts >= least) & (least > 0)) * (2 * (total >= bar * count) - 1)


def met(overrides: Any, field: Any, practice: Any, wants_field: Any, wants_practice: Any) -> Any:
    """Judges whether the minimums are met, given each class's verdict, of numbers or columns.

    overrides: `field_overrides_validation`: the field meets its bar, or practice meets its bar and the field does not
        contradict it. Otherwise both must meet; a class without minimums is neutral.
    """
    either = (field > 0) | ((field == 0) & (practice > 0))
    both = ((field > 0) | (wants_field == 0)) & ((practice > 0) | (wants_practice == 0))
    return (overrides & either) | ((overrides == 0) & both)


class RuleColumns:
    """The rules that decide about rows, as columns by row; least and bar by class (field, practice) and row.

    lifetime: days until an expiry, NEVER without one; decay: hundredths per 30 days without practice, NEVER without it
    """

    __slots__ = ("_table", "bar", "decay", "least", "lifetime", "overrides", "recertifies", "ruled", "window")

    def __init__(self, table: Numbers) -> None:
        self._table = table
        self.window, self.lifetime, self.decay = table[:3]
        self.ruled, self.overrides, self.recertifies = table[3:6] > 0
        self.least, self.bar = table[6:8], table[8:10]

    def of(self, rows: Numbers) -> RuleColumns:
        """Returns those of some rows."""
        return RuleColumns(self._table[:, rows])


def rules_of(rows: Rows) -> RuleColumns:
    """Returns the rules of the rows."""
    numbers = [_numbers(None if ruled is None else ruled[0]) for ruled in rows.ruled]
    return RuleColumns(np.array(numbers, np.int64).reshape(-1, 10).T[:, rows.skill])


def _numbers(rule: Rule | None) -> tuple[int, ...]:
    if rule is None:
        return 0, NEVER, NEVER, 0, 0, 0, 0, 0, 0, 0
    field_least, field_bar, practice_least, practice_bar = rule.minimums
    return (
        rule.observation_window_days,
        NEVER if rule.expires_after_days is None else rule.expires_after_days,
        round(rule.decay_rate * 100) if rule.decay_rate else NEVER,
        1,
        rule.field_overrides_validation,
        rule.requires_recertification,
        field_least,
        practice_least,
        field_bar,
        practice_bar,
    )


class Statuses(NamedTuple):
    """Columns by row; days are NEVER where there is none.

    status:       position in STATUSES
    validated_on: the latest day on which the rule was satisfied and recognised
    expires_on:   the last day on which the validation holds
    discrepancy:  the field has the required count and misses its bar while practice meets its own
    attempts, number, total: by class what is in the rule's window: observations that were not failed, all, the sum of
                  their scores
    """

    status: Numbers
    validated_on: Numbers
    expires_on: Numbers
    discrepancy: Flags
    attempts: Numbers
    number: Numbers
    total: Numbers


def discrepancies(series: Series, rules: RuleColumns) -> Flags:
    """Tells where the field has its count and misses its bar while practice meets its own: of the statuses that
    alone."""
    field, practice = verdict(*_in_window(series, rules.window), rules.least, rules.bar)
    return _disagree(field, practice)


def _disagree(field: Numbers, practice: Numbers) -> Flags:
    return (field < 0) & (practice > 0)


def statuses(series: Series, rules: RuleColumns) -> Statuses:
    """Judges all rows, each by its rule; what has no rule is in progress when anything was observed."""
    rows, (field_size, practice_size, _) = series.rows, series.sizes
    attempts, number, total = _in_window(series, rules.window)
    field, practice = verdict(attempts, number, total, rules.least, rules.bar)
    now = rules.ruled & ~rules.recertifies & met(rules.overrides, field, practice, *rules.least)
    # Practice and field without a score are no beginning where a rule asks for scores; learning is.
    scored = (field_size > 0) | (practice_size > 0) | (rows.last[LEARNING] > NEVER)
    begun = np.where(rules.ruled, scored, (rows.last > NEVER).any(axis=0))
    validated_on = np.where(now, rows.as_of, NEVER)
    enough = (rules.least > 0) & (series.sizes[:LEARNING] >= rules.least)
    # No window holds what the whole series lacks: most rules want both classes, and most people have one.
    reachable = enough.any(axis=0) & met(rules.overrides, enough[FIELD], enough[PRACTICE], *rules.least)
    before = (rules.ruled & ~now & reachable).nonzero()[0]
    if len(before) > MANY:
        before = before[_attainable(series, before, rules.of(before), number[:, before])]
    if len(before):
        validated_on[before] = _validated_before(series, before, rules.of(before))
    validated = validated_on > NEVER
    expires_on = np.where(validated & (rules.lifetime > NEVER), validated_on + rules.lifetime, NEVER)
    holds = now | (expires_on == NEVER) | (rows.as_of <= expires_on)
    status = np.where(validated, np.where(holds, _VALIDATED, _EXPIRED), np.where(begun, _IN_PROGRESS, _NOT_STARTED))
    return Statuses(status, validated_on, expires_on, _disagree(field, practice), attempts, number, total)


def _in_window(series: Series, window: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Returns by row and class how many observations are in the window as of the row's day: those that were not failed,
    all, and the sum of their scores."""
    since = (series.rows.as_of - window)[series.row]
    within_window = series.day >= since.repeat(series.size)
    (inside,) = series.sums(within_window)
    total = series.total[series.end] - series.total[series.end - inside]
    failed = series.exam < 0
    attempts = inside - series.sums(within_window & failed)[0] if failed.any() else inside
    passed, number, sums = series.by_kind(attempts, inside, total)
    return passed[:LEARNING], number[:LEARNING], sums[:LEARNING]


def _attainable(series: Series, rows: Numbers, rules: RuleColumns, number: Numbers) -> Flags:
    """Returns false for rows whose rule no window can have satisfied: an upper bound that needs no search.

    Windows only move forward: none begins after the newest one, or rises by more than the highest sum of the scores'
    distances from the bar less the lowest.
    """
    can = np.zeros((2, len(rows)), np.bool_)
    for kind in (FIELD, PRACTICE):
        least = rules.least[kind]
        some = ((least > 0) & (series.sizes[kind, rows] >= least)).nonzero()[0]
        if not len(some):
            continue
        chosen = series.at[kind, rows[some]]
        lengths = series.size[chosen] + 1
        step = within(lengths)
        start = series.start[chosen].repeat(lengths)
        above = series.total[start + step] - series.total[start] - step * rules.bar[kind, some].repeat(lengths)
        bounds = running(lengths)[:-1]
        highest = np.where(step >= least[some].repeat(lengths), above, -HUGE)
        newest = (series.size[chosen] - number[kind, some]).repeat(lengths)
        lowest = np.where(step <= newest, above, HUGE)
        can[kind, some] = np.maximum.reduceat(highest, bounds) >= np.minimum.reduceat(lowest, bounds)
    wanted = (rules.least > 0) & ~rules.overrides
    possible: Flags = np.asarray(can.any(axis=0) & (can | ~wanted).all(axis=0))
    return possible


class _Windows(NamedTuple):
    """Holds some rows' windows on all days up to their own on which the content changes, in order of time.

    begin: by row its first window
    row, day, satisfied (the rule), contradicted (it, by the field): by window
    """

    begin: Numbers
    row: Numbers
    day: Numbers
    satisfied: Flags
    contradicted: Flags


def _windows(series: Series, rows: Numbers, rules: RuleColumns) -> _Windows:
    """Returns the windows: their content changes on the days of observations, and when one has left."""
    of_row = series.at[:LEARNING, rows].T.reshape(-1)
    cell = (of_row >= 0).nonzero()[0]
    chosen = of_row[cell]
    sizes = series.size[chosen]
    at = series.start[chosen].repeat(sizes) + within(sizes)
    # A row, a class and a day in one number each, in the order of the scores.
    lowest = int(series.day.min()) - int(rules.window.max()) - 1
    as_of = series.rows.as_of[rows]
    span = int(as_of.max()) - lowest + 1
    cell = cell.repeat(sizes)
    came = series.day[at] - lowest
    keys, total = cell * span + came, running(series.score[at])
    row = cell // 2
    left = came + rules.window[row] + 1
    there = left <= as_of[row] - lowest
    until = np.concatenate([row * span + came, row[there] * span + left[there]])
    until.sort()
    until = until[ends(until)]
    row, day = np.divmod(until, span)
    begin = np.searchsorted(row, np.arange(len(rows)))
    needle = 2 * row * span + day + span * _CLASSES
    past = np.searchsorted(keys, needle, "right")
    # Most windows still hold all that came: only the others are searched for their first score.
    first = np.searchsorted(keys, np.arange(2 * len(rows)) * span)[2 * row + _CLASSES]
    window = rules.window[row]
    left_behind = (day - window > day[begin][row]).nonzero()[0]
    if len(left_behind):
        first[:, left_behind] = np.searchsorted(keys, (needle - window)[:, left_behind], "left")
    held, failed = past - first, running(series.exam[at] < 0)
    attempts = held - failed[past] + failed[first] if failed[-1] else held
    least = across(rules.least, row)
    field, practice = verdict(attempts, held, total[past] - total[first], least, across(rules.bar, row))
    satisfied = met(rules.overrides[row], field, practice, *least)
    return _Windows(begin, row, day + lowest, satisfied, field < 0)


def _validated_before(series: Series, rows: Numbers, rules: RuleColumns) -> Numbers:
    """Returns of some rows the latest day on which the rule was satisfied and recognised; NEVER without one, or when
    the field has contradicted a validation without expiry since."""
    windows = _windows(series, rows, rules)
    as_of = series.rows.as_of[rows]
    latest = np.maximum.reduceat(np.where(windows.satisfied, windows.day, NEVER), windows.begin)
    later = windows.day > latest[windows.row]
    following = np.minimum.reduceat(np.where(later, windows.day, as_of[windows.row] + 1), windows.begin)
    contradicted = np.bitwise_or.reduceat(later & windows.contradicted, windows.begin)
    found = np.where((latest > NEVER) & ~(contradicted & (rules.lifetime == NEVER)), following - 1, NEVER)
    for place in (rules.recertifies & (rules.lifetime > NEVER)).nonzero()[0].tolist():
        exams = [series.stretch(rows[place], kind) for kind in range(3)]
        exam_days = [day for part in exams for day in series.day[part][series.exam[part] > 0].tolist()]
        of_row = windows.row == place
        spans = _spans(windows.day[of_row].tolist(), windows.satisfied[of_row].tolist(), int(as_of[place]))
        found[place] = _recognised(int(rules.lifetime[place]), spans, sorted(exam_days))
    return found


def _spans(days: Sequence[int], satisfied: Sequence[bool], as_of: int) -> list[Span]:
    """Returns from when to when a rule was satisfied, each between two changes, in order of time."""
    lasts = [*(day - 1 for day in days[1:]), as_of]
    return [(day, last) for day, last, there in zip(days, lasts, satisfied, strict=True) if there]


def _recognised(lifetime: int, satisfied: Iterable[Span], exam_days: Sequence[int]) -> int:
    """Returns the latest day of a satisfaction that counts, for rules that after an expiry accept nothing but a
    certification exam; NEVER if there is none. satisfied: in order of time."""
    validated_on = NEVER
    for day, last in satisfied:
        expired = validated_on > NEVER and day > validated_on + lifetime
        if not expired or bisect_right(exam_days, last) > bisect_right(exam_days, validated_on + lifetime):
            validated_on = last
    return validated_on
