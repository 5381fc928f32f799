"""What people takes in and gives out: the bodies and results of its routes."""

from __future__ import annotations

from datetime import date

from pydantic import ConfigDict

from shared.kernel.access import Role
from shared.kernel.bodies import Body, Day, DocumentName, EmployeeId, Word
from shared.platform.contract import Output, Page


class EmployeeView(Output):
    employee_id: str
    name: str
    role: str
    manager: str | None
    hire_date: date | None
    framework_id: str
    mentor: str | None
    active: bool


class EmployeeList(Page):
    employees: list[EmployeeView]


class EmployeeBody(Body):
    """An employee's record."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    name: Word
    role: Role = "employee"
    manager: EmployeeId | None = None
    hire_date: Day | None = None
    framework_id: DocumentName = "sales_engineering"
    mentor: EmployeeId | None = None
    active: bool = True
