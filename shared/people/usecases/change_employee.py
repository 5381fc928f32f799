"""Creates or replaces one person's record by an administrator's hand; who was erased is let in again that way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import Caller, require
from shared.kernel.errors import Conflict, Rejected
from shared.kernel.preconditions import Expect
from shared.people.records import EmployeeRecords
from shared.people.usecases.views import view
from shared.people.usecases.write_employees import Said, WriteEmployees, require_other_manager
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.records.tombstones import Tombstones
from shared.platform.usecases.audit import Audit

if TYPE_CHECKING:
    from shared.people.contract import EmployeeBody, EmployeeView


class Erasures(Protocol):
    """Knows how far erasures are."""

    def is_running(self, run_id: str) -> bool:
        """Tells whether an erasure has not finished."""
        ...

    def look_again(self, run_id: str) -> None:
        """Asks for one more step of an erasure, also of one that has finished: nothing is left to do in it, and who
        keeps a journal of erasures hears that its person may come again. Raises Retryable."""
        ...


class Readmission:
    """Lets erased people in again."""

    def __init__(self, tombstones: Tombstones, erasures: Erasures, audit: Audit) -> None:
        self._tombstones = tombstones
        self._erasures = erasures
        self._audit = audit

    def readmit(self, caller: Caller, employee_id: str) -> None:
        """Takes a person's tombstone away, where there is one. Raises Conflict while the erasure runs."""
        tombstone = self._tombstones.get(employee_id)
        if tombstone is None:
            return
        if self._erasures.is_running(tombstone.run_id):
            raise Conflict("this person is being erased; the record can be created again when that has finished")
        self._audit.record(caller, AuditAction.EMPLOYEE_READMITTED, subject=employee_id)
        self._tombstones.lift(employee_id)
        self._erasures.look_again(tombstone.run_id)


class ChangeEmployee:
    """Writes what an administrator says of a person."""

    def __init__(
        self,
        employees: EmployeeRecords,
        writing: WriteEmployees,
        readmission: Readmission,
        configuration: Configuration,
        audit: Audit,
    ) -> None:
        self._employees = employees
        self._writing = writing
        self._readmission = readmission
        self._configuration = configuration
        self._audit = audit

    def put(self, caller: Caller, employee_id: str, body: EmployeeBody, expect: Expect | None = None) -> EmployeeView:
        """Creates or replaces a record; the record as it stands then.

        Raises Forbidden, NotFound (no such framework), Rejected (an erased manager or mentor, another person's record),
        Conflict (the person is being erased, or the record changed meanwhile), Outdated.
        """
        require(caller, "people.write")
        repeated = body.employee_id or employee_id
        known = self._employees.found({employee_id, repeated, *filter(None, (body.manager, body.mentor))})
        now_called = {said: one.employee_id for said, one in known.items()}
        employee_id = now_called.get(employee_id, employee_id)
        if now_called.get(repeated, repeated) != employee_id:
            raise Rejected(
                f"employee_id: {body.employee_id!r} is another person than the path's {employee_id!r}",
                field="employee_id",
            )
        said = _said(body).under(now_called)
        require_other_manager(said, employee_id)
        self._configuration.framework(body.framework_id)
        found = self._employees.versioned(employee_id)
        before = found.record if found else None
        if expect is not None:
            expect(view(before) if before else None)
        self._writing.require_present(said)
        if before is None:
            self._readmission.readmit(caller, employee_id)
        over = found.stamp if found and expect is not None else None
        employee = self._writing.write(employee_id, said, "administrator", before, over=over).employee
        self._writing.publish([employee])
        self._audit.record(caller, AuditAction.EMPLOYEE_CHANGED, subject=employee_id)
        return view(employee)


def _said(body: EmployeeBody) -> Said:
    return Said(
        name=body.name,
        role=body.role,
        manager_id=body.manager,
        hire_date=body.hire_date,
        framework_id=body.framework_id,
        mentor_id=body.mentor,
        zone=body.zone,
        country=body.country,
        active=body.active,
    )
