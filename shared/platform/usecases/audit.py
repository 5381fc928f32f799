"""Records who saw whom, and who changed what.

One rule says when: no act is without its record. What is shown is recorded before it is shown, and an act before it is
done, once nothing can refuse it any more; where only the act's own transaction can tell, that transaction writes the
record too (`within`), so that there is neither without the other.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from shared.kernel.access import Caller
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.messages import AuditRecorded
from shared.platform.records.audit import AuditRecord, AuditRecords
from shared.ports.ambient import Clock, Ids
from shared.ports.documents import Documents, Transaction
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
        records = [self.draft(caller, action, subject=subject, detail=detail) for subject in subjects]
        if records:
            self._records.add(records)
            self.tell(records)

    def draft(
        self, caller: Caller, action: AuditAction, *, subject: str | None = None, detail: str | None = None
    ) -> AuditRecord:
        """Returns the record of an act, to be written within the act's transaction and told once that is through."""
        return AuditRecord(
            audit_id=self._ids.new(),
            actor=caller.employee_id or caller.email,
            actor_role=caller.role or "service",
            action=action.value,
            subject=subject,
            detail=None if detail is None else detail[:500],
            at=self._clock.now(),
        )

    def within(self, transaction: Transaction, record: AuditRecord) -> None:
        """Writes a record together with the act."""
        self._records.add_within(transaction, record)

    def tell(self, records: Sequence[AuditRecord]) -> None:
        """Publishes records that have been written."""
        facts = [AuditRecorded(**msgspec.structs.asdict(record)) for record in records]
        self._bus.publish(TOPIC, [Message(fact.model_dump(mode="json")) for fact in facts])
