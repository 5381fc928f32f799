"""Makes a delivery of a fact for everyone who has subscribed to its type."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from shared.kernel.access import Caller
from shared.ports.ambient import Clock
from shared.privacy.usecases.first_sight import FirstSight
from shared.subscriptions.records import Delivery, Kept, Subscription
from shared.subscriptions.usecases.delivery_queue import DeliveryQueue
from shared.subscriptions.usecases.facts import ToldFact
from shared.subscriptions.usecases.owners import Owners
from shared.subscriptions.usecases.pause_subscription import PauseSubscription
from shared.subscriptions.usecases.seen_skills import SeenSkills


@dataclass(frozen=True, slots=True)
class Oversight:
    """Knows for whom subscriptions speak, and when they cease to."""

    owners: Owners
    pausing: PauseSubscription


@dataclass(frozen=True, slots=True)
class Sight:
    """Knows when something opens for an owner, and what of it they see before."""

    first_sight: FirstSight
    skills: SeenSkills


class TellSubscribers:
    """Spreads facts over subscriptions. What an owner may not see yet waits until it opens; changed skills are told at
    once as the owner sees them, and again when that opens."""

    def __init__(self, kept: Kept, oversight: Oversight, sight: Sight, queue: DeliveryQueue, clock: Clock) -> None:
        self._kept = kept
        self._oversight = oversight
        self._sight = sight
        self._queue = queue
        self._clock = clock

    def tell(self, fact: ToldFact) -> int:
        """Makes deliveries for each subscription, and returns how many; told again it makes no other. Raises Retryable.

        What is paused is kept, and sent when its owner asks for it.
        """
        told = 0
        for subscription in self._kept.subscriptions.to(fact.event_type):
            now = self._clock.now()
            owner = self._oversight.owners.of(subscription, fact.event_type)
            if owner is None:
                self._oversight.pausing.pause(subscription, "owner_may_not", now)
                continue
            for delivery in self._deliveries(fact, subscription, owner, now):
                made = self._kept.deliveries.add(delivery)
                if made.state == "waiting":
                    self._queue.attempt(made)
                told += 1
        return told

    def _deliveries(
        self, fact: ToldFact, subscription: Subscription, owner: Caller, now: datetime
    ) -> Iterator[Delivery]:
        opens_at = self._opens_at(fact, owner)
        if opens_at is not None and opens_at > now:
            meanwhile = self._sight.skills.meanwhile(owner, fact)
            if meanwhile is not None:
                yield self._delivery(meanwhile, subscription, now, None)
        yield self._delivery(fact, subscription, now, opens_at)

    def _delivery(
        self, fact: ToldFact, subscription: Subscription, now: datetime, opens_at: datetime | None
    ) -> Delivery:
        return Delivery.untried(
            fact.delivery_id(subscription.subscription_id),
            subscription,
            fact.event_type,
            fact.body,
            now,
            employee_id=fact.employee_id,
            opens_at=opens_at,
            paused=subscription.state != "active",
        )

    def _opens_at(self, fact: ToldFact, owner: Caller) -> datetime | None:
        if fact.review_id is not None:
            return self._sight.first_sight.opens_review(owner, fact.employee_id, fact.review_id)
        return self._sight.first_sight.opens_all(owner, fact.employee_id)
