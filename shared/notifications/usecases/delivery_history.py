"""Shows what became of what was sent: to whom it was for, and to administrators everybody's, on record."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from shared.kernel.access import Caller, is_own, require
from shared.kernel.errors import Forbidden
from shared.kernel.pages import Page, Position
from shared.notifications.device_records import DeviceRecords
from shared.notifications.records import Delivery, NotificationDeliveries
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit

if TYPE_CHECKING:
    from shared.notifications.contract import NotificationDelivery


class DeliveryHistory:
    """Reads deliveries."""

    def __init__(self, deliveries: NotificationDeliveries, devices: DeviceRecords, audit: Audit) -> None:
        self._deliveries = deliveries
        self._devices = devices
        self._audit = audit

    def of(
        self, caller: Caller, employee_id: str, *, limit: int, after: Position | None = None
    ) -> Page[NotificationDelivery]:
        """Returns what was sent to a person, the newest first. Raises Forbidden."""
        if not is_own(caller, employee_id) and "operations.read" not in caller.permissions:
            raise Forbidden("what somebody was sent is shown to them, and to administrators")
        require(caller, "notifications.read" if is_own(caller, employee_id) else "operations.read")
        self._audit.read(caller, AuditAction.NOTIFICATIONS_READ, [employee_id])
        named = {one.device_id: one.name for one in self._devices.of(employee_id)}
        return self._deliveries.page(employee_id, limit=limit, after=after).each(partial(_shown, named=named))

    def all(self, caller: Caller, *, limit: int, after: Position | None = None) -> Page[NotificationDelivery]:
        """Returns what was sent to anybody, the newest first. Raises Forbidden."""
        require(caller, "operations.read")
        page = self._deliveries.page(None, limit=limit, after=after)
        self._audit.read(caller, AuditAction.NOTIFICATIONS_READ, [one.employee_id for one in page.items])
        return page.each(_shown)


def _shown(delivery: Delivery, named: Mapping[str, str] | None = None) -> NotificationDelivery:
    from shared.notifications.contract import NotificationDelivery

    one = delivery
    return NotificationDelivery(
        delivery_id=one.delivery_id,
        employee_id=one.employee_id,
        channel=one.channel,
        kind=one.kind,
        state=one.state,
        why=one.why,
        fault=one.fault,
        attempts=one.attempts,
        repeated=one.repeated,
        notification_ids=list(one.notices),
        in_summary=one.in_summary,
        created_at=one.created_at,
        due_at=one.due_at,
        finished_at=one.finished_at,
        device=None if one.device is None else (named or {}).get(one.device, ""),
    )
