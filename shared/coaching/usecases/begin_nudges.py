"""Begins rounds over the learners whom the coach may nudge, and asks for each page of a round once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from shared.coaching.messages import NudgeTask
from shared.kernel.ids import digest
from shared.ports.ambient import Clock
from shared.ports.messages import TaskQueue

QUEUE: Final = "coach-nudges"
FUNCTION: Final = "coach_nudges"
SLOT: Final = timedelta(minutes=30)
"""Between rounds: who wakes up is nudged within that time."""
_BEGINNING: Final = datetime(2000, 1, 1, tzinfo=UTC)


class BeginNudges:
    """Asks for the first page."""

    def __init__(self, tasks: TaskQueue, clock: Clock) -> None:
        self._tasks = tasks
        self._clock = clock

    def begin(self) -> str:
        """Returns the round's name, by which a second trigger of the half hour joins it. Raises Retryable."""
        now = self._clock.now()
        run = (now - (now - _BEGINNING) % SLOT).isoformat()
        ask_for_page(self._tasks, NudgeTask(run=run))
        return run


def ask_for_page(tasks: TaskQueue, task: NudgeTask) -> None:
    """Asks for one page of a round: once, also where it is asked for twice. Raises Retryable."""
    name = digest("nudges", task.run, task.after or "")
    tasks.enqueue(QUEUE, FUNCTION, task.model_dump(mode="json"), name=name)
