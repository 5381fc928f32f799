"""Shows an employee's record as the contract has it."""

from __future__ import annotations

from shared.people.contract import EmployeeView
from shared.people.records import Employee


def view(employee: Employee) -> EmployeeView:
    """Returns a record without who said what of it."""
    return EmployeeView(
        employee_id=employee.employee_id,
        name=employee.name,
        role=employee.role,
        manager=employee.manager_id,
        hire_date=employee.hire_date,
        framework_id=employee.framework_id,
        mentor=employee.mentor_id,
        zone=employee.zone,
        country=employee.country,
        active=employee.active,
    )
