"""Moves erasures on from step to step, each step with a task of its own."""

from __future__ import annotations

import hashlib
from datetime import datetime

from shared.ports.ambient import Clock
from shared.ports.messages import TaskQueue
from shared.privacy.records.erasures import ErasureRecords, OpenErasure

QUEUE, FUNCTION = "erasure", "erase_person"


class ErasureRuns:
    """Writes where runs stand, and asks for their next steps."""

    def __init__(self, records: ErasureRecords, tasks: TaskQueue, clock: Clock) -> None:
        self.records = records
        self._tasks = tasks
        self._clock = clock

    def enqueue(self, run: OpenErasure, *, again: bool = False, run_at: datetime | None = None) -> None:
        """Asks for a run's next step. again: though it may have been asked for; run_at: not before"""
        from shared.privacy.messages import ErasureTask  # rarely needed

        moved = hashlib.sha256(run.moved_at.isoformat().encode()).hexdigest()[:16]
        self._tasks.enqueue(
            QUEUE,
            FUNCTION,
            ErasureTask(run_id=run.run_id).model_dump(),
            name=None if again else f"{run.run_id}-{run.look}-{moved}",
            run_at=run.second_look_at if run.state == "waiting" else run_at,
        )

    def is_running(self, run_id: str) -> bool:
        """Tells whether a run has not finished."""
        return self.records.is_running(run_id)

    def look_again(self, run_id: str) -> None:
        """Asks for one more step of a run, also of one that has finished."""
        from shared.privacy.messages import ErasureTask  # rarely needed

        self._tasks.enqueue(QUEUE, FUNCTION, ErasureTask(run_id=run_id).model_dump())

    def go_on(self, run: OpenErasure, *, run_at: datetime | None = None) -> None:
        """Writes that a step is done, and asks for the next one."""
        self.enqueue(self.records.move(run, self._clock.now()), run_at=run_at)

    def wait(self, run: OpenErasure, until: datetime) -> None:
        """Writes that the first look is done, and asks for the second one."""
        self.enqueue(self.records.wait(run, self._clock.now(), until))
