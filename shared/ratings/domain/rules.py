"""Applies achievement rules: has this person shown the skill, and does that still hold?

Everything here is in whole UTC days (days since 1970-01-01) and in hundredths of a point. A rule looks at the
observations of its own window, `day - observation_window_days … day`, both ends included. Averages are plain means,
bars inclusive; an absent minimum is neutral.

The status looks back further than a window: a validation counts from its newest qualifying observation, holds until it
expires or the field contradicts it, and with `requires_recertification` nothing but a certification exam renews it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np

from shared.frameworks.domain.parameters import Parameters
from shared.kernel.columns import HUGE, NEVER, Flags, Numbers, across, ends, running, within
from shared.observations.domain.entry import FIELD, LEARNING, PRACTICE
from shared.ratings.domain.level import NoiseColumns, Scores, filtered
from shared.ratings.domain.score_table import leans_of
from shared.ratings.domain.series import Rows, Series
from shared.ratings.domain.verdicts import (
    Statuses,
    contradiction,
    expiry,
    has_begun,
    judged,
    met,
    numbers_of,
    qualifies,
    speaks_against,
    verdict,
)
from shared.ratings.domain.weights import EXPIRING_DAYS

_KINDS: Final[Numbers] = np.array([[0], [1]])
"""The two kinds that a rule looks at, one below the other."""
MANY: Final = 64
"""Rows from which on it pays to look first whether their rules can have been satisfied at all."""

Span = tuple[int, int]
"""First and last day."""


class RuleColumns:
    """The rules that decide about rows, as columns by row; least and bar by kind (field, practice) and row.

    lifetime: days until an expiry, NEVER without one; decay: hundredths per 30 days without practice, NEVER without it
    """

    __slots__ = ("_table", "bar", "decay", "least", "lifetime", "overrides", "recertifies", "ruled", "window")

    def __init__(self, table: Numbers) -> None:
        self._table = table
        self.window, self.lifetime, self.decay = table[:3]
        self.ruled, self.overrides = table[3:5] > 0
        self.recertifies = (table[5] > 0) & (self.lifetime > NEVER)
        self.least, self.bar = table[6:8], table[8:10]

    def of(self, rows: Numbers) -> RuleColumns:
        """Returns those of some rows."""
        return RuleColumns(self._table[:, rows])


def rules_of(rows: Rows) -> RuleColumns:
    """Returns the rules of the rows."""
    numbers = [numbers_of(ruled) for ruled in rows.ruled]
    return RuleColumns(np.array(numbers, np.int64).reshape(-1, 10).T[:, rows.skill])


def statuses(series: Series, rules: RuleColumns, parameters: Parameters, noise: NoiseColumns) -> Statuses:
    """Judges all rows, each by its rule; what has no rule is in progress when anything was observed."""
    rows = series.rows
    window = _in_window(series, rules.window)
    field, practice = verdict(*window, rules.least, rules.bar)
    begun = has_begun(rules.ruled, series.sizes, rows.last)
    now = rules.ruled & ~rules.recertifies & met(rules.overrides, field, practice, *rules.least)
    validated_on = _validated_on(series, rules, now, window[1])
    against = contradictions(series, rules, parameters, noise, (validated_on > NEVER).nonzero()[0])
    expires_on = expiry(validated_on, rules.lifetime)
    return judged(validated_on, expires_on, rows.as_of, begun, against, (field, practice), window)


def _validated_on(series: Series, rules: RuleColumns, now: Flags, number: Numbers) -> Numbers:
    """Returns by row the day from which a validation counts. now: the rule is satisfied as of the row's day; number: by
    kind, how many are in its window"""
    found = np.full(len(series.rows), NEVER)
    satisfied = now.nonzero()[0]
    if len(satisfied):
        found[satisfied] = _qualified_on(series, satisfied, rules.of(satisfied), series.rows.as_of[satisfied])
        now = found > NEVER
    enough = (rules.least > 0) & (series.sizes[:LEARNING] >= rules.least)
    # No window holds what the whole series lacks: most rules want both kinds, and most people have one.
    reachable = enough.any(axis=0) & met(rules.overrides, enough[FIELD], enough[PRACTICE], *rules.least)
    before = (rules.ruled & ~now & reachable).nonzero()[0]
    if len(before) > MANY:
        before = before[_attainable(series, before, rules.of(before), number[:, before])]
    if len(before):
        found[before] = _validated_before(series, before, rules.of(before))
    return found


def _in_window(series: Series, window: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Returns by row and kind how many observations are in the window as of the row's day: those that were not failed,
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

    begin: by row its first window; row, day, satisfied (the rule): by window
    """

    begin: Numbers
    row: Numbers
    day: Numbers
    satisfied: Flags


