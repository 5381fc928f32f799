"""Records what has been given or taken, and tells those whose words it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from shared.conversations.records import CallRecord
from shared.kernel.access import Caller
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.platform.usecases.notices import Notifications
from shared.privacy.domain.transcript_ground import Ground

Change = Literal["grant.given", "grant.revoked", "escalation.raised", "escalation.revoked"]


class TellOfAccess:
    """Audits and notifies. Purpose and reason stay in the document."""

    def __init__(self, audit: Audit, notifications: Notifications) -> None:
        self._audit = audit
        self._notifications = notifications

    def changed(
        self, caller: Caller, change: Change, employees: Sequence[str], to: str, facts: Mapping[str, str]
    ) -> None:
        """Leaves an audit record about each employee, and tells each once. facts: ids and words of the platform"""
        told = {"to": to, "by": caller.employee_id or caller.email, **facts}
        shown = ", ".join(f"{name}: {value}" for name, value in sorted(told.items()) if name != "by")
        once = " ".join(f"{name}={value}" for name, value in sorted(told.items()))
        for employee_id in employees:
            self._audit.record(caller, AuditAction(change), subject=employee_id, detail=shown)
            self._notifications.tell(employee_id, change, told, once=once)

    def opened(self, caller: Caller, call: CallRecord, ground: Ground, day: date) -> None:
        """Leaves an audit record of an opening about each employee of the call, and tells each: once a day about one
        reader and one call."""
        reader = caller.employee_id or caller.email
        subjects: list[str | None] = [*call.employees] or [None]
        for subject in subjects:
            self._audit.record(
                caller,
                AuditAction.TRANSCRIPT_OPENED,
                subject=subject,
                detail=f"{call.source} {call.call_id}, ground: {ground}",
            )
        for employee_id in call.employees:
            self._notifications.tell(
                employee_id,
                "transcript.opened",
                {"source": call.source, "call_id": call.call_id, "by": reader, "ground": ground},
                once=f"{call.source} {call.call_id} {reader} {ground} {day}",
            )
