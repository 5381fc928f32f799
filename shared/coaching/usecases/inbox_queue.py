"""Queues that somebody is answered: each task is named by what it is about, so that a repeated one adds nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from shared.coaching.messages import InboxTask
from shared.kernel.ids import digest
from shared.ports.messages import TaskQueue

QUEUE: Final = "coach-inboxes"
FUNCTION: Final = "coach_reply"


class InboxQueue:
    """Queues tasks. Every method may raise Retryable."""

    def __init__(self, tasks: TaskQueue) -> None:
        self._tasks = tasks

    def answer(self, inbox: str, *named: str, run_at: datetime | None = None) -> bool:
        """Queues that whoever an inbox is of is answered; False where a task of that name is known."""
        task = InboxTask(inbox=inbox).model_dump(mode="json")
        return self._tasks.enqueue(QUEUE, FUNCTION, task, name=digest("coach", inbox, *named), run_at=run_at)
