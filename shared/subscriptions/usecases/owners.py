"""Knows for whom a subscription speaks today: whoever may no longer read something is told nothing of it."""

from __future__ import annotations

from shared.kernel.access import Caller
from shared.kernel.errors import Forbidden
from shared.people.usecases.callers import Callers
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.identity import Identity
from shared.subscriptions.domain.event_type import NEEDED
from shared.subscriptions.records import Delivery, Subscription


class Owners:
    """Finds owners, and keeps on record what they are told about people."""

    def __init__(self, callers: Callers, audit: Audit) -> None:
        self._callers = callers
        self._audit = audit

    def of(self, subscription: Subscription, event_type: str) -> Caller | None:
        """Returns the owner of a subscription; None when they may not have this type of facts any more."""
        identity = Identity(subscription.owner, subscription.owner_kind, subscription.owner)
        try:
            owner = self._callers.of(identity)
        except Forbidden:
            return None
        needed = {"webhooks.manage", *(permission for name, permission in NEEDED.items() if name == event_type)}
        return owner if needed <= owner.permissions else None

    def record(self, owner: Caller, delivery: Delivery) -> None:
        """Leaves a record that an owner is told about a person, before the first attempt."""
        if delivery.employee_id is not None and delivery.attempts_made == 0:
            detail = f"{delivery.event_type} to {delivery.subscription_id}"
            self._audit.record(owner, AuditAction.WEBHOOK_DELIVERED, subject=delivery.employee_id, detail=detail)
