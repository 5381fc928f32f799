"""Makes an attempt to deliver, and decides what comes next: done, again later, given up, paused.

A task may come twice, late, or after another has done its work: the delivery says which attempt is next, and a task of
another one only makes sure that there is a task for that. So nothing rests on the order in which tasks come.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.kernel.access import Caller
from shared.ports.ambient import Clock
from shared.subscriptions.domain.attempts import next_attempt, soon
from shared.subscriptions.messages import DeliveryTask
from shared.subscriptions.ports.receivers import Received
from shared.subscriptions.records import Attempt, Delivery, Kept, Subscription
from shared.subscriptions.usecases.delivery_queue import DeliveryQueue
from shared.subscriptions.usecases.send_once import SendOnce
from shared.subscriptions.usecases.tell_subscribers import Oversight

GONE = 410
"""A receiver that answers this wants nothing more."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """Says where a delivery stands. busy: its receiver has enough under way; nothing: there was nothing to do"""

    delivery_id: str
    state: Literal["nothing", "busy", "waiting", "delivered", "failed", "paused", "withdrawn"]


class Deliver:
    """Works off the tasks of deliveries."""

    def __init__(self, kept: Kept, sending: SendOnce, queue: DeliveryQueue, oversight: Oversight, clock: Clock) -> None:
        self._kept = kept
        self._sending = sending
        self._queue = queue
        self._oversight = oversight
        self._clock = clock

    def attempt(self, task: DeliveryTask) -> Delivered:
        """Does what a task asks for. Raises Retryable: done again, it sends nothing twice that was noted."""
        delivery, now = self._kept.deliveries.get(task.delivery_id), self._clock.now()
        if delivery is None or delivery.state != "waiting":
            return Delivered(task.delivery_id, "nothing")
        if task.attempt != delivery.attempts_made:
            self._queue.attempt(delivery)
            return Delivered(task.delivery_id, "nothing")
        if now < delivery.due_at:
            self._queue.look(delivery, task.looks + 1, delivery.due_at)
            return Delivered(task.delivery_id, "waiting")
        subscription = self._kept.subscriptions.get(delivery.subscription_id)
        if subscription is None:
            return self._end(delivery, "failed")
        if subscription.state == "paused":
            return self._end(delivery, "paused")
        owner = self._oversight.owners.of(subscription, delivery.event_type)
        if owner is None:
            self._oversight.pausing.pause(subscription, "owner_may_not", now)
            return self._end(delivery, "failed")
        if not self._oversight.decided.counts(delivery):
            return self._end(delivery, "withdrawn")
        return self._send(delivery, subscription, owner, task.looks)

    def _send(self, delivery: Delivery, subscription: Subscription, owner: Caller, looks: int) -> Delivered:
        self._oversight.owners.record(owner, delivery)
        sent = self._sending.send(delivery, subscription)
        if sent is None:
            self._queue.look(delivery, looks + 1, soon(delivery.delivery_id, looks, self._clock.now()))
            return Delivered(delivery.delivery_id, "busy")
        at, received = sent
        self._follow(subscription, received)
        attempt = Attempt(at=at, status=received.status, error=received.error, latency_ms=received.latency_ms)

        def noted(one: Delivery) -> Delivery | None:
            if one.attempts_made != delivery.attempts_made:
                return None  # another delivery of the task was here
            if one.asked != delivery.asked:
                return one.tried(attempt).changed(tries=0)  # it was asked for again meanwhile, and goes out again
            return self._settled(one.tried(attempt), received)

        settled = self._kept.deliveries.change(delivery.delivery_id, noted)
        if settled is None:
            return Delivered(delivery.delivery_id, "nothing")
        if settled.state == "waiting":
            self._queue.attempt(settled)
        return Delivered(delivery.delivery_id, settled.state)

    def _follow(self, subscription: Subscription, received: Received) -> None:
        pausing, now = self._oversight.pausing, self._clock.now()
        if _arrived(received):
            pausing.arrived(subscription)
        elif received.status == GONE:
            pausing.pause(subscription, "gone", now)
        else:
            pausing.failed(subscription, now)

    def _settled(self, tried: Delivery, received: Received) -> Delivery:
        """Returns the delivery as it is after an attempt."""
        now = self._clock.now()
        if _arrived(received):
            return tried.changed(state="delivered", finished_at=now)
        again = None
        if received.status != GONE:
            again = next_attempt(tried.delivery_id, tried.tries, now, received.retry_after_seconds)
        return tried.changed(state="failed", finished_at=now) if again is None else tried.changed(due_at=again)

    def _end(self, delivery: Delivery, state: Literal["failed", "paused", "withdrawn"]) -> Delivered:
        now: datetime = self._clock.now()
        self._kept.deliveries.change(
            delivery.delivery_id,
            lambda one: one.changed(state=state, finished_at=now) if one.state == "waiting" else None,
        )
        return Delivered(delivery.delivery_id, state)


def _arrived(received: Received) -> bool:
    return received.status is not None and 200 <= received.status < 300
