"""Makes one attempt: signs what is sent, and takes no more than its receiver's share of the queue."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from shared.kernel.errors import Retryable
from shared.kernel.log_events import LogEvent
from shared.ports.ambient import Clock, Log
from shared.ports.documents import Contended
from shared.subscriptions.domain.signature import signed_headers
from shared.subscriptions.ports.receivers import Received, Receivers
from shared.subscriptions.records import Delivery, Places, Subscription

LEASE: Final = timedelta(seconds=60)
"""How long a place is taken at most: longer than an attempt may last, and short after a crash."""


class SendOnce:
    """Posts one message."""

    def __init__(self, places: Places, receivers: Receivers, clock: Clock, log: Log) -> None:
        self._places = places
        self._receivers = receivers
        self._clock = clock
        self._log = log

    def send(self, delivery: Delivery, subscription: Subscription) -> tuple[datetime, Received] | None:
        """Returns when it was sent and what came of it; None when the receiver has enough under way."""
        now = self._clock.now()
        if not self._has_place(delivery, now):
            return None
        try:
            body = delivery.body.encode()
            headers = signed_headers(subscription.signing(now), delivery.delivery_id, now, body)
            headers |= {"Content-Type": "application/json", "User-Agent": "Augment-Skills-Webhooks/1"}
            received = self._receivers.post(subscription.address, headers, body)
        finally:
            with suppress(Retryable):  # else its lease runs out
                self._places.leave(delivery)
        self._log.event(
            LogEvent.WEBHOOK_ATTEMPTED,
            subscription_id=subscription.subscription_id,
            delivery_id=delivery.delivery_id,
            attempt=delivery.attempts_made + 1,
            status=received.status,
            cause=received.error,
            latency_ms=received.latency_ms,
        )
        return now, received

    def _has_place(self, delivery: Delivery, now: datetime) -> bool:
        try:
            return self._places.take(delivery, now, now + LEASE)
        except Contended:
            return False  # many want one: as if none were free
