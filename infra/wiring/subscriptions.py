"""Builds the use cases of subscriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment, Wiring, wired
from infra.wiring.first_sight import first_sight
from infra.wiring.people import people
from infra.wiring.platform import platform
from infra.wiring.ports.documents import documents
from infra.wiring.ports.integrations import integrations
from infra.wiring.ports.receivers import receivers
from infra.wiring.ports.tasks import tasks

if TYPE_CHECKING:
    from shared.subscriptions.records import Kept
    from shared.subscriptions.usecases.change_subscriptions import ChangeSubscriptions
    from shared.subscriptions.usecases.deliver import Deliver
    from shared.subscriptions.usecases.delivery_queue import DeliveryQueue
    from shared.subscriptions.usecases.own_subscriptions import OwnSubscriptions
    from shared.subscriptions.usecases.replay_deliveries import ReplayDeliveries
    from shared.subscriptions.usecases.tell_subscribers import Oversight, TellSubscribers
    from shared.subscriptions.usecases.watch_subscriptions import WatchSubscriptions


class SubscriptionsUseCases(Wiring):
    """Makes each use case of subscriptions when it is first asked for."""

    @wired
    def own(self) -> OwnSubscriptions:
        from shared.subscriptions.usecases.own_subscriptions import OwnSubscriptions

        return OwnSubscriptions(self._kept.subscriptions)

    @wired
    def changing(self) -> ChangeSubscriptions:
        from shared.subscriptions.usecases.change_subscriptions import ChangeSubscriptions

        on = self._on
        return ChangeSubscriptions(self._kept.subscriptions, receivers(on), platform(on).audit, on.clock, on.ids)

    @wired
    def telling(self) -> TellSubscribers:
        from shared.subscriptions.usecases.tell_subscribers import TellSubscribers

        on = self._on
        return TellSubscribers(self._kept, self._oversight, on.once(first_sight), self._queue, on.clock)

    @wired
    def deliver(self) -> Deliver:
        from shared.subscriptions.usecases.deliver import Deliver
        from shared.subscriptions.usecases.send_once import SendOnce

        on = self._on
        sending = SendOnce(self._kept.places, receivers(on), on.clock, on.log)
        return Deliver(self._kept, sending, self._queue, self._oversight, on.clock)

    @wired
    def replaying(self) -> ReplayDeliveries:
        from shared.subscriptions.usecases.replay_deliveries import ReplayDeliveries

        on = self._on
        return ReplayDeliveries(self._kept, self._queue, platform(on).audit, on.clock, on.ids)

    @wired
    def watch(self) -> WatchSubscriptions:
        from shared.subscriptions.usecases.watch_subscriptions import WatchSubscriptions

        return WatchSubscriptions(self._kept.subscriptions)

    @wired
    def _oversight(self) -> Oversight:
        from shared.observations.records import Ledger
        from shared.reviews.records import ReviewRecords
        from shared.subscriptions.usecases.decided_calls import DecidedCalls
        from shared.subscriptions.usecases.owners import Owners
        from shared.subscriptions.usecases.pause_subscription import PauseSubscription
        from shared.subscriptions.usecases.tell_subscribers import Oversight

        on = self._on
        pausing = PauseSubscription(self._kept.subscriptions, platform(on).notifications, on.log)
        decided = DecidedCalls(ReviewRecords(documents(on)), Ledger(documents(on)), people(on).aliases)
        return Oversight(Owners(people(on).callers, platform(on).audit), pausing, decided)

    @wired
    def _queue(self) -> DeliveryQueue:
        from shared.subscriptions.usecases.delivery_queue import DeliveryQueue

        return DeliveryQueue(tasks(self._on))

    @wired
    def _kept(self) -> Kept:
        from shared.subscriptions.records import DeliveryRecords, Kept, Places, SubscriptionRecords

        store = integrations(self._on)
        return Kept(SubscriptionRecords(store), DeliveryRecords(store), Places(store))


def subscriptions(on: Environment) -> SubscriptionsUseCases:
    """Returns the use cases of subscriptions on an environment."""
    return on.once(SubscriptionsUseCases)
