"""Shows how far a delivery has come."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TextIO

from infra.web.delivery import Report


class ProgressBar:
    """Draws a bar with rate and remaining time on a terminal; elsewhere a line at every tenth."""

    WIDTH = 28

    def __init__(self, label: str, total: int, out: TextIO, *, monotonic: Callable[[], float] = time.monotonic):
        self._label, self._total, self._out, self._monotonic = label, total, out, monotonic
        self._began = monotonic()
        self._drawn = self._began - 1
        self._tenth = 0
        self._terminal = out.isatty()

    def __call__(self, report: Report) -> None:
        now, done = self._monotonic(), report.done
        finished = done >= self._total
        if self._terminal:
            if now - self._drawn < 0.1 and not finished:
                return
            self._drawn = now
            self._out.write("\r\x1b[K" + self.text(report, now) + ("\n" if finished else ""))
        else:
            tenth = 10 if finished else 10 * done // max(1, self._total)
            if tenth == self._tenth:
                return
            self._tenth = tenth
            self._out.write(self.text(report, now) + "\n")
        self._out.flush()

    def text(self, report: Report, now: float) -> str:
        """Returns `events ██████░░░░  61 %  4,600/7,561  540/s  6 s left  2 rejected`"""
        done, total = report.done, max(1, self._total)
        filled = self.WIDTH * min(done, total) // total
        rate = done / (now - self._began) if now > self._began else 0.0
        left = f"{(total - done) / rate:.0f} s left" if rate and done < total else f"{now - self._began:.1f} s"
        rejected = f"  {report.rejected:,} rejected" if report.rejected else ""
        bar = "█" * filled + "░" * (self.WIDTH - filled)
        return f"{self._label} {bar} {100 * done // total:3d} %  {done:,}/{total:,}  {rate:,.0f}/s  {left}{rejected}"
