"""Keeps audit records, which are never changed.

audit/<audit id>   who did what, about whom, when
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shared.kernel.pages import Page, Position, page_of
from shared.kernel.records import Record
from shared.platform.domain.audit_actions import AuditAction
from shared.ports.documents import Create, Documents, Query, Transaction, Where


class AuditRecord(Record, frozen=True, kw_only=True):
    """One act. action: mostly an AuditAction; what older versions wrote may be none any more"""

    audit_id: str
    actor: str
    actor_role: str
    action: str
    subject: str | None
    detail: str | None
    at: datetime


class AuditRecords:
    """Adds to the audit and searches it."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def add(self, records: Sequence[AuditRecord]) -> None:
        """Writes records, all or none of them. Raises Retryable."""
        self._documents.commit([_create(record) for record in records])

    def add_within(self, transaction: Transaction, record: AuditRecord) -> None:
        """Writes a record together with what else the transaction writes."""
        transaction.write(_create(record))

    def page(
        self,
        *,
        actor: str | None = None,
        subject: str | None = None,
        action: AuditAction | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 50,
        after: Position | None = None,
    ) -> Page[AuditRecord]:
        """Returns the records to which all that is given applies, the newest first."""
        where = [
            Where(name, "==", value)
            for name, value in (("actor", actor), ("subject", subject), ("action", action and action.value))
            if value
        ]
        if since:
            where.append(Where("at", ">=", since))
        if until:
            where.append(Where("at", "<", until))
        found = self._documents.query(
            Query("audit", where=where, order_by=[("at", "desc")], limit=limit + 1, after=after)
        )
        return page_of(AuditRecord, found, limit, "at")


def _create(record: AuditRecord) -> Create:
    return Create(f"audit/{record.audit_id}", record.stored())
