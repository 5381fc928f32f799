"""Finds out in which time zone a person is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo

from shared.people.domain.whereabouts import zone_in_force
from shared.people.records import EmployeeRecords


class Whereabouts:
    """Asks what a person chose (chosen: from an employee id), their record, and the organisation."""

    def __init__(self, employees: EmployeeRecords, chosen: Callable[[str], str | None], organisation: tzinfo) -> None:
        self._employees = employees
        self._chosen = chosen
        self._organisation = organisation

    def zone_of(self, employee_id: str) -> tzinfo:
        """Returns the zone of a person; of who is not known the organisation's."""
        employee = self._employees.get(employee_id)
        recorded = None if employee is None else employee.zone
        return zone_in_force(self._chosen(employee_id), recorded, otherwise=self._organisation)
