"""Lists the people in a caller's sight: everyone, an organisation, direct reports, learners, or the caller alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.kernel.access import LIST_SIGHT, Caller, require
from shared.people.domain.name_search import NameSearch
from shared.people.records import Employee, EmployeeRecords

if TYPE_CHECKING:
    from shared.people.contract import EmployeeView


class PeopleInSight:
    """Finds whom a caller may see in lists and aggregates."""

    def __init__(self, employees: EmployeeRecords) -> None:
        self._employees = employees

    def page(
        self,
        caller: Caller,
        *,
        limit: int = 50,
        after: str | None = None,
        manager: str | None = None,
        active: bool | None = True,
    ) -> tuple[list[EmployeeView], str | None]:
        """Returns a page of the records in the caller's sight, by employee id, and the id to continue after.

        Raises Forbidden.
        """
        from shared.people.usecases.views import view  # aggregates need none of it

        require(caller, "people.list")
        manager = manager and self._employees.present_id(manager)
        if caller.role is None or LIST_SIGHT[caller.role] == "everyone":
            found = self._employees.page(active=active, manager=manager, limit=limit + 1, after=after)
        else:
            seen = sorted(self.all(caller), key=lambda employee: employee.employee_id)
            found = [
                employee
                for employee in seen
                if (active is None or employee.active == active)
                and (manager is None or employee.manager_id == manager)
                and (after is None or employee.employee_id > after)
            ]
        shown = [view(employee) for employee in found[:limit]]
        return shown, found[limit - 1].employee_id if len(found) > limit else None

    def listed(
        self, caller: Caller, search: NameSearch, *, limit: int, after: str | None = None
    ) -> tuple[list[Employee], str | None]:
        """Returns a page of those in the caller's sight whom a search finds, by name, and the id to go on after.

        For those who see everyone the store looks, so that a page costs the same however many there are. Raises
        Forbidden.
        """
        require(caller, "people.list")
        if caller.role is None or LIST_SIGHT[caller.role] == "everyone":
            return self._employees.listed(search, limit=limit, after=after)
        found = [one for one in self.all(caller) if search.begins(one.name, one.employee_id)]
        found.sort(key=lambda one: (one.listed_as, one.employee_id))
        ids = [one.employee_id for one in found]
        start = ids.index(after) + 1 if after in ids else 0
        shown = found[start : start + limit]
        return shown, shown[-1].employee_id if start + limit < len(found) else None

    def all(self, caller: Caller, *, framework_id: str | None = None) -> list[Employee]:
        """Returns every record in the caller's sight: all active people for those who see everyone."""
        seen = self._seen(caller)
        return [one for one in seen if framework_id is None or one.framework_id == framework_id]

    def _seen(self, caller: Caller) -> list[Employee]:
        own = caller.employee_id or ""
        match LIST_SIGHT[caller.role] if caller.role else "everyone":
            case "everyone":
                return self._employees.active()
            case "organisation":
                return self._organisation(own)
            case "reports":
                return self._employees.reports_of(own)
            case "learners":
                return self._employees.learners_of(own)
            case "self":
                known = self._employees.get(own)
                return [] if known is None else [known]
            case "nobody":
                return []

    def _organisation(self, manager_id: str) -> list[Employee]:
        """Returns everyone below a manager, level by level; a circle in the records ends where it closes."""
        found: dict[str, Employee] = {}
        level = [manager_id]
        while level:
            below = [one for one in self._employees.reports_of(*level) if one.employee_id != manager_id]
            level = [one.employee_id for one in below if one.employee_id not in found]
            found.update((one.employee_id, one) for one in below)
        return list(found.values())

    def administrators(self) -> list[Employee]:
        """Returns the active administrators, by name: whom a person may ask."""
        found = [one for one in self._employees.with_role("administrator") if one.active]
        return sorted(found, key=lambda one: (one.name.casefold(), one.employee_id))
