"""Decides whose learning somebody may see, and leaves it on record."""

from __future__ import annotations

from typing import Final

from shared.kernel.access import PROFILE_SIGHT, Caller, is_own, require
from shared.kernel.errors import Forbidden, NotFound
from shared.learning.enrolment_records import Enrolment, EnrolmentRecords
from shared.people.records import Employee, EmployeeRecords
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit

MOST_APPRENTICES: Final = 500
"""Of one employer, that are listed."""


class LearnerAccess:
    """Knows who stands beside a learner: mentor, manager, employer, and those who run the training."""

    def __init__(self, employees: EmployeeRecords, enrolments: EnrolmentRecords, audit: Audit) -> None:
        self._employees = employees
        self._enrolments = enrolments
        self.audit = audit

    def open(self, caller: Caller, employee_id: str, *, page: str) -> tuple[Employee, Enrolment]:
        """Returns a learner whom the caller may see, with what they are held to; of others it is on record.

        Raises NotFound for who is not enrolled, Forbidden.
        """
        require(caller, "enrolments.read")
        if not is_own(caller, employee_id) and "learners.read" not in caller.permissions:
            raise _not_theirs()
        employee, enrolment = self.known(employee_id)
        if not self.opens(caller, employee, enrolment):
            raise _not_theirs()
        self.audit.read(caller, AuditAction.LEARNER_VIEWED, [employee.employee_id], detail=page)
        return employee, enrolment

    def known(self, employee_id: str) -> tuple[Employee, Enrolment]:
        """Returns a learner for a decision about them; leaves no record. Raises NotFound."""
        employee = self._employees.find(employee_id)
        enrolment = None if employee is None else self._enrolments.get(employee.employee_id)
        if employee is None or enrolment is None:
            raise NotFound(f"{employee_id[:80]!r} is not enrolled", field="employee_id")
        return employee, enrolment

    def opens(self, caller: Caller, employee: Employee, enrolment: Enrolment) -> bool:
        """Tells whether the caller may see a learner."""
        if caller.role is None or is_own(caller, employee.employee_id):
            return True
        if caller.role == "employer":
            return caller.employee_id is not None and enrolment.employer_id == caller.employee_id
        return "learners.read" in caller.permissions and employee.opens_to(caller)

    def in_sight(self, caller: Caller, limit: int, after: str | None) -> list[tuple[Employee, Enrolment]]:
        """Returns a page of the learners whom the caller may see, by employee id, behind one; leaves no record.

        Raises Forbidden.
        """
        require(caller, "learners.read")
        own = caller.employee_id or ""
        sight = "everyone" if caller.role is None else PROFILE_SIGHT[caller.role]
        if sight == "everyone":
            found = self._enrolments.page(limit, after)
        elif caller.role == "employer":
            found = self._enrolments.of_employer(own, MOST_APPRENTICES)
        else:
            of = self._employees.learners_of(own) if sight == "learners" else self._employees.reports_of(own)
            found = list(self._enrolments.many(one.employee_id for one in of).values())
        found = sorted(
            (one for one in found if after is None or one.employee_id > after), key=lambda one: one.employee_id
        )[:limit]
        people = self._employees.many(one.employee_id for one in found)
        return [(people[one.employee_id], one) for one in found if one.employee_id in people]


def _not_theirs() -> Forbidden:
    return Forbidden("learners are for themselves, their mentor, manager and employer, and who runs the training")
