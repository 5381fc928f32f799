"""Finds the subscriptions that a caller may see and change: the own ones, an administrator everybody's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.kernel.access import Caller, require
from shared.kernel.errors import NotFound
from shared.subscriptions.records import Subscription, SubscriptionRecords

if TYPE_CHECKING:
    from shared.subscriptions.contract import SubscriptionView


class OwnSubscriptions:
    """Asks who may, for whatever is done to a subscription."""

    def __init__(self, records: SubscriptionRecords) -> None:
        self._records = records

    def list(self, caller: Caller) -> list[SubscriptionView]:
        """Returns those in the caller's sight, the oldest first. Raises Forbidden."""
        require(caller, "webhooks.manage")
        found = self._records.all() if sees_all(caller) else self._records.owned_by(caller.email)
        return [view(one) for one in found]

    def show(self, caller: Caller, subscription_id: str) -> SubscriptionView:
        """Returns one. Raises Forbidden, NotFound."""
        return view(self.get(caller, subscription_id))

    def get(self, caller: Caller, subscription_id: str) -> Subscription:
        """Returns one for what is done to it. Raises Forbidden, NotFound (also for somebody else's)."""
        require(caller, "webhooks.manage")
        found = self._records.get(subscription_id)
        if found is None or not (sees_all(caller) or found.owner == caller.email):
            raise unknown(subscription_id)
        return found


def sees_all(caller: Caller) -> bool:
    """Tells whether the caller administers everybody's subscriptions."""
    return caller.role == "administrator" or "administration" in caller.scopes


def unknown(subscription_id: str) -> NotFound:
    """Returns what tells that there is no such subscription, for this caller."""
    return NotFound(f"there is no webhook subscription {subscription_id[:60]!r}", field="subscription_id")


def view(one: Subscription) -> SubscriptionView:
    """Returns what is shown of a subscription: all but its secrets."""
    from shared.subscriptions.contract import SubscriptionView

    return SubscriptionView(
        subscription_id=one.subscription_id,
        owner=one.owner,
        address=one.address,
        event_types=list(one.event_types),
        description=one.description,
        state=one.state,
        paused_because=one.paused_because,
        failing_since=one.failing_since,
        secrets=len(one.secrets),
        created_at=one.created_at,
        changed_at=one.changed_at,
    )
