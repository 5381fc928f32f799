"""Tells the terminal and every page how far the demonstration is while it fills."""

from __future__ import annotations

import sys
import time
from typing import TextIO

from infra.local.runtime import Runtime
from infra.web.delivery import OnProgress, Report
from infra.wiring.environment import Environment
from scripts.commands.progress_bar import ProgressBar
from shared.conversations.domain.call_state import OVER
from shared.ports.documents import Documents, Query

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
        self.note("importing people")

    def note(self, what: str) -> None:
        """Shows on every page what is being done; nothing once that is empty."""
        self._on.filling = what

    def events(self, total: int) -> OnProgress:
        """Returns what shows the events' progress."""
        bar = ProgressBar("events", total, self._out)

        def advance(report: Report) -> None:
            bar(report)
            self.note(f"{report.done:,} of {total:,} events, {self.calls()}")

        return advance

    def calls(self) -> str:
        """Says how many calls are analysed, as it was at most a second ago."""
        now = time.monotonic()
        if now - self._looked >= LOOKS_EVERY:
            self._looked = now
            known = self._integrations.query(Query("calls", limit=10 * self._calls))
            self._analysed = sum(one.data.get("state") in OVER for one in known)
        return f"{min(self._analysed, self._calls)} of {self._calls} calls analysed"

    def settle(self, runtime: Runtime, what: str, *, count: bool = False) -> bool:
        """Waits until nothing is queued, and says so; False when it takes too long. count: the calls, meanwhile"""
        began = time.monotonic()
        self._out.write(f"{what} … ")
        self._out.flush()
        settled = False
        while not settled and time.monotonic() - began < PATIENCE:
            said = f"{what}, {self.calls()}" if count else what
            self.note(said)
            if count and self._out.isatty():
                self._out.write(f"\r\x1b[K{said} … ")
                self._out.flush()
            settled = runtime.settle(LOOKS_EVERY)
        done = "done" if settled else "still going on in the background"
        self._out.write(f"{done} ({time.monotonic() - began:.1f} s)\n")
        self._out.flush()
        return settled
