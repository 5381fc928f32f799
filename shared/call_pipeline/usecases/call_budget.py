"""Keeps a call recorder's limits, whoever asks it: so many requests a second, so many a day, per company.

One document says from when on the next request may start, and how many the day has had. An asker reserves *slots* in a
transaction on it: moments at which one request each may start, apart far enough that no second holds more than the
limit. Whoever asks often reserves several at once, so that the one hot document sees few writes.

A slot is good for a moment only: who comes later than `LATENESS` after it lets it go, since by then the moment belongs
to others. What was reserved and let go is given back to the day's count with the next reservation.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final, TypeVar

from shared.call_pipeline.domain.allowance import LATENESS, Allowance, RequestLimits, allot
from shared.call_pipeline.records.allowances import Allowances
from shared.conversations.ports.calls import BudgetSpent, RateLimited
from shared.ports.ambient import Clock
from shared.ports.documents import Contended

T = TypeVar("T")

MOST_AT_ONCE: Final = 5
"""Slots of one reservation: two seconds at three a second, so a write every other second however many ask."""

ROUNDS: Final = 5
"""How often an asker tries for another slot after it woke too late for its own."""

PAUSES: Final = (0.1, 0.3, 0.9)
"""Seconds between attempts at the document while others hold it, beyond the store's own attempts."""


class CallBudget:
    """One process's access to the shared allowance. Every method may raise Retryable when the store cannot be reached.

    wait:        sleeps for so many seconds
    exclusively: a lock, where several threads share this object; held while slots are chosen, not until they come
    """

    def __init__(
        self,
        allowances: Allowances,
        clock: Clock,
        wait: Callable[[float], None],
        *,
        limits: RequestLimits | None = None,
        exclusively: AbstractContextManager[object, bool | None] | None = None,
    ):
        self._allowances = allowances
        self._clock = clock
        self._wait = wait
        self._limits = limits or RequestLimits()
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
        """Grants nobody a next slot sooner than in so many seconds; what the recorder asked for with a 429.

        Slots that other processes hold already, some seconds' worth, are not called back.
        """
        with self._exclusively:
            while self._kept:
                self._let_go(self._kept.popleft())
            now = self._clock.now()
            until = now + timedelta(seconds=seconds)

            def later(known: Allowance | None) -> tuple[None, Allowance | None]:
                left = known or Allowance(now.date(), 0, now)
                return None, replace(left, free_from=until) if left.free_from < until else None

            self._patiently(later)

    def _next_kept(self) -> datetime | None:
        """Returns the first reserved slot whose moment has not passed."""
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

        def several(known: Allowance | None) -> tuple[tuple[datetime, ...], Allowance]:
            return allot(known, self._clock.now(), self._at_once, self._limits, given_back)

        try:
            first, *others = self._patiently(several)
        except (RateLimited, BudgetSpent, Contended):
            self._unused = given_back
            raise
        self._kept.extend(others)
        self._at_once = min(self._at_once * 2, MOST_AT_ONCE)
        return first

    def _patiently(self, work: Callable[[Allowance | None], tuple[T, Allowance | None]]) -> T:
        for pause in PAUSES:
            try:
                return self._allowances.change(work)
            except Contended:
                self._wait(pause)
        return self._allowances.change(work)
