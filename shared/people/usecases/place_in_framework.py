"""Puts somebody on another framework, by the word of who runs the training."""

from __future__ import annotations

from shared.kernel.access import Caller, require
from shared.people.records import Employee
from shared.people.usecases.write_employees import Said, WriteEmployees
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit


class PlaceInFramework:
    """Places for whoever may invite people to learn."""

    def __init__(self, writing: WriteEmployees, audit: Audit) -> None:
        self._writing = writing
        self._audit = audit

    def place(self, caller: Caller, employee: Employee, framework_id: str) -> Employee:
        """Returns the record as it stands then: what somebody said by hand stands, whatever a file says later.

        Raises Forbidden, Conflict (the record changed meanwhile).
        """
        require(caller, "enrolments.write")
        self._audit.record(
            caller,
            AuditAction.EMPLOYEE_CHANGED,
            subject=employee.employee_id,
            detail=f"from the framework {employee.framework_id} to {framework_id}",
        )
        said = Said(framework_id=framework_id)
        placed = self._writing.write(employee.employee_id, said, "administrator", employee).employee
        self._writing.publish([placed])
        return placed
