"""Assigns an item to some people by hand, and takes that back: managers to whom they lead, enablement to everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from shared.enablement.domain.content import ContentItem, items_of
from shared.enablement.domain.due_date import due_on
from shared.enablement.records import Assignment, AssignmentRecords, activity_of
from shared.enablement.usecases.tell_people import TellPeople
from shared.enablement.usecases.views import assignment_view
from shared.enablement.usecases.work_calendars import WorkCalendars
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import Caller, require
from shared.kernel.context import encode_skill
from shared.kernel.errors import Conflict, Forbidden, NotFound, Rejected
from shared.kernel.ids import digest
from shared.people.records import Employee, EmployeeRecords
from shared.people.usecases.open_profile import require_open
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.records.audit import AuditRecord
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock
from shared.ports.documents import Documents, Transaction

if TYPE_CHECKING:
    from shared.enablement.contract import AssignmentView, GivenAnswer, GivenAssignmentBody

LATEST: Final = timedelta(days=365)
"""Until when something may be asked for."""


@dataclass(frozen=True, slots=True)
class Offered:
    """Holds what can be assigned, and when who works. content: what there is besides a framework's scenarios"""

    configuration: Configuration
    content: Sequence[ContentItem]
    calendars: WorkCalendars

    def of(self, framework_id: str) -> list[ContentItem]:
        """Returns the items about a framework's competencies. Raises NotFound."""
        return items_of(self.configuration.framework(framework_id), self.content)


