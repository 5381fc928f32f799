"""Transcript access: who reads what was said in a call, on what ground, and who lets them.

    transcript_grants/<digest of employee and reader>   an administrator lets a manager or mentor read one employee's
                                                        calls, for a purpose and a time; a new one replaces the old
    escalations/<digest of call and reader>             a manager or administrator lets a senior manager read one call

Before the words are answered, every reader but a participant leaves an audit record for each employee of the call, and
each is notified. If either cannot be written, nothing is answered. Reads compare `expires_at` with the clock: the
store's own deletion of what has expired lags by a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.conversations.domain.call_analysis import CallAnalysis
from shared.conversations.domain.conversation import Conversation
from shared.conversations.records import CallRecord, CallRecords
from shared.conversations.usecases.transcripts import TranscriptStore
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import Caller, require
from shared.kernel.errors import Forbidden, NotFound, Rejected
from shared.kernel.ids import digest
from shared.kernel.reading import is_document_name
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.platform.usecases.notices import Notifications
from shared.ports.ambient import Clock
from shared.ports.documents import Document, Documents, Merge, Put, Query, Where
from shared.privacy.domain.transcript_ground import (
    ESCALATED_FOR,
    GRANTED_FOR,
    LONGEST_GRANT,
    Concerned,
    Ground,
    ground_of,
)
from shared.privacy.domain.visibility import REVIEWERS, visible_to

MOST_LISTED = 500
MOST_LEVELS = 20
"""How far up the reporting line a senior manager is looked for."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A call's words, with the ground on which they are read and when they will be deleted."""

    call: CallRecord
    conversation: Conversation
    ground: Ground
    expires_at: datetime

    @property
    def voices(self) -> dict[str, str]:
        """Whose voice is whose: the recording's speaker to the employee, as far as it tells our people apart."""
        return {one.speaker_id: one.employee_id for one in self.call.participants if one.speaker_id is not None}


