"""Says which senior managers are above somebody, at any height."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from shared.kernel.access import Role


class Led(Protocol):
    """Gives what lines need of an employee's record."""

    @property
    def employee_id(self) -> str: ...
    @property
    def role(self) -> Role: ...
    @property
    def active(self) -> bool: ...
    @property
    def manager_id(self) -> str | None: ...


class ReportingLines:
    """Holds everybody's manager. A line goes on through leavers; a circle in the records ends where it closes."""

    def __init__(self, people: Iterable[Led]) -> None:
        self._manager: dict[str, str] = {}
        self._senior: set[str] = set()
        for one in people:
            if one.manager_id is not None:
                self._manager[one.employee_id] = one.manager_id
            if one.active and one.role == "senior_manager":
                self._senior.add(one.employee_id)

    def senior_managers_above(self, employee_id: str) -> Iterator[str]:
        """Yields the active senior managers in whose organisation a person is, from the nearest up."""
        passed, above = {employee_id}, self._manager.get(employee_id)
        while above is not None and above not in passed:
            if above in self._senior:
                yield above
            passed.add(above)
            above = self._manager.get(above)
