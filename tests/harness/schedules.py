"""Starts schedules outside their times."""

from __future__ import annotations

import time

from infra.local.queue import LocalQueue


def start_now(queue: LocalQueue, schedule: str) -> None:
    """Asks for a run of a schedule now, or a second after the one before."""
    assert queue.run_schedule(schedule, max(time.time(), (queue.schedule_mark(schedule) or 0.0) + 1))
