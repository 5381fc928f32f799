"""Audit: who saw whom, and who changed what. Records are never changed; searches are paged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shared.kernel.access import Caller
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.messages import AuditRecorded
from shared.ports.ambient import Clock, Ids
from shared.ports.documents import Create, Documents, Query, Where
from shared.ports.messages import Bus, Message

TOPIC = "audit-recorded"


class Audit:
    """Writes and searches audit records."""

    def __init__(self, documents: Documents, bus: Bus, clock: Clock, ids: Ids) -> None:
        self._documents = documents
        self._bus = bus
        self._clock = clock
        self._ids = ids

    def record(
        self, caller: Caller, action: AuditAction, *, subject: str | None = None, detail: str | None = None
    ) -> None:
        """Leaves a record before the act is answered; if it cannot be written, the act fails (Retryable)."""
        self.record_about(caller, action, [subject], detail=detail)

    def record_about(
        self, caller: Caller, action: AuditAction, subjects: Sequence[str | None], *, detail: str | None = None
    ) -> None:
        """Leaves a record about each of several (at most 500), all or none of them."""
        now = self._clock.now()
        facts = [
            AuditRecorded(
                audit_id=self._ids.new(),
                actor=caller.employee_id or caller.email,
                actor_role=caller.role or "service",
                action=action.value,
                subject=subject,
                detail=None if detail is None else detail[:500],
                at=now,
            )
            for subject in subjects
        ]
        if facts:
            self._documents.commit([Create(f"audit/{fact.audit_id}", fact.model_dump()) for fact in facts])
            self._bus.publish(TOPIC, [Message(fact.model_dump(mode="json")) for fact in facts])

    def search(
        self,
        *,
        actor: str | None = None,
        subject: str | None = None,
        action: AuditAction | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 50,
        after: tuple[datetime, str] | None = None,
    ) -> tuple[list[dict[str, Any]], tuple[datetime, str] | None]:
        """Records, the newest first, and where to continue."""
        where = [
            Where(name, "==", value)
            for name, value in (("actor", actor), ("subject", subject), ("action", action))
            if value
        ]
        if since:
            where.append(Where("at", ">=", since))
        if until:
            where.append(Where("at", "<", until))
        found = self._documents.query(
            Query("audit", where=where, order_by=[("at", "desc")], limit=limit + 1, after=after)
        )
        more = len(found) > limit
        items = [document.data for document in found[:limit]]
        return items, (items[-1]["at"], items[-1]["audit_id"]) if more else None
