"""Pauses a subscription that nothing comes of, and tells its owner."""

from __future__ import annotations

from datetime import datetime

from shared.kernel.log_events import LogEvent
from shared.platform.usecases.notices import Notifications
from shared.ports.ambient import Log
from shared.subscriptions.domain.attempts import is_failing_for_long
from shared.subscriptions.records import PauseReason, Subscription, SubscriptionRecords


class PauseSubscription:
    """Follows whether deliveries arrive."""

    def __init__(self, records: SubscriptionRecords, notifications: Notifications, log: Log) -> None:
        self._records = records
        self._notifications = notifications
        self._log = log

    def arrived(self, subscription: Subscription) -> None:
        """Notes that something has arrived."""
        if subscription.failing_since is not None:
            self._records.change(subscription.subscription_id, lambda one: one.changed(failing_since=None))

    def failed(self, subscription: Subscription, now: datetime) -> None:
        """Notes that an attempt has failed; after three days of nothing else the subscription is paused."""
        if subscription.failing_since is None:
            self._records.change(
                subscription.subscription_id,
                lambda one: None if one.failing_since else one.changed(failing_since=now),
            )
        elif is_failing_for_long(subscription.failing_since, now):
            self.pause(subscription, "failing", now)

    def pause(self, subscription: Subscription, because: PauseReason, now: datetime) -> None:
        """Pauses an active subscription. Its owner is told before: told twice it is one notice."""
        if subscription.state == "paused":
            return
        if subscription.owner_kind == "person":
            facts = {"subscription_id": subscription.subscription_id, "because": because}
            once = f"{subscription.subscription_id} {subscription.changed_at.isoformat()}"
            self._notifications.tell(subscription.owner, "webhook.paused", facts, once=once)
        self._records.change(subscription.subscription_id, lambda one: _paused(one, because, now))
        self._log.event(LogEvent.WEBHOOK_PAUSED, "ERROR", subscription_id=subscription.subscription_id, reason=because)


def _paused(one: Subscription, because: PauseReason, now: datetime) -> Subscription | None:
    if one.state == "paused":
        return None
    return one.changed(state="paused", paused_because=because, changed_at=now)
