"""Holds breaks in learning: days on which nobody expects anything, such as illness or parental leave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Break:
    """A break. begins, ends: its first and last day; ends is None while nobody knows it. reason: in words"""

    begins: date
    ends: date | None
    reason: str = ""


def on_break(breaks: Iterable[Break], day: date) -> bool:
    """Tells whether a day lies in a break."""
    return any(one.begins <= day and (one.ends is None or day <= one.ends) for one in breaks)


def days_on_break(breaks: Iterable[Break], first: date, last: date) -> int:
    """Returns how many of the days from `first` to `last`, both among them, lie in a break, a day once."""
    counted, after = 0, first
    for one in sorted(breaks, key=lambda one: (one.begins, one.ends or date.max)):
        begins, ends = max(one.begins, after), min(one.ends or last, last)
        if begins <= ends:
            counted += (ends - begins).days + 1
            after = ends + _DAY
    return counted


def days_expected(breaks: Iterable[Break], first: date, last: date) -> int:
    """Returns how many of the days from `first` to `last`, both among them, lie in no break; 0 when last is before."""
    return max(0, (last - first).days + 1) - days_on_break(breaks, first, last)
