"""Puts the steps of notifying into their queue."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from shared.notifications.records import Delivery
from shared.ports.messages import TaskQueue

QUEUE: Final = "notifications"
FUNCTION: Final = "notify"


class NotifyQueue:
    """Adds steps. A step's name is its own, so that whoever is unsure may add it again."""

    def __init__(self, tasks: TaskQueue) -> None:
        self._tasks = tasks

    def next(self, delivery: Delivery) -> None:
        """Adds whatever comes next for a delivery. Raises Retryable."""
        if not delivery.is_over:
            self.look(delivery, 0, delivery.lease_until or delivery.due_at)

    def look(self, delivery: Delivery, looks: int, at: datetime) -> None:
        """Adds a step whose time had not come. Raises Retryable."""
        one = delivery
        step = "summary" if one.state == "gathered" else "delivery"
        self._tasks.enqueue(
            QUEUE,
            FUNCTION,
            {"step": step, "name": one.delivery_id, "attempt": one.attempts, "looks": looks},
            name=f"{step}-{one.delivery_id}.{one.attempts}.{looks}.{at:%Y%m%dT%H%M%S}",
            run_at=at,
        )