def _windows(series: Series, rows: Numbers, rules: RuleColumns) -> _Windows:
    """Returns the windows: their content changes on the days of observations, and when one has left."""
    of_row = series.at[:LEARNING, rows].T.reshape(-1)
    cell = (of_row >= 0).nonzero()[0]
    chosen = of_row[cell]
    sizes = series.size[chosen]
    at = series.start[chosen].repeat(sizes) + within(sizes)
    # A row, a kind and a day in one number each, in the order of the scores.
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
    needle = 2 * row * span + day + span * _KINDS
    past = np.searchsorted(keys, needle, "right")
    # Most windows still hold all that came: only the others are searched for their first score.
    first = np.searchsorted(keys, np.arange(2 * len(rows)) * span)[2 * row + _KINDS]
    window = rules.window[row]
    left_behind = (day - window > day[begin][row]).nonzero()[0]
    if len(left_behind):
        first[:, left_behind] = np.searchsorted(keys, (needle - window)[:, left_behind], "left")
    held, failed = past - first, running(series.exam[at] < 0)
    attempts = held - failed[past] + failed[first] if failed[-1] else held
    least = across(rules.least, row)
    field, practice = verdict(attempts, held, total[past] - total[first], least, across(rules.bar, row))
    of_score = cell % 2, cell // 2
    good = running(qualifies(series.exam[at] >= 0, series.score[at], rules.least[of_score], rules.bar[of_score]))
    satisfied = met(rules.overrides[row], field, practice, *least) & (good[past] > good[first]).any(axis=0)
    return _Windows(begin, row, day + lowest, satisfied)


def _validated_before(series: Series, rows: Numbers, rules: RuleColumns) -> Numbers:
    """Returns of some rows the day from which a validation counts, by the latest window that satisfied the rule; with
    recertification by the first one, and the exams since."""
    windows = _windows(series, rows, rules)
    satisfied = windows.satisfied
    latest = np.maximum.reduceat(np.where(satisfied, windows.day, NEVER), windows.begin)
    first = np.minimum.reduceat(np.where(satisfied, windows.day, HUGE), windows.begin)
    until = np.where(rules.recertifies & (latest > NEVER), first, latest)
    found = np.where(until > NEVER, _qualified_on(series, rows, rules, until), NEVER)
    as_of = series.rows.as_of[rows]
    for place in (rules.recertifies & (until > NEVER)).nonzero()[0].tolist():
        practice = series.stretch(rows[place], PRACTICE)
        exams = series.day[practice][series.exam[practice] > 0].tolist()
        of_row = windows.row == place
        spans = _spans(windows.day[of_row].tolist(), satisfied[of_row].tolist(), int(as_of[place]))
        begun, since = int(until[place]), int(until[place] - rules.window[place])
        first_exams = [day for day in exams if since <= day <= begun]
        found[place] = _recertified(
            max(first_exams, default=None),
            int(found[place]),
            int(rules.lifetime[place]),
            [day for day in exams if day > begun and any(start <= day <= end for start, end in spans)],
        )
    return found


