"""Records who saw whom, and who changed what.

One rule says when: no act is without its record. What is shown is recorded before it is shown, and an act before it is
done, once nothing can refuse it any more; where only the act's own transaction can tell, that transaction writes the
record too (`within`), so that there is neither without the other.

Whoever reads data of anybody else, person or machine, leaves a record: one an hour for a viewer, a person and a kind of
reading, and one for a page of a list, which names its people (docs/decisions/2026-11-29-readings-on-record.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shared.kernel.access import Caller, is_own
from shared.kernel.ids import digest
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.messages import AuditRecorded
from shared.platform.records.audit import AuditRecord, AuditRecords
from shared.ports.ambient import Clock, Ids
from shared.ports.documents import Documents, Transaction
from shared.ports.messages import Bus, Message

TOPIC = "audit-recorded"
MOST_NAMES = 1_000
"""In one record."""


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

    def read(self, caller: Caller, action: AuditAction, people: Iterable[str], *, detail: str | None = None) -> None:
        """Leaves a record that the caller is shown data of some people, the caller left out: of one, or of a page of a
        list, by name. One in an hour (UTC) is enough. If it cannot be written, the reading fails (Retryable).
        """
        others = sorted(one for one in set(people) if not is_own(caller, one))
        pages = [others[start : start + MOST_NAMES] for start in range(0, len(others), MOST_NAMES)]
        records = {}
        for page in pages:
            record = self.draft(caller, action, subject=page[0] if len(page) == 1 else None, detail=detail)
            named = record if len(page) == 1 else record.changed(people=tuple(page))
            hour = f"{record.at:%Y-%m-%dT%H}"
            records[digest("reading", record.actor, action.value, hour, *page)] = named
        if records:
            self.tell(self._records.add_once(records))

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
        if records:
            told = [AuditRecorded.model_validate(record, from_attributes=True) for record in records]
            self._bus.publish(TOPIC, [Message(one.model_dump(mode="json")) for one in told])
