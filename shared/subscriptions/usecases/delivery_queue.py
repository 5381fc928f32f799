"""Puts attempts into their queue."""

from __future__ import annotations

from datetime import datetime

from shared.ports.messages import TaskQueue
from shared.subscriptions.records import Delivery

QUEUE, FUNCTION = "webhook-deliveries", "webhook_delivery"


class DeliveryQueue:
    """Adds the task of an attempt. Its name is the attempt's, so that whoever is unsure may add it again."""

    def __init__(self, tasks: TaskQueue) -> None:
        self._tasks = tasks

    def attempt(self, delivery: Delivery) -> None:
        """Adds the next attempt of a delivery. Raises Retryable."""
        self.look(delivery, 0, delivery.due_at)

    def look(self, delivery: Delivery, looks: int, at: datetime) -> None:
        """Adds a later look at an attempt whose time or place had not come. Raises Retryable."""
        one = delivery
        self._tasks.enqueue(
            QUEUE,
            FUNCTION,
            {"delivery_id": one.delivery_id, "attempt": one.attempts_made, "looks": looks},
            name=f"{one.delivery_id}.{one.asked}.{one.attempts_made}.{looks}",
            run_at=at,
        )
