"""Records who saw whom, and who changed what."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from shared.kernel.access import Caller
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.messages import AuditRecorded
from shared.platform.records.audit import AuditRecord, AuditRecords
from shared.ports.ambient import Clock, Ids
from shared.ports.documents import Documents
from shared.ports.messages import Bus, Message

TOPIC = "audit-recorded"


class Audit:
    """Writes audit records."""

    def __init__(self, documents: Documents, bus: Bus, clock: Clock, ids: Ids) -> None:
        self._records = AuditRecords(documents)
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
        records = [
            AuditRecord(
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
        if records:
            self._records.add(records)
            facts = [AuditRecorded(**msgspec.structs.asdict(record)) for record in records]
            self._bus.publish(TOPIC, [Message(fact.model_dump(mode="json")) for fact in facts])
