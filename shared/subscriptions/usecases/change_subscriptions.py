"""Makes, changes and removes subscriptions, and rotates their secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from shared.kernel.access import Caller, require
from shared.kernel.errors import Forbidden, Rejected
from shared.kernel.preconditions import Expect
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock, Ids
from shared.subscriptions.domain.attempts import OVERLAP
from shared.subscriptions.domain.event_type import NEEDED, EventType
from shared.subscriptions.domain.signature import new_secret
from shared.subscriptions.ports.receivers import Receivers
from shared.subscriptions.records import Secret, Subscription, SubscriptionRecords
from shared.subscriptions.usecases.own_subscriptions import OwnSubscriptions, unknown, view

if TYPE_CHECKING:
    from shared.subscriptions.contract import NewSecret, NewSubscription, SubscriptionBody, SubscriptionView

MOST_OF_ONE: Final = 20
"""Subscriptions that one owner may have: each fact costs a delivery for every one."""


class ChangeSubscriptions:
    """Does what an owner asks for. Every act is on record before it is done."""

    def __init__(
        self, records: SubscriptionRecords, receivers: Receivers, audit: Audit, clock: Clock, ids: Ids
    ) -> None:
        self._records = records
        self._receivers = receivers
        self._audit = audit
        self._clock = clock
        self._ids = ids
        self._own = OwnSubscriptions(records)

    def subscribe(self, caller: Caller, body: SubscriptionBody) -> NewSubscription:
        """Makes a subscription of the caller's; its secret is shown in this answer alone.

        Raises Forbidden, Rejected (the address, or too many).
        """
        from shared.subscriptions.contract import NewSubscription

        require(caller, "webhooks.manage")
        if not caller.is_service and caller.employee_id is None:
            raise Forbidden("an administrator by configuration owns nothing: import your employee record first")
        require_types(caller, body.event_types)
        self._receivers.check(body.address)
        if len(self._records.owned_by(caller.email)) >= MOST_OF_ONE:
            raise Rejected(f"you have {MOST_OF_ONE} subscriptions, which is the most: remove one first")
        now = self._clock.now()
        made = Subscription(
            subscription_id=self._ids.new(),
            owner=caller.email,
            owner_kind="service" if caller.is_service else "person",
            address=body.address,
            event_types=_distinct(body.event_types),
            description=body.description,
            state=body.state,
            paused_because="asked" if body.state == "paused" else None,
            failing_since=None,
            secrets=(self._secret(),),
            created_at=now,
            changed_at=now,
        )
        self._record(caller, AuditAction.WEBHOOK_SUBSCRIBED, made)
        self._records.add(made)
        return NewSubscription(**view(made).model_dump(), secret=made.secrets[0].secret)

    def change(
        self, caller: Caller, subscription_id: str, body: SubscriptionBody, expect: Expect | None = None
    ) -> SubscriptionView:
        """Replaces what the caller says of a subscription. Raises Forbidden, NotFound, Rejected, Outdated."""
        known = self._own.get(caller, subscription_id)
        require_types(caller, body.event_types)
        self._receivers.check(body.address)
        if expect is not None:
            expect(view(known))  # before the record: what is refused is not done
        self._record(caller, AuditAction.WEBHOOK_CHANGED, known)
        now = self._clock.now()

        def change(one: Subscription) -> Subscription:
            if expect is not None:
                expect(view(one))
            paused = body.state == "paused"
            because = (one.paused_because or "asked") if paused else None
            return one.changed(
                address=body.address,
                event_types=_distinct(body.event_types),
                description=body.description,
                state=body.state,
                paused_because=because,
                failing_since=one.failing_since if paused else None,
                changed_at=now,
            )

        return view(self._changed(subscription_id, change))

    def rotate(self, caller: Caller, subscription_id: str) -> NewSecret:
        """Makes a new secret; the one before signs for a day more. Raises Forbidden, NotFound."""
        from shared.subscriptions.contract import NewSecret

        known = self._own.get(caller, subscription_id)
        self._record(caller, AuditAction.WEBHOOK_SECRET_ROTATED, known)
        now, fresh = self._clock.now(), self._secret()
        until = now + OVERLAP

        def change(one: Subscription) -> Subscription:
            # Of two rotations within a day only the newest and the one before it sign.
            return one.changed(secrets=(fresh, one.secrets[0].changed(until=until)), changed_at=now)

        self._changed(subscription_id, change)
        return NewSecret(secret=fresh.secret, earlier_until=until)

    def remove(self, caller: Caller, subscription_id: str) -> SubscriptionView:
        """Removes a subscription; nothing more is sent. Raises Forbidden, NotFound."""
        known = self._own.get(caller, subscription_id)
        self._record(caller, AuditAction.WEBHOOK_REMOVED, known)
        self._records.remove(subscription_id)
        return view(known)

    def _changed(self, subscription_id: str, change: Callable[[Subscription], Subscription]) -> Subscription:
        changed = self._records.change(subscription_id, change)
        if changed is None:
            raise unknown(subscription_id)
        return changed

    def _secret(self) -> Secret:
        return Secret(secret=new_secret(self._ids.new(), self._ids.new()))

    def _record(self, caller: Caller, action: AuditAction, about: Subscription) -> None:
        self._audit.record(caller, action, subject=about.subscription_id, detail=", ".join(about.event_types))


def require_types(owner: Caller, event_types: Iterable[EventType]) -> None:
    """Raises Forbidden for a type of facts that the API would not show the owner."""
    for event_type in event_types:
        if NEEDED[event_type] not in owner.permissions:
            raise Forbidden(f"{event_type} needs the permission {NEEDED[event_type]}", field="event_types")


def _distinct(event_types: Iterable[EventType]) -> tuple[EventType, ...]:
    return tuple(dict.fromkeys(event_types))
