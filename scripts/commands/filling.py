"""Tells the terminal and every page how far the demonstration is while it fills."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import TextIO

from infra.local.runtime import Runtime
from infra.web.delivery import OnProgress, Report
from infra.wiring.environment import Environment
from scripts.commands.progress_bar import ProgressBar
from shared.conversations.domain.call_state import OVER
from shared.ports.documents import Documents, Query

STEPS = 8
"""Of the filling, in the order of `run`."""
LOOKS_EVERY = 1.0
"""Seconds between two looks at the calls."""
PATIENCE = 120
"""Seconds for which the terminal waits until nothing is queued."""


class Filling:
    """Says what is there of the demonstration's events and calls.

    calls: how many the demonstration has; integrations: where their records are
    """

    def __init__(self, on: Environment, integrations: Documents, calls: int, out: TextIO = sys.stdout) -> None:
        self._on = on
        self._integrations = integrations
        self._calls = calls
        self._out = out
        self._looked = 0.0
        self._analysed = 0
        self._begun = 0
        self._quarter_of: dict[str, int] = {}
        self.note("importing people")

    def note(self, what: str) -> None:
        """Shows on every page what is being done; nothing once that is empty."""
        self._on.filling = what

    def events(self, total: int) -> OnProgress:
        """Returns what shows the events' progress."""
        return self._bar("events", total)

    def apprentices(self, total: int) -> OnProgress:
        """Returns what shows how much of the apprentices' months is there: answers and observations."""
        return self._bar("apprentices’ answers and observations", total)

    def _bar(self, what: str, total: int) -> OnProgress:
        bar = ProgressBar(self._step(what), total, self._out)

        def advance(report: Report) -> None:
            bar(report)
            self.note(f"{report.done:,} of {total:,} {what}, {self.calls()}")

        return advance

    def _step(self, what: str) -> str:
        """Begins the next of the steps; returns which it is, in words."""
        self._begun += 1
        return f"{self._begun}/{STEPS} {what}"

    def calls(self) -> str:
        """Says how many calls are analysed, as it was at most a second ago."""
        now = time.monotonic()
        if now - self._looked >= LOOKS_EVERY:
            self._looked = now
            known = self._integrations.query(Query("calls", limit=10 * self._calls))
            self._analysed = sum(one.data.get("state") in OVER for one in known)
        return f"{min(self._analysed, self._calls)} of {self._calls} calls analysed"

    def settle(self, runtime: Runtime, what: str, *, count: bool = False) -> bool:
        """Waits until nothing is queued, and says so, and meanwhile how much is left; False when it takes too long.

        count: the calls, meanwhile
        """
        began, step, done = time.monotonic(), self._step(what), Done()
        self._out.write(f"{step} … ")
        self._out.flush()
        settled = False
        while not settled and time.monotonic() - began < PATIENCE:
            self.note(f"{what}, {self.calls()}" if count else what)
            self._show(step, done.of(runtime.left(), time.monotonic() - began))
            settled = runtime.settle(LOOKS_EVERY)
        if self._out.isatty():
            self._out.write(f"\r\x1b[K{step} … ")
        ended = "done" if settled else "still going on in the background"
        self._out.write(f"{ended} ({time.monotonic() - began:.1f} s)\n")
        self._out.flush()
        return settled

    def begin(self, what: str) -> None:
        """Says what is being done, of which its end tells by itself."""
        self.note(what)
        self._out.write(f"{self._step(what)} … ")
        self._out.flush()

    def _show(self, step: str, done: Done) -> None:
        """Shows on a terminal how much is left; elsewhere the share alone, where another quarter is done."""
        if self._out.isatty():
            self._out.write(f"\r\x1b[K{step} … {done}")
        elif done.quarter > self._quarter_of.get(step, 0):
            self._quarter_of[step] = done.quarter
            self._out.write(f"{done.percent} % … ")
        self._out.flush()


@dataclass
class Done:
    """Says how much of what is queued is done. most: of deliveries that were left at once; seconds: since it began"""

    left: int = 0
    most: int = 0
    seconds: float = 0.0

    def of(self, left: int, seconds: float) -> Done:
        """Returns itself, with what is left now."""
        self.left, self.most, self.seconds = left, max(self.most, left), seconds
        return self

    @property
    def percent(self) -> int:
        return 100 * (self.most - self.left) // self.most if self.most else 0

    @property
    def quarter(self) -> int:
        return self.percent // 25

    def __str__(self) -> str:
        gone = self.most - self.left
        until = f", {self.seconds * self.left / gone:.0f} s left" if gone else ""
        return f"{self.percent} %, {self.left:,} deliveries to go{until}" if self.most else ""
