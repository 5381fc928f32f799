"""Decides on what ground somebody may read what was said in a call."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from shared.conversations.records import CallRecord, CallRecords
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import Caller
from shared.kernel.errors import NotFound
from shared.kernel.ids import review_id_of
from shared.kernel.reading import is_document_name
from shared.people.records import Employee, EmployeeRecords
from shared.ports.ambient import Clock
from shared.privacy.domain.transcript_ground import Concerned, Ground, ground_of
from shared.privacy.domain.visibility import REVIEWERS, opens_in_queue_at
from shared.privacy.ports.reviews import CallReview, CallReviews
from shared.privacy.records.access import EscalationRecords, GrantRecords


@dataclass(frozen=True, slots=True)
class Given:
    """Holds what lets people read."""

    grants: GrantRecords
    escalations: EscalationRecords


class TranscriptGrounds:
    """Finds the ground of one reader and one call."""

    def __init__(
        self,
        given: Given,
        employees: EmployeeRecords,
        reviews: CallReviews,
        configuration: Configuration,
        clock: Clock,
    ) -> None:
        self._given = given
        self._employees = employees
        self._reviews = reviews
        self._configuration = configuration
        self._clock = clock

    def of(self, caller: Caller, call: CallRecord) -> Ground:
        """Returns the ground on which the caller may read a call's words; leaves no record. Raises Forbidden."""
        employees = took_part(call)
        if caller.employee_id in employees or caller.role == "administrator":
            return ground_of(caller, [Concerned(employee_id) for employee_id in employees])
        reader, now = caller.employee_id or "", self._clock.now()
        records = self._employees.many(employees)
        granted = self._granted(employees, reader, now)
        ids = {employee_id: review_id_of(call.source, call.call_id, employee_id) for employee_id in employees}
        reviews = self._reviews.of_calls(ids.values())
        concerned = []
        for employee_id in employees:
            record = records.get(employee_id)
            concerned.append(
                Concerned(
                    employee_id,
                    manager_id=record.manager_id if record else None,
                    mentor_id=record.mentor_id if record else None,
                    granted=employee_id in granted,
                    reviewed=self._decides(caller, employee_id, record, reviews.get(ids[employee_id])),
                )
            )
        escalation = self._given.escalations.get(EscalationRecords.id_of(call.source, call.call_id, reader))
        return ground_of(caller, concerned, escalated=escalation is not None and escalation.in_force(now))

    def _granted(self, employees: Collection[str], reader: str, now: datetime) -> set[str]:
        """Returns those of some employees about whom a grant to a reader is in force."""
        grants = self._given.grants.find(GrantRecords.id_of(employee_id, reader) for employee_id in employees)
        return {grant.employee_id for grant in grants if grant.in_force(now)}

    def _decides(self, caller: Caller, employee_id: str, employee: Employee | None, review: CallReview | None) -> bool:
        """Tells whether the caller is asked to decide about an employee's scores: enablement (an administrator reads
        anyway) or, once the employee has had the time to see them first, the employee's manager."""
        if review is None or not review.is_open or "reviews.decide" not in caller.permissions:
            return False
        if caller.role not in REVIEWERS and (employee is None or employee.manager_id != caller.employee_id):
            return False
        hours = self._configuration.reviews().employee_first_hours
        opens = opens_in_queue_at(caller, employee_id, review.scored_at, hours, review.happened_at)
        return opens is None or opens <= self._clock.now()


def took_part(call: CallRecord) -> list[str]:
    """Returns the employees who were in a call. Who was invited and did not come has no more right to its words, and
    gives nobody any, than who was not invited."""
    absent = {one.employee_id for one in call.participants if one.attended is False}
    return [employee_id for employee_id in call.employees if employee_id not in absent]


def known_call(calls: CallRecords, record_id: str) -> CallRecord:
    """Reads a call's record. Raises NotFound."""
    known = calls.find([record_id]) if is_document_name(record_id) else {}
    if record_id not in known:
        raise NotFound(f"there is no call {record_id[:80]!r}", field="call_id")
    return known[record_id]
