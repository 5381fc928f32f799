"""Says which professions somebody has to do with: nobody else's frameworks and standards are shown to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from shared.kernel.access import Caller, Role
from shared.kernel.ids import DEFAULT_FRAMEWORK
from shared.people.records import Employee, EmployeeRecords

ALL: Final[frozenset[Role]] = frozenset({"enablement", "cro", "administrator"})
"""Roles that have to do with every profession."""


class Worlds:
    """Knows whose frameworks are somebody's: the own one, and those of the people whom they lead, teach or employ."""

    def __init__(self, employees: EmployeeRecords, of_apprentices: Callable[[str], Iterable[str]]) -> None:
        """Takes `of_apprentices`, which returns the frameworks of those whom somebody employs."""
        self._employees = employees
        self._of_apprentices = of_apprentices

    def of(self, caller: Caller) -> frozenset[str] | None:
        """Returns the ids of the caller's frameworks; None for who has to do with all of them."""
        if caller.role is None or caller.role in ALL:
            return None
        own = caller.employee_id or ""
        found = {caller.framework_id or DEFAULT_FRAMEWORK}
        match caller.role:
            case "mentor":
                found |= _frameworks(self._employees.learners_of(own))
            case "manager" | "senior_manager":
                found |= _frameworks(self._employees.reports_of(own))
            case "employer":
                found |= set(self._of_apprentices(own))
        return frozenset(found)

    def opens(self, caller: Caller, framework_id: str) -> bool:
        """Tells whether a framework is one of the caller's."""
        if framework_id == (caller.framework_id or DEFAULT_FRAMEWORK):
            return True
        known = self.of(caller)
        return known is None or framework_id in known


def _frameworks(people: Iterable[Employee]) -> set[str]:
    return {one.framework_id for one in people}
