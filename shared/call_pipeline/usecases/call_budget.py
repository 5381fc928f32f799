"""A call recorder's limits, kept by everybody who asks it: so many requests a second, so many a day, per company.

One document says from when on the next request may start, and how many the day has had. An asker reserves *slots* in a
transaction on it: moments at which one request each may start, apart far enough that no second holds more than the
limit. Whoever asks often reserves several at once, so that the one hot document sees few writes.

A slot is good for a moment only: who comes later than `LATENESS` after it lets it go, since by then the moment belongs
to others. What was reserved and let go is given back to the day's count with the next reservation.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, TypeVar

from shared.conversations.ports.calls import BudgetSpent, RateLimited
from shared.ports.ambient import Clock
from shared.ports.documents import Contended, Documents, Put, Transaction

T = TypeVar("T")

LATENESS: Final = timedelta(milliseconds=100)
"""How long after its slot a request may start."""

TRAVEL: Final = timedelta(milliseconds=200)
"""How much longer one request may be on its way than another, a first connection included. The slots lie apart by so
much more than the limit asks for that neither crowds the recorder's second; the day's limit is what binds anyway."""

MOST_AT_ONCE: Final = 5
"""Slots of one reservation: two seconds at three a second, so a write every other second however many ask."""

ROUNDS: Final = 5
"""How often an asker tries for another slot after it woke too late for its own."""

PAUSES: Final = (0.1, 0.3, 0.9)
"""Seconds between attempts at the document while others hold it, beyond the store's own attempts."""


_MS: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """per_second: in any second. per_day: in a day of UTC."""

    per_second: int = 3
    per_day: int = 10_000

    @property
    def spacing(self) -> timedelta:
        """Between two slots: 434 ms at three a second."""
        return timedelta(milliseconds=math.ceil((timedelta(seconds=1) + LATENESS + TRAVEL) / _MS / self.per_second))


@dataclass(frozen=True, slots=True)
class Allowance:
    """The document. free_from: the earliest next slot; used: slots given out on `day`."""

    day: date
    used: int
    free_from: datetime


def allot(
    allowance: Allowance | None,
    now: datetime,
    wanted: int,
    limits: RequestLimits,
    may_wait: timedelta,
    unused: Sequence[date] = (),
) -> tuple[tuple[datetime, ...], Allowance]:
    """Up to `wanted` slots, at least one, and what the document says afterwards.

    unused: days of slots that were reserved earlier and let go

    Raises RateLimited when the first slot is further away than `may_wait`, BudgetSpent when its day is full.
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
        if not slots and slot - now > may_wait:
            raise RateLimited("others are in front of us", after_seconds=_whole(slot - now))
        slots.append(slot)
        left = Allowance(left.day, left.used + 1, slot + limits.spacing)
    return tuple(slots), left


class CallBudget:
    """One process's access to the shared allowance. Every method may raise Retryable when the store cannot be reached.

    path:        of the document; one per company and recorder
    wait:        sleeps for so many seconds
    may_wait:    how far away a slot may be; who would wait longer is told to come back
    exclusively: a lock, where several threads share this object; held while slots are chosen, not until they come
    """

    def __init__(
        self,
        documents: Documents,
        path: str,
        clock: Clock,
        wait: Callable[[float], None],
        *,
        limits: RequestLimits | None = None,
        may_wait: timedelta = timedelta(seconds=20),
        exclusively: AbstractContextManager[object, bool | None] | None = None,
    ):
        self._documents = documents
        self._path = path
        self._clock = clock
        self._wait = wait
        self._limits = limits or RequestLimits()
        self._may_wait = may_wait
        self._exclusively = exclusively or nullcontext()
        self._kept: deque[datetime] = deque()
        self._unused: list[date] = []
        self._at_once = 1

    def take(self) -> None:
        """Returns when one request may start. Raises RateLimited or BudgetSpent, each saying when to come back."""
        for _ in range(ROUNDS):
            with self._exclusively:
                slot = self._next_kept() or self._reserve()
            while (now := self._clock.now()) < slot:
                self._wait((slot - now).total_seconds())
            if now <= slot + LATENESS:
                return
            with self._exclusively:
                self._let_go(slot)
        raise RateLimited("this machine is too slow to keep its place in the line")

    def hold_off(self, seconds: int) -> None:
        """Nobody's next slot is sooner than in so many seconds; what the recorder asked for with a 429.

        Slots that other processes hold already, some seconds' worth, are not called back.
        """
        with self._exclusively:
            while self._kept:
                self._let_go(self._kept.popleft())
            now = self._clock.now()
            until = now + timedelta(seconds=seconds)

            def later(transaction: Transaction) -> None:
                left = _read(transaction, self._path) or Allowance(now.date(), 0, now)
                if left.free_from < until:
                    transaction.write(Put(self._path, _document(replace(left, free_from=until))))

            self._patiently(later)

    def _next_kept(self) -> datetime | None:
        """The first reserved slot whose moment has not passed."""
        now = self._clock.now()
        while self._kept:
            slot = self._kept.popleft()
            if now <= slot + LATENESS:
                return slot
            self._let_go(slot)
        return None

    def _let_go(self, slot: datetime) -> None:
        self._unused.append(slot.date())
        # Whoever does not come in time for several does better with one.
        self._at_once = 1

    def _reserve(self) -> datetime:
        # Given back once at most: after an outage nobody knows whether it was, and the day's limit matters more.
        given_back, self._unused = self._unused, []

        def several(transaction: Transaction) -> tuple[datetime, ...]:
            before, now = _read(transaction, self._path), self._clock.now()
            slots, left = allot(before, now, self._at_once, self._limits, self._may_wait, given_back)
            transaction.write(Put(self._path, _document(left)))
            return slots

        try:
            first, *others = self._patiently(several)
        except (RateLimited, BudgetSpent, Contended):
            self._unused = given_back
            raise
        self._kept.extend(others)
        self._at_once = min(self._at_once * 2, MOST_AT_ONCE)
        return first

    def _patiently(self, work: Callable[[Transaction], T]) -> T:
        for pause in PAUSES:
            try:
                return self._documents.transact(work)
            except Contended:
                self._wait(pause)
        return self._documents.transact(work)


def _read(transaction: Transaction, path: str) -> Allowance | None:
    document = transaction.get(path)
    if document is None:
        return None
    return Allowance(date.fromisoformat(document.data["day"]), int(document.data["used"]), document.data["free_from"])


def _document(allowance: Allowance) -> Mapping[str, Any]:
    return {"day": allowance.day.isoformat(), "used": allowance.used, "free_from": allowance.free_from}


def _whole(span: timedelta) -> int:
    """Whole seconds, rounded up, at least one."""
    return max(1, math.ceil(span.total_seconds()))
