"""Computes the charts' geometry: numbers in, positions out, in per cent of the drawing's width or height.

Charts are inline SVG with positions in per cent, so that they fill any width without distorting their marks, and
need no inline style (the Content-Security-Policy forbids it).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from functions.portal.shell import words
from shared.ratings.domain.weights import HEAT_LEVELS

WEAK_BELOW = HEAT_LEVELS[0] / 100
"""A heat-map cell whose mean is below this many points is marked as weak."""
MOST_TICKS = 6


def at(value: float) -> str:
    """Writes a position on a 0-100 axis as an SVG percentage, clipped to the axis."""
    return f"{min(100.0, max(0.0, value)):.2f}%"


def span(value: float | None, interval: Sequence[float] | None) -> Mapping[str, str] | None:
    """Returns a number's place on a 0-100 axis and its interval's, with the interval in words; None of no number."""
    if value is None:
        return None
    low, high = interval or (value, value)
    return {"value": at(value), "low": at(low), "high": at(high), "words": words.between((low, high))}


@dataclass(frozen=True)
class Segment:
    """One part of a stacked bar. start, width: SVG percentages."""

    name: str
    number: int
    start: str
    width: str


def stacked(parts: Sequence[tuple[str, int]]) -> tuple[Segment, ...]:
    """Returns the parts of a stacked bar that are not empty, in order, filling the whole width."""
    total = sum(number for _, number in parts)
    segments = []
    before = 0
    for name, number in parts:
        if number:
            segments.append(Segment(name, number, at(100 * before / total), at(100 * number / total)))
        before += number
    return tuple(segments)


def heat_level(mean: float) -> int:
    """Returns the shade of a heat-map cell, from 0 (weak)."""
    return bisect_right(HEAT_LEVELS, mean * 100)


def shades() -> tuple[str, ...]:
    """Returns the points that each shade from the second stands for, in words."""
    begins = [level // 100 for level in HEAT_LEVELS]
    return (*(f"{low}–{end - 1}" for low, end in pairwise(begins)), f"{begins[-1]} and above")


@dataclass(frozen=True)
class Mark:
    """One event in a history chart: positions in per cent of width and height."""

    x: str
    y: str
    kind: str
    words: str


@dataclass(frozen=True)
class Tick:
    x: str
    words: str
    anchor: str


def time_axis(first: datetime, last: datetime) -> tuple[datetime, timedelta]:
    """Returns start and span of a time axis that leaves a margin of a fortieth on both sides, of a day at least."""
    span = max(last - first, timedelta(days=1))
    margin = span / 40
    return first - margin, span + 2 * margin


def month_ticks(start: datetime, span: timedelta) -> tuple[Tick, ...]:
    """Returns the first days of months within an axis, thinned to at most `MOST_TICKS` of them."""
    end = start + span
    year, month = start.year, start.month
    found: list[datetime] = []
    while True:
        month += 1
        if month == 13:
            year, month = year + 1, 1
        tick = datetime(year, month, 1, tzinfo=start.tzinfo)
        if tick > end:
            break
        found.append(tick)
    step = max(1, -(-len(found) // MOST_TICKS))
    ticks = []
    for tick in found[::-1][::step][::-1]:
        position = 100 * (tick - start) / span
        anchor = "start" if position < 6 else "end" if position > 94 else "middle"
        ticks.append(Tick(at(position), f"{tick:%b}", anchor))
    return tuple(ticks)