def _qualified_on(series: Series, rows: Numbers, rules: RuleColumns, until: Numbers) -> Numbers:
    """Returns of some rows the day of the newest observation at or above its bar, and not failed, of the window that
    ends on a day; NEVER without such a one: only what was failed is above."""
    found = np.full(len(rows), NEVER)
    for kind in (FIELD, PRACTICE):
        some = ((rules.least[kind] > 0) & (series.sizes[kind][rows] > 0)).nonzero()[0]
        if not len(some):
            continue
        chosen = series.at[kind, rows[some]]
        sizes = series.size[chosen]
        at = series.start[chosen].repeat(sizes) + within(sizes)
        day, last = series.day[at], until[some].repeat(sizes)
        inside = (day <= last) & (day >= last - rules.window[some].repeat(sizes))
        least, bar = (minimum[kind, some].repeat(sizes) for minimum in (rules.least, rules.bar))
        good = inside & qualifies(series.exam[at] >= 0, series.score[at], least, bar)
        found[some] = np.maximum(found[some], np.maximum.reduceat(np.where(good, day, NEVER), running(sizes)[:-1]))
    return found


def _spans(days: Sequence[int], satisfied: Sequence[bool], as_of: int) -> list[Span]:
    """Returns from when to when a rule was satisfied, each between two changes, in order of time."""
    lasts = [*(day - 1 for day in days[1:]), as_of]
    return [(day, last) for day, last, there in zip(days, lasts, satisfied, strict=True) if there]


def _recertified(first: int | None, otherwise: int, lifetime: int, exams: Iterable[int]) -> int:
    """Returns the day of the exam that was recognised last: the first one, and then one shortly before the expiry of
    the one before, or after it; without any exam the day from which the validation counts otherwise.

    exams: days of those that were passed later, while the rule was satisfied, in order of time
    """
    recognised = first
    for day in exams:
        if recognised is None or day >= recognised + lifetime - EXPIRING_DAYS:
            recognised = day
    return otherwise if recognised is None else recognised


def contradictions(
    series: Series, rules: RuleColumns, parameters: Parameters, noise: NoiseColumns, rows: Numbers
) -> tuple[Flags, Flags]:
    """Tells of some rows whether the field contradicts that the rule is met, and whether its latest conversation alone
    does so.

    Over the rule's window two or more conversations leave a probability below 10 % that the level in the field is at
    the field's bar; or the required count is there, its mean is below the bar, and the probability is below 20 %. It
    must hold after each of the two latest conversations: one bad day ends nothing. Where a rule has no bar for the
    field, nothing contradicts.
    """
    contradicted, doubted = np.zeros((2, len(series.rows)), np.bool_)
    rows, count, at = _conversations(
        series, rules, rows[(series.sizes[FIELD][rows] > 0) & (rules.bar[FIELD][rows] > 0)]
    )
    if not len(rows):
        return contradicted, doubted
    of, as_of = rules.of(rows), series.rows.as_of[rows]
    end, no_practice = running(count)[1:], np.zeros(len(at), np.bool_)
    scores = Scores(end - count, count, series.day[at], series.score[at] / 100, no_practice, series.scorer[at])
    found = filtered(scores, noise.of(rows), leans_of(parameters), as_of - of.window, as_of)
    total, against = running(series.score[at]), np.zeros((2, len(rows)), np.bool_)
    for back in (0, 1):
        there = (count > back).nonzero()[0]
        held, last = count[there] - back, end[there] - 1 - back
        deviation, sums = np.sqrt(found.doubt[last]), total[last + 1] - total[last + 1 - held]
        against[back, there] = speaks_against(
            of.least[FIELD, there], of.bar[FIELD, there], held, sums, found.after[last], deviation
        )
    contradicted[rows], doubted[rows] = contradiction(against[0], against[1], count)
    return contradicted, doubted


def _conversations(series: Series, rules: RuleColumns, rows: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Returns those of some rows, seen in the field, that have conversations in their rule's window; how many, and
    where their scores lie."""
    if not len(rows):
        return rows, rows, rows
    chosen = series.at[FIELD, rows]
    sizes = series.size[chosen]
    at = series.start[chosen].repeat(sizes) + within(sizes)
    inside = series.day[at] >= (series.rows.as_of[rows] - rules.window[rows]).repeat(sizes)
    count = np.add.reduceat(inside, running(sizes)[:-1], dtype=np.int64)
    return rows[count > 0], count[count > 0], at[inside]
