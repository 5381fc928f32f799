"""Moves runs on from step to step, each step with a task of its own."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.identities.records import Move, MoveRecords
from shared.kernel.ids import digest
from shared.ports.ambient import Clock
from shared.ports.messages import TaskQueue

QUEUE, FUNCTION = "moves", "move_person"
LEFT_ALONE = timedelta(minutes=15)
"""A run that has not moved for so long has lost its task."""


class MoveRuns:
    """Writes where runs stand, and asks for their next steps."""

    def __init__(self, records: MoveRecords, tasks: TaskQueue, clock: Clock) -> None:
        self.records = records
        self._tasks = tasks
        self._clock = clock

    def enqueue(self, run: Move, *, again: bool = False, run_at: datetime | None = None) -> None:
        """Asks for a run's next step. again: though it may have been asked for; run_at: not before"""
        from shared.identities.messages import MoveTask  # rarely needed

        self._tasks.enqueue(
            QUEUE,
            FUNCTION,
            MoveTask(run_id=run.run_id).model_dump(),
            name=None if again else digest("move", run.run_id, str(run.look), run.moved_at.isoformat()),
            run_at=run.second_look_at if run.state == "waiting" else run_at,
        )

    def go_on(self, run: Move, *, run_at: datetime | None = None) -> None:
        """Writes that a step is done, and asks for the next one."""
        self.enqueue(self.records.change(run, moved_at=self._clock.now()), run_at=run_at)

    def rate(self, run: Move) -> None:
        """Has the person's state compared with the ledger, and the person rated, once in each look."""
        from shared.ratings.messages import ShardTask  # rarely needed

        task = ShardTask(employee_ids=[run.employee_id], from_ledger=True)
        self._tasks.enqueue(
            "recalculation",
            "recalculate_shard",
            task.model_dump(exclude_unset=True),
            name=digest("moved", run.run_id, str(run.look), run.state),
        )

    def resume(self) -> int:
        """Asks for the next step of each run that has lost its task; how many there were."""
        now = self._clock.now()
        left = [
            run
            for run in self.records.unfinished()
            if now - max(run.moved_at, run.second_look_at or run.moved_at) > LEFT_ALONE
        ]
        for run in left:
            self.enqueue(run, again=True)
        return len(left)
