"""Shares out the moments at which a call recorder may be asked: so many a second, so many a day.

A *slot* is a moment at which one request may start. Slots lie so far apart that no second holds more than the limit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from shared.conversations.ports.calls import BudgetSpent, RateLimited

LATENESS: Final = timedelta(milliseconds=100)
"""How long after its slot a request may start."""

TRAVEL: Final = timedelta(milliseconds=200)
"""How much longer one request may be on its way than another, a first connection included. The slots lie apart by so
much more than the limit asks for that neither crowds the recorder's second; the day's limit is what binds anyway."""

_MS: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """Says how often a recorder may be asked. per_second: in any second; per_day: in a day of UTC.

    may_wait: how far away a slot may be; who would wait longer is told to come back
    """

    per_second: int = 3
    per_day: int = 10_000
    may_wait: timedelta = timedelta(seconds=20)

    @property
    def spacing(self) -> timedelta:
        """Returns the time between two slots: 434 ms at three a second."""
        return timedelta(milliseconds=math.ceil((timedelta(seconds=1) + LATENESS + TRAVEL) / _MS / self.per_second))


@dataclass(frozen=True, slots=True)
class Allowance:
    """Says from when on the next request may start. used: slots given out on `day`"""

    day: date
    used: int
    free_from: datetime


def allot(
    allowance: Allowance | None,
    now: datetime,
    wanted: int,
    limits: RequestLimits,
    unused: Sequence[date] = (),
) -> tuple[tuple[datetime, ...], Allowance]:
    """Returns up to `wanted` slots, at least one, and what is left afterwards.

    unused: days of slots that were reserved earlier and let go

    Raises RateLimited when the first slot is further away than one may wait, BudgetSpent when its day is full.
    """
    left = allowance or Allowance(now.date(), 0, now)
    left = replace(left, used=max(0, left.used - sum(day == left.day for day in unused)))
    slots: list[datetime] = []
    while len(slots) < wanted:
        slot = max(now, left.free_from)
        if slot.date() > left.day:
            left = replace(left, day=slot.date(), used=0)
        if slots and left.used >= limits.per_day:
            break
        if left.used >= limits.per_day:
            tomorrow = datetime.combine(left.day + timedelta(days=1), time(), UTC)
            raise BudgetSpent(f"the day's {limits.per_day} requests are used up", after_seconds=_whole(tomorrow - now))
        if not slots and slot - now > limits.may_wait:
            raise RateLimited("others are in front of us", after_seconds=_whole(slot - now))
        slots.append(slot)
        left = Allowance(left.day, left.used + 1, slot + limits.spacing)
    return tuple(slots), left


def _whole(span: timedelta) -> int:
    """Returns whole seconds, rounded up, at least one."""
    return max(1, math.ceil(span.total_seconds()))
