"""Puts the scores of people's skills into series in order of time.

row     one skill of one person as of a day; it has up to three series
series  the scores of one row and one kind (field, practice, learning): a stretch of the columns, ascending in time
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import numpy as np

from shared.frameworks.domain.framework import Rule
from shared.frameworks.domain.framework_index import FrameworkIndex, Skill
from shared.kernel.columns import NEVER, Flags, Numbers, ends, running
from shared.kernel.rounding import half_up
from shared.ratings.domain.score_table import ScoreTable
from shared.ratings.domain.weights import RATING_WINDOW_DAYS

_SCORE_BITS: Final = 32
"""How many bits a score's number has: with that of its series in front, both fit into one number."""


@dataclass(frozen=True)
class Rows:
    """Rows in order of person, competency and context; columns by row but for `skills`, `names` and `ruled`.

    skills, names, ruled: the skills that any row has, in order, by the index's number, name, and deciding rule
    skill:   position in those
    as_of:   the day on which the row is looked at
    pending: how many observations wait for a review
    seen:    in exactly this context something was observed in the rating window, or waits for a review
    last:    by kind, and row, when the skill was last observed (seconds), with a score or without; NEVER if never
    """

    people: int
    skills: list[int]
    names: list[Skill]
    ruled: list[tuple[Rule, str] | None]
    person: Numbers
    skill: Numbers
    as_of: Numbers
    pending: Numbers
    seen: Flags
    last: Numbers

    def __len__(self) -> int:
        return len(self.person)

    def of_skills(self, values: list[Any]) -> Any:
        """Returns numbers that each skill has, as columns by row."""
        return np.array(values)[self.skill]


@dataclass(frozen=True)
class Series:
    """Series of rows, in their order and by kind.

    by score:  at_second (when, in seconds), day, score (hundredths), scorer (its number among the leans), exam
    by series: row, kind, where its scores lie (start, end), how many they are (size), and its place in a table of kinds
               and rows, counted row after row of the table
    by kind and row: at (the number of the series, or -1), sizes, and the newest score's day (NEVER without one)
    total:     running totals of the scores
    """

    rows: Rows
    at_second: Numbers
    day: Numbers
    score: Numbers
    scorer: Numbers
    exam: Numbers
    row: Numbers
    kind: Numbers
    start: Numbers
    end: Numbers
    size: Numbers
    place: Numbers
    at: Numbers
    sizes: Numbers
    newest: Numbers
    total: Numbers

    def sums(self, *values: Numbers | Flags) -> Numbers:
        """Returns the sum of each series, for each of several values by score."""
        if not len(self.start):
            return np.zeros((len(values), 0), np.int64)
        found: Numbers = np.add.reduceat(np.array(values, np.int64), self.start, axis=1)
        return found

    def by_kind(self, *values: Numbers) -> Numbers:
        """Returns columns of series as tables of kinds and rows, 0 where there is no series."""
        tables = np.zeros((len(values), self.at.size), np.int64)
        for table, column in zip(tables, values, strict=True):
            table[self.place] = column
        return tables.reshape(len(values), *self.at.shape)

    def stretch(self, row: int, kind: int) -> slice:
        """Returns where the scores of a row and kind lie."""
        series = self.at[kind, row]
        return slice(self.start[series], self.end[series]) if series >= 0 else slice(0, 0)


def series_of(
    table: ScoreTable,
    index: FrameworkIndex,
    as_of: Numbers,
    always: Collection[int],
    asked: Sequence[Collection[int]] = (),
) -> Series:
    """Sorts a table's scores into series.

    as_of:  by person the day; what happened later is left out
    always: skills (by number) of which each person has a row, whatever was observed
    asked:  by person, further skills of that person alone
    """
    person, at, day, kind, pending, _, _ = table.entries
    come = day <= as_of[person]
    if not come.all():
        table = table.only(come[table.uses[2]])
    used, number, entry, first, brings = table.uses
    skills, place = _placed({*always, *chain.from_iterable(asked), *np.bincount(used).nonzero()[0].tolist()}, index)
    cell = (person * len(skills))[entry] + place[used]

    present = _wanted(np.zeros((len(as_of), len(skills)), np.bool_), place, always, asked)
    present.reshape(-1)[cell[brings > 0]] = True
    counts = present.reshape(-1)[cell]
    if not counts.all():
        cell, number, entry, first, brings = (one[counts] for one in (cell, number, entry, first, brings))
    row = (present.cumsum() - 1)[cell]
    of_person, skill = present.nonzero()
    seen = np.bincount(row[(brings > 0) & _lately(table, as_of)[entry]], minlength=len(skill)) > 0
    kind = kind[entry]
    waiting = np.zeros(len(skill), np.int64)
    if pending.any():
        waits = pending[entry] > 0
        waiting = np.bincount(row[waits & (first > 0)], minlength=len(skill))
        row, number, kind = row[~waits], number[~waits], kind[~waits]
    number, cell = _in_order(row, kind, number)
    last = _last(at[table.scores[1]], number, cell, len(skill))
    names, ruled = [index.names[one] for one in skills], [index.ruled[one] for one in skills]
    rows = Rows(len(as_of), skills, names, ruled, of_person, skill, as_of[of_person], waiting, seen, last)
    return _laid_out(rows, table, number, cell)


