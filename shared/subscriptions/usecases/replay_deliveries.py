"""Lists deliveries, sends some again, and sends a test."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Final

from shared.kernel.access import Caller, require
from shared.kernel.errors import NotFound
from shared.kernel.pages import Page, Position
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock, Ids
from shared.subscriptions.domain.event_type import TEST_EVENT
from shared.subscriptions.records import KEPT, Delivery, Kept
from shared.subscriptions.usecases.delivery_queue import DeliveryQueue
from shared.subscriptions.usecases.facts import body_of
from shared.subscriptions.usecases.own_subscriptions import OwnSubscriptions

if TYPE_CHECKING:
    from shared.subscriptions.contract import DeliveryView, ReplayAnswer

MOST_AT_ONCE: Final = 200


class ReplayDeliveries:
    """Does what an owner asks for about what was sent, or not."""

    def __init__(self, kept: Kept, queue: DeliveryQueue, audit: Audit, clock: Clock, ids: Ids) -> None:
        self._kept = kept
        self._queue = queue
        self._audit = audit
        self._clock = clock
        self._ids = ids
        self._own = OwnSubscriptions(kept.subscriptions)

    def page(
        self, caller: Caller, subscription_id: str, *, limit: int = 50, after: Position | None = None
    ) -> Page[DeliveryView]:
        """Returns a subscription's deliveries of the last 30 days, the newest first. Raises Forbidden, NotFound."""
        own = self._own.get(caller, subscription_id)
        since = self._clock.now() - KEPT
        return self._kept.deliveries.page(own.subscription_id, since, limit=limit, after=after).each(shown)

    def replay(self, caller: Caller, delivery_id: str) -> DeliveryView:
        """Sends one again, whatever became of it. Raises Forbidden, NotFound."""
        known = self._get(caller, delivery_id)
        detail = known.delivery_id
        self._audit.record(caller, AuditAction.WEBHOOK_REPLAYED, subject=known.subscription_id, detail=detail)
        return shown(self._again(known, lambda one: True, self._clock.now()) or known)

    def replay_since(self, caller: Caller, subscription_id: str, since: datetime) -> ReplayAnswer:
        """Sends again what was told since a moment and has not arrived, at most 200. Raises Forbidden, NotFound."""
        from shared.subscriptions.contract import ReplayAnswer

        own, now = self._own.get(caller, subscription_id), self._clock.now()
        open_by_now = (
            one
            for one in self._kept.deliveries.not_arrived(own.subscription_id, since, now)
            if one.can_be_sent_again(now)
        )
        found = list(islice(open_by_now, MOST_AT_ONCE + 1))
        more, chosen = len(found) > MOST_AT_ONCE, found[:MOST_AT_ONCE]
        detail = f"{len(chosen)} since {since.isoformat()}"
        self._audit.record(caller, AuditAction.WEBHOOK_REPLAYED, subject=own.subscription_id, detail=detail)
        again = [self._again(one, lambda one: one.can_be_sent_again(now), now) for one in chosen]
        return ReplayAnswer(replayed=sum(one is not None for one in again), more=more)

    def test(self, caller: Caller, subscription_id: str) -> DeliveryView:
        """Sends an event that is about nobody. Raises Forbidden, NotFound."""
        from shared.subscriptions.contract import TestData

        own, now = self._own.get(caller, subscription_id), self._clock.now()
        self._audit.record(caller, AuditAction.WEBHOOK_TESTED, subject=own.subscription_id)
        body = body_of(TEST_EVENT, now, TestData(subscription_id=own.subscription_id))
        made = self._kept.deliveries.add(Delivery.untried(f"msg_{self._ids.new()}", own, TEST_EVENT, body, now))
        self._queue.attempt(made)
        return shown(made)

    def _get(self, caller: Caller, delivery_id: str) -> Delivery:
        require(caller, "webhooks.manage")
        known, nothing = self._kept.deliveries.get(delivery_id), NotFound(_none(delivery_id), field="delivery_id")
        if known is None:
            raise nothing
        try:
            self._own.get(caller, known.subscription_id)
        except NotFound:
            raise nothing from None
        return known

    def _again(self, known: Delivery, may: Callable[[Delivery], bool], now: datetime) -> Delivery | None:
        """Has a delivery sent again, though not before it opens; None when it may not be as it stands."""
        changed = self._kept.deliveries.change(
            known.delivery_id, lambda one: one.asked_again(now) if may(one) else None
        )
        if changed is not None:
            self._queue.attempt(changed)
        return changed


def _none(delivery_id: str) -> str:
    return f"there is no delivery {delivery_id[:60]!r}"


def shown(delivery: Delivery) -> DeliveryView:
    """Returns what is shown of a delivery: all but what was sent."""
    from shared.subscriptions.contract import AttemptView, DeliveryView

    return DeliveryView(
        delivery_id=delivery.delivery_id,
        subscription_id=delivery.subscription_id,
        event_type=delivery.event_type,
        state=delivery.state,
        attempts=[AttemptView.model_validate(one, from_attributes=True) for one in delivery.attempts],
        attempts_made=delivery.attempts_made,
        created_at=delivery.created_at,
        next_attempt_at=delivery.due_at if delivery.state == "waiting" else None,
        finished_at=delivery.finished_at,
    )
