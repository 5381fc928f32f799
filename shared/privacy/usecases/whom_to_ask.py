"""Finds whom somebody may ask for a call's words: for a grant, or for an escalation."""

from __future__ import annotations

from dataclasses import dataclass

from shared.conversations.records import CallRecord
from shared.kernel.access import Caller
from shared.people.records import EmployeeRecords
from shared.people.usecases.people_in_sight import PeopleInSight
from shared.privacy.domain.transcript_ground import Concerned, is_responsible

MOST_ASKED = 3
"""Administrators who are named."""


@dataclass(frozen=True, slots=True)
class Askable:
    """Names those who can give what is needed: (employee id, name) pairs.

    about: the employee whom a grant would be about; None where it would be an escalation
    """

    about: str | None
    people: tuple[tuple[str, str], ...]


class WhomToAsk:
    """Names who gives grants and raises escalations."""

    def __init__(self, employees: EmployeeRecords, in_sight: PeopleInSight) -> None:
        self._employees = employees
        self._in_sight = in_sight

    def about(self, caller: Caller, call: CallRecord) -> Askable | None:
        """Returns whom a manager or mentor asks for a grant, a senior manager for an escalation; None where neither is
        possible."""
        people = self._employees.many(call.employees)
        administrators = tuple((one.employee_id, one.name) for one in self._in_sight.administrators()[:MOST_ASKED])
        theirs = [
            employee.name
            for employee_id, employee in sorted(people.items())
            if is_responsible(caller, Concerned(employee_id, employee.manager_id, employee.mentor_id))
        ]
        if theirs:
            return Askable(theirs[0], administrators)
        if caller.role != "senior_manager":
            return None
        below = {employee.employee_id for employee in self._in_sight.all(caller)}
        managers = sorted({manager for one in below & people.keys() if (manager := people[one].manager_id)})
        if not managers:
            return None
        named = self._employees.names(managers)
        asked = tuple((one, named[one]) for one in managers if one != caller.employee_id)
        return Askable(None, asked + administrators)
