"""Asks again for the work of erasures that have lost their task."""

from __future__ import annotations

from datetime import timedelta

from shared.ports.ambient import Clock
from shared.privacy.usecases.erasure_runs import ErasureRuns

LEFT_ALONE = timedelta(minutes=15)
"""A run that has not moved for so long has lost its task."""


class ResumeErasures:
    """Finds runs that stand still."""

    def __init__(self, runs: ErasureRuns, clock: Clock) -> None:
        self._runs = runs
        self._clock = clock

    def resume(self) -> int:
        """Asks for the next step of each; how many there were."""
        now = self._clock.now()
        left = [
            run
            for run in self._runs.records.unfinished()
            if now - max(run.moved_at, run.second_look_at or run.moved_at) > LEFT_ALONE
        ]
        for run in left:
            self._runs.enqueue(run, again=True)
        return len(left)
