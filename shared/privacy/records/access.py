"""Keeps what lets somebody read what was said.

    transcript_grants/<digest of employee and reader>   an administrator lets a manager or mentor read one employee's
                                                        calls, for a purpose and a time; a new one replaces the old
    escalations/<digest of call and reader>             a manager or administrator lets a senior manager read one call

Reads compare `expires_at` with the clock: the store's own deletion of what has expired lags by a day.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Generic, TypeVar

from shared.kernel.ids import digest
from shared.kernel.reading import is_document_name
from shared.kernel.records import Record
from shared.ports.documents import Documents, Merge, Put, Query, Where

MOST_LISTED = 500


class AccessRecord(Record, frozen=True, kw_only=True):
    """Somebody may read something for a while, unless it is revoked."""

    to: str
    expires_at: datetime
    revoked_at: datetime | None = None
    revoked_by: str | None = None

    def in_force(self, now: datetime) -> bool:
        """Tells whether it still holds."""
        return self.revoked_at is None and self.expires_at > now


class GrantRecord(AccessRecord, frozen=True, kw_only=True):
    """A manager or mentor may read one employee's calls."""

    grant_id: str
    employee_id: str
    purpose: str
    granted_by: str
    granted_at: datetime


class EscalationRecord(AccessRecord, frozen=True, kw_only=True):
    """A senior manager may read one call."""

    escalation_id: str
    source: str
    call_id: str
    employees: tuple[str, ...]
    reason: str
    raised_by: str
    raised_at: datetime


Kept = TypeVar("Kept", GrantRecord, EscalationRecord)


class _AccessRecords(Generic[Kept]):
    """Reads and writes one kind."""

    collection: str
    kind: type[Kept]

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, identity: str) -> Kept | None:
        """Returns one by its id."""
        document = self._documents.get(self._path(identity)) if is_document_name(identity) else None
        return None if document is None else self.kind.read(document)

    def find(self, identities: Iterable[str]) -> list[Kept]:
        """Returns those that exist, by their ids."""
        found = self._documents.get_many([self._path(identity) for identity in identities])
        return list(self.kind.readable(found.values()))

    def unexpired(self, now: datetime) -> list[Kept]:
        """Returns those that have not expired, at most 500."""
        return self._where(Where("expires_at", ">", now))

    def revoke(self, identity: str, by: str, at: datetime) -> Kept | None:
        """Ends one; one that has been revoked stays as it is. None where there is none."""
        document = self._documents.get(self._path(identity)) if is_document_name(identity) else None
        if document is None:
            return None
        known = self.kind.read(document)
        if known.revoked_at is not None:
            return known
        change = Merge(document.path, {"revoked_at": at, "revoked_by": by}, if_version=document.version)
        self._documents.commit([change])
        return known.changed(revoked_at=at, revoked_by=by)

    def _put(self, identity: str, access: Kept) -> None:
        self._documents.commit([Put(self._path(identity), access.stored())])

    def _where(self, where: Where) -> list[Kept]:
        found = self._documents.query(Query(self.collection, where=[where], limit=MOST_LISTED))
        return list(self.kind.readable(found))

    def _path(self, identity: str) -> str:
        return f"{self.collection}/{identity}"


class GrantRecords(_AccessRecords[GrantRecord]):
    """Reads and writes grants."""

    collection, kind = "transcript_grants", GrantRecord

    def put(self, grant: GrantRecord) -> None:
        """Writes a grant in place of an earlier one about the same two people."""
        self._put(grant.grant_id, grant)

    def concerning(self, person: str) -> list[GrantRecord]:
        """Returns those that a person was given, and those about them."""
        return [*self._where(Where("to", "==", person)), *self._where(Where("employee_id", "==", person))]

    @staticmethod
    def id_of(employee_id: str, to: str) -> str:
        """Returns the id of the grant about an employee to a reader."""
        return digest("grant", employee_id, to)


class EscalationRecords(_AccessRecords[EscalationRecord]):
    """Reads and writes escalations."""

    collection, kind = "escalations", EscalationRecord

    def put(self, escalation: EscalationRecord) -> None:
        """Writes an escalation in place of an earlier one of the same call to the same reader."""
        self._put(escalation.escalation_id, escalation)

    def concerning(self, person: str) -> list[EscalationRecord]:
        """Returns those to a person, by them, and of calls of theirs."""
        wanted = (
            Where("to", "==", person),
            Where("raised_by", "==", person),
            Where("employees", "array_contains", person),
        )
        return [one for where in wanted for one in self._where(where)]

    def of_call(self, source: str, call_id: str) -> list[EscalationRecord]:
        """Returns those of a call."""
        return [one for one in self._where(Where("call_id", "==", call_id)) if one.source == source]

    @staticmethod
    def id_of(source: str, call_id: str, to: str) -> str:
        """Returns the id of the escalation of a call to a reader."""
        return digest("escalation", source, call_id, to)
