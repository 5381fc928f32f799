"""Keeps audit records, which are never changed.

audit/<audit id>     who did what, about whom, when
readings/<digest>    that a record says of this hour that somebody read something; it goes a day later
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from shared.kernel.pages import Page, Position, newest_first, page_of
from shared.kernel.records import Record
from shared.platform.domain.audit_actions import AuditAction
from shared.ports.documents import AlreadyExists, Create, Delete, Document, Documents, Query, Transaction, Where

READINGS_KEPT = timedelta(days=1)
IN_ONE_COMMIT = 400


class AuditRecord(Record, frozen=True, kw_only=True, omit_defaults=True):
    """One act. action: mostly an AuditAction; what older versions wrote may be none any more

    people: whom a list or an export named, where those are several
    """

    audit_id: str
    actor: str
    actor_role: str
    action: str
    subject: str | None
    detail: str | None
    at: datetime
    people: tuple[str, ...] = ()


class AuditRecords:
    """Adds to the audit and searches it."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def add(self, records: Sequence[AuditRecord]) -> None:
        """Writes records, all or none of them. Raises Retryable."""
        self._documents.commit([_create(record) for record in records])

    def add_once(self, records: Mapping[str, AuditRecord]) -> list[AuditRecord]:
        """Writes those of some records that are the first of their key, and returns them. Raises Retryable."""
        found = self._documents.get_many([_reading(key) for key in records])
        new: list[AuditRecord] = []
        for key, record in records.items():
            if _reading(key) not in found and self._is_first(key, record):
                new.append(record)
        return new

    def _is_first(self, key: str, record: AuditRecord) -> bool:
        noted = Create(_reading(key), {"expires_at": record.at + READINGS_KEPT})
        try:
            self._documents.commit([noted, _create(record)])
        except AlreadyExists:
            return False
        return True

    def collect(self, now: datetime) -> int:
        """Deletes notes that no hour speaks of any more; returns how many. Some stores do so themselves."""
        where = [Where("expires_at", "<", now)]
        old = self._documents.query(Query("readings", where, limit=IN_ONE_COMMIT, fields=["expires_at"]))
        if old:
            self._documents.commit([Delete(document.path) for document in old])
        return len(old)

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
            Where(name, "==", value) for name, value in (("actor", actor), ("action", action and action.value)) if value
        ]
        if since:
            where.append(Where("at", ">=", since))
        if until:
            where.append(Where("at", "<", until))
        about: Sequence[Sequence[Where]] = [()]
        if subject:
            about = [Where("subject", "==", subject)], [Where("people", "array_contains", subject)]
        found: list[Document] = []
        for one in about:
            found += self._documents.query(Query("audit", [*where, *one], [("at", "desc")], limit + 1, after))
        return page_of(AuditRecord, newest_first(found, "at"), limit, "at")


def _reading(key: str) -> str:
    return f"readings/{key}"


def _create(record: AuditRecord) -> Create:
    return Create(f"audit/{record.audit_id}", record.stored())
