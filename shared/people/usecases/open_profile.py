"""Opens one person's data for those who may see it, and leaves it on record."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from shared.kernel.access import Caller
from shared.kernel.errors import Forbidden, NotFound
from shared.people.records import Employee, EmployeeRecords
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit

if TYPE_CHECKING:
    from shared.people.contract import EmployeeView


class OpenProfile:
    """Decides about one person's data; what shows such data asks here first."""

    def __init__(self, employees: EmployeeRecords, audit: Audit) -> None:
        self._employees = employees
        self._audit = audit

    def open(self, caller: Caller, employee_id: str, *, page: str) -> Employee:
        """Returns the record of a person whose data the caller may see.

        employee_id: that they have now. By one that they had nobody is found: the edge asks again under the present
        one then, so that whatever follows, the answer among it, is about that.

        Raises NotFound where there is nobody, and Forbidden where the caller may not: an employee id is an e-mail
        address that colleagues know, so that hiding its existence would protect nothing.
        """
        employee = self._employees.get(employee_id)
        if employee is None:
            raise _nobody(employee_id)
        return self._opened(caller, employee, page)

    def open_any(self, caller: Caller, employee_id: str, *, page: str) -> Employee:
        """Opens a person by any id of theirs, as what was stored before a move names them. Raises as `open` does."""
        return self._opened(caller, self.known(employee_id), page)

    def _opened(self, caller: Caller, employee: Employee, page: str) -> Employee:
        require_open(caller, employee)
        self._audit.read(caller, AuditAction.PROFILE_VIEWED, [employee.employee_id], detail=page)
        return employee

    def show(self, caller: Caller, employee_id: str) -> EmployeeView:
        """Returns a person's record for who may see it. Raises NotFound, Forbidden."""
        from shared.people.usecases.views import view  # other data than the record itself needs none of it

        return view(self.open(caller, employee_id, page="record"))

    def visible_to(self, caller: Caller, employee_ids: Iterable[str]) -> frozenset[str]:
        """Returns those of some people whose data the caller may see; leaves no record, since nothing is shown yet."""
        known = self._employees.many(employee_ids).values()
        return frozenset(employee.employee_id for employee in known if employee.opens_to(caller))

    def known(self, employee_id: str) -> Employee:
        """Returns a person's record, by any id of theirs, for a decision about them; leaves none. Raises NotFound."""
        employee = self._employees.find(employee_id)
        if employee is None:
            raise _nobody(employee_id)
        return employee


def _nobody(employee_id: str) -> NotFound:
    return NotFound(f"there is no employee {employee_id[:80]!r}", field="employee_id")


def require_open(caller: Caller, employee: Employee) -> None:
    """Raises Forbidden for who may not see a person's ratings and histories."""
    if not employee.opens_to(caller):
        raise Forbidden("you may open your own profile, and those that your role and the reporting line give you")