def _lately(table: ScoreTable, as_of: Numbers) -> Flags:
    """Tells by entry whether it is of the rating window, or waits for a review."""
    person, _, day, _, pending, *_ = table.entries
    found: Flags = (pending > 0) | (day >= as_of[person] - RATING_WINDOW_DAYS)
    return found


def _last(at: Numbers, number: Numbers, cell: Numbers, rows: int) -> Numbers:
    """Returns by kind and row when the skill was last observed. at: by score; number, cell: of the scores in order"""
    newest = ends(cell)
    row, kind = np.divmod(cell[newest], 3)
    last = np.full(3 * rows, NEVER, np.int64)
    last[kind * rows + row] = at[number[newest]]
    return last.reshape(3, -1)


def _placed(numbers: Collection[int], index: FrameworkIndex) -> tuple[list[int], Numbers]:
    """Returns skills, by number, in the order of their names; and by number the place of each."""
    skills = sorted(numbers, key=index.names.__getitem__)
    place = np.zeros(max(skills, default=-1) + 1, np.int64)
    place[skills] = np.arange(len(skills))
    return skills, place


def _wanted(present: Flags, place: Numbers, always: Collection[int], asked: Sequence[Collection[int]]) -> Flags:
    """Marks the rows that there are whatever was observed, and returns them: everybody's, and those asked for of one
    person."""
    if always:
        present[:, place[list(always)]] = True
    for of_one, numbers in zip(present, asked, strict=False):
        of_one[place[list(numbers)]] = True
    return present


def _in_order(row: Numbers, kind: Numbers, number: Numbers) -> tuple[Numbers, Numbers]:
    """Returns scores by number, and their cells (row and kind), in the order of row, kind and time.

    One sort of numbers does it: a score's number is its place in the order of the entries, which is that of time.
    """
    ordered = (row * 3 + kind) << _SCORE_BITS | number
    ordered.sort()
    return ordered & (1 << _SCORE_BITS) - 1, ordered >> _SCORE_BITS


def _laid_out(rows: Rows, table: ScoreTable, number: Numbers, cell: Numbers) -> Series:
    """Returns the series, given which score counts for which cell (row and kind), in order."""
    _, at, day, _, _, exam, scorer = table.entries
    hundredths, owner = table.scores
    score = hundredths[number]
    if (score < 0).any():
        there = score >= 0
        number, cell, score = number[there], cell[there], score[there]
    if not table.uses[3].all():
        number, cell, score = _one_per_event(owner, number, cell, score)
    entry = owner[number]
    day = day[entry]
    last = ends(cell)
    row, kind = np.divmod(cell[last], 3)
    end = last + 1
    start = np.zeros(len(end), np.int64)
    start[1:] = end[:-1]
    size = end - start
    place = kind * len(rows) + row
    by_kind = np.empty((3, 3 * len(rows)), np.int64)
    by_kind[0], by_kind[1], by_kind[2] = -1, 0, NEVER
    by_kind[0][place], by_kind[1][place], by_kind[2][place] = np.arange(len(last)), size, day[last]
    return Series(
        rows,
        at[entry],
        day,
        score,
        scorer[entry],
        exam[entry] if exam.any() else np.zeros(len(entry), np.int64),
        row,
        kind,
        start,
        end,
        size,
        place,
        by_kind[0].reshape(3, -1),
        by_kind[1].reshape(3, -1),
        by_kind[2].reshape(3, -1),
        running(score),
    )


def _one_per_event(
    entry_of: Numbers, number: Numbers, cell: Numbers, score: Numbers
) -> tuple[Numbers, Numbers, Numbers]:
    """Makes one event one observation of a skill, however many of its scores are about it: their mean."""
    entry = entry_of[number]
    last = np.union1d(ends(entry), ends(cell))
    first = np.concatenate([np.zeros(1, np.int64), last[:-1] + 1])[: len(last)]
    totals = running(score)
    return number[last], cell[last], half_up(totals[last + 1] - totals[first], last + 1 - first)
