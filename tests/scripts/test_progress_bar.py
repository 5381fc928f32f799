"""Draws how far a delivery has come."""

from __future__ import annotations

import io

from infra.web.delivery import Report
from infra.web.events import (
    Reject,
)
from scripts.commands.progress_bar import ProgressBar


class TestProgressBar:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def test_draws_rate_and_remaining_time_on_a_terminal(self) -> None:
        clock = iter([0.0, 2.0, 2.01, 4.0])
        terminal = self.Terminal()
        bar = ProgressBar("events", 400, terminal, monotonic=lambda: next(clock))
        bar(Report(accepted=100))
        bar(Report(accepted=101))
        bar(Report(accepted=398, rejects=[Reject(1, None, None, 422, {})] * 2))
        drawn = terminal.getvalue()
        assert " 25 %  100/400  50/s  6 s left" in drawn
        assert "101/400" not in drawn
        assert drawn.endswith("100 %  400/400  100/s  4.0 s  2 rejected\n")

    def test_writes_one_line_at_each_tenth_elsewhere(self) -> None:
        out = io.StringIO()
        bar = ProgressBar("events", 1000, out, monotonic=lambda: 0.0)
        for done in range(0, 1001, 7):
            bar(Report(accepted=done))
        bar(Report(accepted=1000))
        assert len(out.getvalue().splitlines()) == 10
