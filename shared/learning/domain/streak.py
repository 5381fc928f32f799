"""Counts for how many days in a row somebody has learned; a freeze, or a break, saves a streak from a day without."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from shared.learning.domain.breaks import Break, days_expected

FREEZE_EVERY: Final = 7
"""Days of a streak that earn a freeze."""
MOST_FREEZES: Final = 2
"""Kept at a time: enough for a weekend."""

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Streak:
    """A streak on a day. days: on which something was learned; freezes: left; today: whether something was today

    longest: days of the longest streak so far
    """

    days: int = 0
    freezes: int = 0
    longest: int = 0
    today: bool = False


def streak(active: Collection[date], today: date, breaks: Sequence[Break] = ()) -> Streak:
    """Returns the streak as of today.

    active: the learner's calendar days with an answer, in any order; later ones than today count for nothing

    Every seventh day of a streak earns a freeze, of which two are kept. A day without an answer uses one up by itself;
    when there are too few the streak is over, and they are gone with it. Days of a break use nothing up. Today can
    still become a day, so it ends nothing.
    """
    days = freezes = longest = 0
    expected_from: date | None = None
    for day in sorted({one for one in active if one <= today}):
        days, freezes = _after_gap(days, freezes, _missed(expected_from, day, breaks))
        days += 1
        longest = max(longest, days)
        if days % FREEZE_EVERY == 0:
            freezes = min(MOST_FREEZES, freezes + 1)
        expected_from = day + _DAY
    days, freezes = _after_gap(days, freezes, _missed(expected_from, today, breaks))
    return Streak(days, freezes, longest, today in active)


def _missed(first: date | None, until: date, breaks: Sequence[Break]) -> int:
    """Returns how many days were expected and passed from `first` to the day before `until`."""
    return 0 if first is None or first >= until else days_expected(breaks, first, until - _DAY)


def _after_gap(days: int, freezes: int, missed: int) -> tuple[int, int]:
    return (days, freezes - missed) if missed <= freezes else (0, 0)