class AssignByHand:
    """Writes assignments that somebody gives."""

    def __init__(self, documents: Documents, offered: Offered, audit: Audit, telling: TellPeople, clock: Clock) -> None:
        self._documents = documents
        self._assignments = AssignmentRecords(documents)
        self._employees = EmployeeRecords(documents)
        self._offered = offered
        self._audit = audit
        self._telling = telling
        self._clock = clock

    def items(self, caller: Caller, framework_id: str) -> list[ContentItem]:
        """Returns what can be assigned to people of a framework. Raises Forbidden, NotFound."""
        require(caller, "assignments.give")
        return self._offered.of(framework_id)

    def give(self, caller: Caller, body: GivenAssignmentBody) -> GivenAnswer:
        """Assigns to all of some people or to none; who has it open already keeps that.

        Raises Forbidden, NotFound for who is no active employee, Rejected for an unknown item and a day that is past.
        """
        from shared.enablement.contract import GivenAnswer

        require(caller, "assignments.give")
        people = [self._whom(caller, employee_id) for employee_id in dict.fromkeys(body.employee_ids)]
        now = self._clock.now()
        planned = [
            _given(caller, one, self._item(one, body.content_id), body.reason, (now, self._due(one, body.due_on, now)))
            for one in people
        ]
        drafts = {one.assignment_id: self._draft(caller, AuditAction.ASSIGNMENT_GIVEN, one) for one in planned}

        def within(transaction: Transaction) -> tuple[list[Assignment], list[Assignment]]:
            before = {one.assignment_id: self._open(one, transaction) for one in planned}
            given = [one for one in planned if before[one.assignment_id] is None]
            for one in given:
                transaction.write(AssignmentRecords.created(one))
                self._audit.within(transaction, drafts[one.assignment_id])
            return given, [one for one in before.values() if one is not None and one.given_by is not None]

        given, kept = self._documents.transact(within)
        self._audit.tell([drafts[one.assignment_id] for one in given])
        # Also of what an earlier request has written, and died before it told of it: told twice it is one notice.
        for one in (*given, *kept):
            self._telling.given(one)
        known = {one.assignment_id for one in given}
        return GivenAnswer(
            items=[assignment_view(one) for one in given],
            already=[one.employee_id for one in planned if one.assignment_id not in known],
        )

    def take_back(self, caller: Caller, assignment_id: str) -> AssignmentView:
        """Withdraws what was assigned by hand or by a rule; once withdrawn it stays so.

        Raises Forbidden, NotFound, Conflict for what is done and for a deal's, which follows the deal.
        """
        require(caller, "assignments.give")
        known = self._assignments.get(assignment_id)
        if known is None:
            raise NotFound(f"there is no assignment {assignment_id[:80]!r}", field="assignment_id")
        employee = self._employees.find(known.employee_id)
        if employee is None:
            raise NotFound(f"there is no assignment {assignment_id[:80]!r}", field="assignment_id")
        require_open(caller, employee)
        draft = self._draft(caller, AuditAction.ASSIGNMENT_WITHDRAWN, known)

        def within(transaction: Transaction) -> Assignment | None:
            after = self._withdrawn(self._assignments.get(known.assignment_id, transaction))
            if after is not None:
                transaction.write(AssignmentRecords.written(after))
                self._audit.within(transaction, draft)
            return after

        after = self._documents.transact(within)
        if after is None:
            return assignment_view(known)
        self._audit.tell([draft])
        self._telling.withdrawn(after, caller.employee_id or caller.email)
        return assignment_view(after)

    def _withdrawn(self, found: Assignment | None) -> Assignment | None:
        if found is None or found.state == "cancelled":
            return None
        if found.trigger == "deal":
            raise Conflict(
                "a deal's preparation follows the deal: it is withdrawn when the deal or its meeting is gone"
            )
        if found.state == "done":
            raise Conflict("this assignment is done: there is nothing to withdraw")
        return found.closed(self._clock.now(), "withdrawn")

    def _whom(self, caller: Caller, employee_id: str) -> Employee:
        employee = self._employees.find(employee_id)
        if employee is None or not employee.active:
            raise NotFound(f"there is no active employee {employee_id[:80]!r}", field="employee_ids")
        if not employee.opens_to(caller):
            raise Forbidden("you may assign to your direct reports; enablement and administrators to everybody")
        return employee

    def _item(self, employee: Employee, content_id: str) -> ContentItem:
        for one in self._offered.of(employee.framework_id):
            if one.content_id == content_id:
                return one
        raise Rejected(
            f"content_id: {content_id[:80]!r} is nothing that can be assigned in {employee.framework_id}; "
            "GET /api/v1/assignable-content lists what can be",
            field="content_id",
        )

    def _due(self, employee: Employee, day: date, now: datetime) -> datetime:
        """Returns until when a person has time: five in the afternoon of the day where they are. Raises Rejected."""
        near = abs(day.toordinal() - now.toordinal()) <= LATEST.days + 1  # at the calendar's end a zone has no such day
        due = due_on(day, self._offered.calendars.of(employee)) if near else None
        if due is None or not now < due <= now + LATEST:
            raise Rejected("due_on: a day from today until in a year, before five in the afternoon", field="due_on")
        return due

    def _open(self, one: Assignment, transaction: Transaction) -> Assignment | None:
        """Returns the person's open assignment of the same item; None where there is none."""
        content = one.activities[0].content_id
        for each in self._assignments.latest(one.employee_id, transaction):
            if each.state == "open" and any(do.content_id == content and do.done_at is None for do in each.activities):
                return each
        return None

    def _draft(self, caller: Caller, action: AuditAction, one: Assignment) -> AuditRecord:
        return self._audit.draft(caller, action, subject=one.employee_id, detail=one.activities[0].content_id)


def _given(
    caller: Caller, employee: Employee, item: ContentItem, reason: str, moments: tuple[datetime, datetime]
) -> Assignment:
    """Returns a new assignment. moments: when it was given, and until when it is to be done"""
    giver, (now, due) = caller.employee_id or caller.email, moments
    return Assignment(
        assignment_id=f"assign_{digest('by-hand', giver, employee.employee_id, item.content_id, now.isoformat())}",
        employee_id=employee.employee_id,
        state="open",
        assignment_type="manager_assigned",
        trigger="by_hand",
        trigger_reason="assigned_by_hand",
        why=reason,
        given_by=giver,
        competency=item.competencies[0],
        context=encode_skill(item.context),
        priority="medium",
        due_at=due,
        activities=(activity_of(item, reason),),
        created_at=now,
        next_step_at=now,
    )
