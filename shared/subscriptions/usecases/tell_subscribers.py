"""Makes a delivery of a fact for everyone who has subscribed to its type."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.kernel.access import Caller
from shared.ports.ambient import Clock
from shared.privacy.usecases.first_sight import FirstSight
from shared.subscriptions.records import Delivery, Kept, Subscription
from shared.subscriptions.usecases.decided_calls import DecidedCalls
from shared.subscriptions.usecases.delivery_queue import DeliveryQueue
from shared.subscriptions.usecases.facts import ToldFact
from shared.subscriptions.usecases.owners import Owners
from shared.subscriptions.usecases.pause_subscription import PauseSubscription


@dataclass(frozen=True, slots=True)
class Oversight:
    """Knows for whom subscriptions speak, when they cease to, and what there is to tell of decisions."""

    owners: Owners
    pausing: PauseSubscription
    decided: DecidedCalls


class TellSubscribers:
    """Spreads facts over subscriptions: those that are for others than the employee alone. A decision waits until the
    call that it is about opens; ratings are told without what is closed, and again when it opens."""

    def __init__(
        self, kept: Kept, oversight: Oversight, first_sight: FirstSight, queue: DeliveryQueue, clock: Clock
    ) -> None:
        self._kept = kept
        self._oversight = oversight
        self._first_sight = first_sight
        self._queue = queue
        self._clock = clock

    def tell(self, fact: ToldFact) -> int:
        """Makes a delivery for each subscription, and returns how many; told again it makes no other. Raises Retryable.

        What is paused is kept, and sent when its owner asks for it.
        """
        if fact.sight == "employee":
            return 0
        told = 0
        for subscription in self._kept.subscriptions.to(fact.event_type):
            now = self._clock.now()
            owner = self._oversight.owners.of(subscription, fact.event_type)
            if owner is None:
                self._oversight.pausing.pause(subscription, "owner_may_not", now)
                continue
            made = self._kept.deliveries.add(self._delivery(fact, subscription, owner, now))
            if made.state == "waiting":
                self._queue.attempt(made)
            told += 1
        return told

    def _delivery(self, fact: ToldFact, subscription: Subscription, owner: Caller, now: datetime) -> Delivery:
        return Delivery.untried(
            fact.delivery_id(subscription.subscription_id),
            subscription,
            fact.event_type,
            fact.body,
            now,
            employee_id=fact.employee_id,
            opens_at=self._opens_at(fact, owner),
            paused=subscription.state != "active",
        )

    def _opens_at(self, fact: ToldFact, owner: Caller) -> datetime | None:
        if fact.review_id is None:
            return None
        review, now = self._oversight.decided.review(fact.employee_id, fact.review_id), self._clock.now()
        # Of a review that nobody finds no more is known than that it is of now at the latest.
        scored, happened = (now, now) if review is None else (review.scored_at, review.occurred_at)
        return self._first_sight.opens(owner, fact.employee_id, scored, happened)
