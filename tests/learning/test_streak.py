"""Streaks: days in a row, freezes that save them, and breaks that cost nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from shared.learning.domain.breaks import Break, days_expected, days_on_break, on_break
from shared.learning.domain.streak import Streak, streak

BEGUN = date(2026, 9, 1)


def day(number: int) -> date:
    """The first day is 1."""
    return BEGUN + timedelta(days=number - 1)


def days(*numbers: int) -> list[date]:
    return [day(one) for one in numbers]


@pytest.mark.parametrize(
    ("active", "today", "found"),
    [
        ([], 1, Streak(0, 0, 0, False)),
        ([1], 1, Streak(1, 0, 1, True)),
        ([1], 2, Streak(1, 0, 1, False)),  # today can still become a day
        ([1], 3, Streak(0, 0, 1, False)),
        ([1, 2, 3], 3, Streak(3, 0, 3, True)),
        ([*range(1, 8)], 7, Streak(7, 1, 7, True)),
        ([*range(1, 8)], 9, Streak(7, 0, 7, False)),  # the eighth was saved
        ([*range(1, 8), 9], 9, Streak(8, 0, 8, True)),
        ([*range(1, 8)], 10, Streak(0, 0, 7, False)),  # two days missed, one freeze
        ([*range(1, 22)], 21, Streak(21, 2, 21, True)),  # three earned, two kept
        ([*range(1, 15), 17], 17, Streak(15, 0, 15, True)),
        ([*range(1, 15), 18], 18, Streak(1, 0, 14, True)),
        ([1, 2, 9], 2, Streak(2, 0, 2, True)),  # a day that is still to come
    ],
)
def test_a_streak_is_counted_with_what_saves_it(active: list[int], today: int, found: Streak) -> None:
    assert streak(days(*active), day(today)) == found
    assert streak(days(*reversed(active), *active), day(today)) == found


def test_a_break_costs_neither_the_streak_nor_a_freeze() -> None:
    away = [Break(day(8), day(20), "illness"), Break(day(15), day(22))]
    assert streak(days(*range(1, 8), 23), day(23), away) == Streak(8, 1, 8, True)
    assert streak(days(*range(1, 8), 24), day(24), away) == Streak(8, 0, 8, True)
    assert streak(days(*range(1, 8)), day(300), [Break(day(8), None)]) == Streak(7, 1, 7, False)


def test_who_learns_in_a_break_is_counted() -> None:
    assert streak(days(1, 2, 3), day(3), [Break(day(2), day(9))]) == Streak(3, 0, 3, True)


def test_days_of_several_breaks_count_once() -> None:
    away = [Break(day(10), day(12)), Break(day(1), day(20)), Break(day(19), day(21)), Break(day(30), None)]
    assert days_on_break(away, day(5), day(40)) == 28
    assert days_expected(away, day(5), day(40)) == 8
    assert days_expected(away, day(5), day(4)) == 0
    assert [on_break(away, day(n)) for n in (1, 21, 22, 29, 30, 900)] == [True, True, False, False, True, True]


breaks = some.lists(
    some.builds(
        lambda first, length: Break(day(first), None if length is None else day(first + length)),
        some.integers(-5, 60),
        some.none() | some.integers(0, 20),
    ),
    max_size=4,
)


def day_by_day(active: set[date], today: date, away: list[Break]) -> tuple[int, int]:
    """The rules as they are written, a day at a time."""
    count = freezes = 0
    for one in (min(active) + timedelta(days=n) for n in range((today - min(active)).days + 1)):
        if one in active:
            count += 1
            freezes = min(2, freezes + (count % 7 == 0))
        elif one < today and not on_break(away, one):
            count, freezes = (count, freezes - 1) if freezes else (0, 0)
    return count, freezes


@settings(max_examples=300, deadline=None)
@given(some.sets(some.integers(1, 60), min_size=1), some.integers(1, 70), breaks)
def test_a_streak_is_what_counting_day_by_day_gives(active: set[int], today: int, away: list[Break]) -> None:
    chosen = {one for one in days(*active) if one <= day(today)}
    found = streak(days(*active), day(today), away)
    assert (found.days, found.freezes) == (day_by_day(chosen, day(today), away) if chosen else (0, 0))
    assert found.days <= found.longest


@settings(max_examples=300, deadline=None)
@given(breaks, some.integers(1, 60), some.integers(0, 60))
def test_days_on_break_are_those_that_lie_in_one(away: list[Break], first: int, length: int) -> None:
    span = [day(first + n) for n in range(length + 1)]
    assert days_on_break(away, span[0], span[-1]) == sum(on_break(away, one) for one in span)
