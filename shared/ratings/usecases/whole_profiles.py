"""Reads whole profiles for who keeps a copy of them: as the profile's own route shows them, on one page."""

from __future__ import annotations

from shared.kernel.access import Caller
from shared.kernel.errors import NotFound
from shared.people.records import EmployeeRecords
from shared.ratings.contract import ProfileAnswer
from shared.ratings.usecases.profile_answer import profile_answer
from shared.ratings.usecases.project_person import ProjectPerson
from shared.ratings.usecases.wanted_skills import USUAL, Wanted


class WholeProfiles:
    """Reads profiles of those whom a caller may see, and leaves no record: whoever shows them does."""

    def __init__(self, employees: EmployeeRecords, projecting: ProjectPerson) -> None:
        self._employees = employees
        self._projecting = projecting

    def of(self, caller: Caller, employee_id: str, *, every: bool) -> ProfileAnswer | None:
        """Returns a person's profile on one page; None where a copy has none: there is no such person (any more), they
        have left, or are out of the caller's sight. every: each context seen and each field, as with `view=all`"""
        employee = self._employees.get(employee_id)
        if employee is None or not employee.active or not employee.opens_to(caller):
            return None
        try:
            person = self._projecting.seen_by(caller, employee_id)
        except NotFound:
            return None
        return profile_answer(person, Wanted(every=every, fields=None if every else USUAL))[0]