class TranscriptAccess:
    """Opens transcripts; gives, revokes and lists what lets somebody open them."""

    def __init__(
        self,
        documents: Documents,
        calls: CallRecords,
        transcripts: TranscriptStore,
        notifications: Notifications,
        configuration: Configuration,
        audit: Audit,
        clock: Clock,
    ) -> None:
        """documents: live state"""
        self._documents = documents
        self._calls = calls
        self._transcripts = transcripts
        self._notifications = notifications
        self._configuration = configuration
        self._audit = audit
        self._clock = clock

    # Reading

    def open(self, caller: Caller, record_id: str) -> Opened:
        """The words of a call, by its name here (`<source>-<call id>`).

        Raises NotFound (no such call, or its words are gone), Forbidden, Retryable.
        """
        require(caller, "transcripts.read")
        call = self._call(record_id)
        source, call_id = call.source, call.call_id
        ground = self.ground(caller, call)
        expires_at = self._transcripts.expires_at(source, call_id)
        conversation = self._transcripts.conversation(source, call_id)
        if expires_at is None or conversation is None:
            raise NotFound("the words of this call are gone: they are kept for twelve months", field="call_id")
        if ground != "own":
            self._tell(caller, call, ground)
        return Opened(call, conversation, ground, expires_at)

    def analysis(self, opened: Opened, employee_id: str, version: int) -> CallAnalysis | None:
        """What an analyst made of one employee's part in a call that has been opened: its reasons tell of the words."""
        return self._transcripts.analysis(opened.call.source, opened.call.call_id, employee_id, version)

    def ground(self, caller: Caller, call: CallRecord) -> Ground:
        """The ground on which the caller may read a call's words, given its document; leaves no record. Raises
        Forbidden."""
        employees = took_part(call)
        if caller.employee_id in employees or caller.role == "administrator":
            return ground_of(caller, [Concerned(employee_id) for employee_id in employees])
        reader = caller.employee_id or ""
        records = self._documents.get_many(
            [
                *(f"employees/{employee_id}" for employee_id in employees),
                *(_grant_path(employee_id, reader) for employee_id in employees),
                *(_review_path(call, employee_id) for employee_id in employees),
                _escalation_path(call.source, call.call_id, reader),
            ]
        )
        concerned = []
        for employee_id in employees:
            person = records.get(f"employees/{employee_id}")
            data: Mapping[str, Any] = person.data if person else {}
            concerned.append(
                Concerned(
                    employee_id,
                    manager_id=data.get("manager_id"),
                    mentor_id=data.get("mentor_id"),
                    granted=self._in_force(records.get(_grant_path(employee_id, reader))),
                    reviewed=self._decides(caller, data, records.get(_review_path(call, employee_id))),
                )
            )
        escalation = records.get(_escalation_path(call.source, call.call_id, reader))
        return ground_of(caller, concerned, escalated=self._in_force(escalation))

    def _decides(self, caller: Caller, employee: Mapping[str, Any], review: Document | None) -> bool:
        """Whether the caller is asked to decide about an employee's scores: enablement (an administrator reads anyway)
        or, once the employee has had the time to see them first, the employee's manager."""
        if review is None or review.data["state"] != "open" or "reviews.decide" not in caller.permissions:
            return False
        if caller.role not in REVIEWERS and employee.get("manager_id") != caller.employee_id:
            return False
        hours = self._configuration.reviews().employee_first_hours
        return visible_to(caller, str(review.data["employee_id"]), review.data["scored_at"], hours, self._clock.now())

    def _tell(self, caller: Caller, call: CallRecord, ground: Ground) -> None:
        now = self._clock.now()
        source, call_id, reader = call.source, call.call_id, caller.employee_id or caller.email
        employees = list(call.employees)
        subjects: list[str | None] = [*employees] or [None]
        for subject in subjects:
            self._audit.record(
                caller, AuditAction.TRANSCRIPT_OPENED, subject=subject, detail=f"{source} {call_id}, ground: {ground}"
            )
        for employee_id in employees:
            # Every opening has its audit record; the person is told once a day about one reader and one call.
            self._notifications.tell(
                employee_id,
                "transcript.opened",
                {"source": source, "call_id": call_id, "by": reader, "ground": ground},
                once=f"{source} {call_id} {reader} {ground} {now.date()}",
            )

    # Grants

    def grant(
        self, caller: Caller, employee_id: str, to: str, *, purpose: str, days: int = GRANTED_FOR.days
    ) -> dict[str, Any]:
        """Lets a manager or mentor read one employee's calls; a new grant for the same two replaces the old one.

        Raises Forbidden, NotFound (no such employee), Rejected (who may not be granted it, or for how long).
        """
        require(caller, "grants.write")
        employee = self._employee(employee_id, "employee_id")
        reader = self._employee(to, "to")
        if not 1 <= days <= LONGEST_GRANT.days:
            raise Rejected(f"days: {days} is not from 1 to {LONGEST_GRANT.days}", field="days")
        if to == employee_id or not _responsible(employee, reader):
            raise Rejected(
                f"to: {to!r} is neither {employee_id}'s manager nor mentor, who alone can be granted this", field="to"
            )
        now = self._clock.now()
        expires_at = now + timedelta(days=days)
        document: dict[str, Any] = {
            "grant_id": digest("grant", employee_id, to),
            "employee_id": employee_id,
            "to": to,
            "purpose": purpose,
            "granted_by": caller.employee_id or caller.email,
            "granted_at": now,
            "expires_at": expires_at,
            "revoked_at": None,
            "revoked_by": None,
        }
        self._documents.commit([Put(_grant_path(employee_id, to), document)])
        self._changed(caller, "grant.given", document, {"until": expires_at.date().isoformat()})
        return document

    def revoke_grant(self, caller: Caller, grant_id: str) -> dict[str, Any]:
        """Ends a grant at once; one that has ended stays as it is. Raises Forbidden, NotFound."""
        require(caller, "grants.write")
        return self._revoke(caller, "transcript_grants", grant_id, "grant.revoked")

    def grants(self, caller: Caller) -> list[dict[str, Any]]:
        """The grants in force that concern the caller, the newest first: an administrator sees all, others those that
        they were given and those about themselves; 500 at most."""
        return self._listed(caller, "transcript_grants", "granted_at", ("to", "employee_id"))

    # Escalations

    def escalate(self, caller: Caller, record_id: str, to: str, *, reason: str) -> dict[str, Any]:
        """Lets a senior manager read one call, for seven days.

        Raises Forbidden (only a manager of somebody in the call, or an administrator), NotFound, Rejected (the reader
        is no senior manager above somebody in the call).
        """
        require(caller, "escalations.write")
        call = self._call(record_id)
        source, call_id = call.source, call.call_id
        people = self._documents.get_many([f"employees/{employee_id}" for employee_id in took_part(call)])
        records = [document.data for document in people.values()]
        if caller.role != "administrator" and not any(
            record.get("manager_id") == caller.employee_id for record in records
        ):
            raise Forbidden("the manager of somebody in the call escalates it, or an administrator")
        reader = self._employee(to, "to")
        if reader["role"] != "senior_manager":
            raise Rejected(f"to: {to!r} is no senior manager", field="to")
        if not any(self._is_above(to, record) for record in records):
            raise Rejected(f"to: {to!r} is not above anybody who took part in this call", field="to")
        now = self._clock.now()
        expires_at = now + ESCALATED_FOR
        document: dict[str, Any] = {
            "escalation_id": digest("escalation", source, call_id, to),
            "source": source,
            "call_id": call_id,
            "employees": list(call.employees),
            "to": to,
            "reason": reason,
            "raised_by": caller.employee_id or caller.email,
            "raised_at": now,
            "expires_at": expires_at,
            "revoked_at": None,
            "revoked_by": None,
        }
        self._documents.commit([Put(_escalation_path(source, call_id, to), document)])
        self._changed(caller, "escalation.raised", document, {"until": expires_at.date().isoformat()})
        return document

    def revoke_escalation(self, caller: Caller, escalation_id: str) -> dict[str, Any]:
        """Ends an escalation at once: whoever raised it, or an administrator. Raises Forbidden, NotFound."""
        require(caller, "escalations.write")
        document = self._known("escalations", escalation_id)
        if caller.role != "administrator" and document.data["raised_by"] != caller.employee_id:
            raise Forbidden("whoever raised an escalation ends it, or an administrator")
        return self._revoke(caller, "escalations", escalation_id, "escalation.revoked")

    def escalations(self, caller: Caller) -> list[dict[str, Any]]:
        """The escalations in force that concern the caller, the newest first: an administrator sees all, others those
        to them, by them, and of own calls; 500 at most."""
        return self._listed(caller, "escalations", "raised_at", ("to", "raised_by", "employees"))

    # What both have in common

    def _revoke(self, caller: Caller, collection: str, identity: str, kind: Any) -> dict[str, Any]:
        document = self._known(collection, identity)
        if document.data["revoked_at"] is None:
            change = {"revoked_at": self._clock.now(), "revoked_by": caller.employee_id or caller.email}
            self._documents.commit([Merge(document.path, change, if_version=document.version)])
            document = Document(document.path, {**document.data, **change}, document.version)
        # Again for one that is revoked already: whoever revoked it may have died before telling.
        self._changed(caller, kind, document.data, {"when": document.data["revoked_at"].isoformat()})
        return document.data

    def _changed(self, caller: Caller, kind: Any, document: Mapping[str, Any], facts: Mapping[str, str]) -> None:
        """Audits and tells what has been given or taken. Purpose and reason stay in the document."""
        employees = document["employees"] if "employees" in document else [document["employee_id"]]
        shared = {"to": str(document["to"]), "by": caller.employee_id or caller.email, **facts}
        if "call_id" in document:
            shared |= {"source": str(document["source"]), "call_id": str(document["call_id"])}
        for employee_id in employees:
            self._audit.record(
                caller,
                AuditAction(kind),
                subject=employee_id,
                detail=", ".join(f"{name}: {value}" for name, value in sorted(shared.items()) if name != "by"),
            )
            self._notifications.tell(
                employee_id, kind, shared, once=" ".join(f"{name}={value}" for name, value in sorted(shared.items()))
            )

    def _listed(self, caller: Caller, collection: str, moment: str, fields: Sequence[str]) -> list[dict[str, Any]]:
        require(caller, "grants.read")
        now = self._clock.now()
        found: dict[str, dict[str, Any]] = {}
        conditions: Iterable[list[Where]]
        if caller.role == "administrator":
            conditions = [[Where("expires_at", ">", now)]]
        else:
            conditions = [
                [Where(field, "array_contains" if field == "employees" else "==", caller.employee_id)]
                for field in fields
            ]
        for where in conditions:
            for document in self._documents.query(Query(collection, where=where, limit=MOST_LISTED)):
                if self._in_force(document):
                    found[document.id] = document.data
        return sorted(found.values(), key=lambda item: item[moment], reverse=True)[:MOST_LISTED]

    def _in_force(self, document: Document | None) -> bool:
        return (
            document is not None
            and document.data["revoked_at"] is None
            and document.data["expires_at"] > self._clock.now()
        )

    def _known(self, collection: str, identity: str) -> Document:
        document = self._documents.get(f"{collection}/{identity}") if is_document_name(identity) else None
        if document is None:
            raise NotFound(f"there is nothing called {identity[:60]!r} here", field="id")
        return document

    def _call(self, record_id: str) -> CallRecord:
        call = self._calls.find([record_id]).get(record_id) if is_document_name(record_id) else None
        if call is None:
            raise NotFound(f"there is no call {record_id[:80]!r}", field="call_id")
        return call

    def _employee(self, employee_id: str, field: str) -> dict[str, Any]:
        document = self._documents.get(f"employees/{employee_id}") if is_document_name(employee_id) else None
        if document is None:
            raise NotFound(f"there is no employee {employee_id[:80]!r}", field=field)
        return document.data

    def _is_above(self, manager_id: str, record: Mapping[str, Any]) -> bool:
        """Whether a manager stands above a person in the reporting line."""
        above = record.get("manager_id")
        for _ in range(MOST_LEVELS):
            if above is None or above == manager_id:
                break
            document = self._documents.get(f"employees/{above}")
            above = document.data.get("manager_id") if document else None
        return above == manager_id


def took_part(call: CallRecord) -> list[str]:
    """The employees who were in a call. Who was invited and did not come has no more right to its words, and gives
    nobody any, than who was not invited."""
    absent = {one.employee_id for one in call.participants if one.attended is False}
    return [employee_id for employee_id in call.employees if employee_id not in absent]


def _grant_path(employee_id: str, to: str) -> str:
    return f"transcript_grants/{digest('grant', employee_id, to)}"


def _escalation_path(source: str, call_id: str, to: str) -> str:
    return f"escalations/{digest('escalation', source, call_id, to)}"


def _review_path(call: CallRecord, employee_id: str) -> str:
    return f"reviews/{digest('review-of', call.source, call.call_id, employee_id)}"


def _responsible(employee: Mapping[str, Any], reader: Mapping[str, Any]) -> bool:
    if reader["role"] in ("manager", "senior_manager"):
        return bool(employee.get("manager_id") == reader["employee_id"])
    return bool(reader["role"] == "mentor" and employee.get("mentor_id") == reader["employee_id"])
