"""Lists the people in a caller's sight with how each stands, the least ready first unless asked otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from shared.frameworks.domain.framework import Framework
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import Caller, is_audited, require
from shared.people.records import Employee, EmployeeRecords
from shared.people.usecases.people_in_sight import PeopleInSight
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ratings.domain.readiness import core_count, core_ratings, core_validated, overall
from shared.ratings.domain.skill_rating import SkillRating
from shared.ratings.usecases.seen_ratings import SeenRatings

Order = Literal["readiness", "readiest", "name"]


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """One person, and how they stand. readiness: in points, of the core ratings; None while one of them is not known

    seen: how many core competencies have a current rating; validated: on evidence that is not stale
    core_validated: all of them are

    visible: the caller may open the profile; ratings of others are not read. rated: skills are expected of the person
    """

    employee: Employee
    manager: str | None
    readiness: float | None
    seen: int
    validated: int
    core: int
    core_validated: bool
    expired: int
    declining: int
    discrepancies: int
    visible: bool
    rated: bool


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """A part of the list. total: of the people who were searched for; next: where the list goes on, None at its end"""

    people: tuple[ListedPerson, ...]
    total: int
    next: int | None


class ListPeople:
    """Reads the people in sight and their published ratings."""

    def __init__(
        self,
        ratings: SeenRatings,
        in_sight: PeopleInSight,
        employees: EmployeeRecords,
        configuration: Configuration,
        audit: Audit,
    ) -> None:
        self._ratings = ratings
        self._in_sight = in_sight
        self._employees = employees
        self._configuration = configuration
        self._audit = audit

    def page(
        self, caller: Caller, *, search: str = "", order: Order = "readiness", start: int = 0, limit: int = 50
    ) -> PeoplePage:
        """Returns a part of the list; leaves an audit record about each whose ratings are shown, where the role demands
        it. search: a part of the name or the id. Raises Forbidden."""
        require(caller, "people.list")
        folded = search.casefold()
        found = [
            one
            for one in self._in_sight.all(caller)
            if folded in one.name.casefold() or folded in one.employee_id.casefold()
        ]
        people = self._listed(caller, found)
        people.sort(key=_by_name if order == "name" else _by_readiness(order))
        shown = [self._seen(caller, one) for one in people[start : start + limit]]
        seen = [one.employee.employee_id for one in shown if one.visible]
        self._audit.record_about(caller, AuditAction.PROFILES_LISTED, [one for one in seen if is_audited(caller, one)])
        more = start + limit if start + limit < len(people) else None
        return PeoplePage(tuple(shown), len(people), more)

    def _seen(self, caller: Caller, one: ListedPerson) -> ListedPerson:
        """Returns a person of the list as the caller sees them: without calls that are not open to them yet."""
        employee = one.employee
        rows = self._ratings.without_closed(caller, employee.employee_id) if one.visible else None
        if rows is None:
            return one
        framework = self._configuration.framework(employee.framework_id)
        return _listed_person(employee, framework, rows, one.manager, visible=True)

    def _listed(self, caller: Caller, people: Sequence[Employee]) -> list[ListedPerson]:
        visible = {one.employee_id for one in people if one.opens_to(caller)}
        ratings = self._ratings.published(visible)
        names = self._employees.names({one.manager_id for one in people if one.manager_id})
        frameworks = {
            framework_id: self._configuration.framework(framework_id, fresh=True)
            for framework_id in {one.framework_id for one in people}
        }
        return [
            _listed_person(
                one,
                frameworks[one.framework_id],
                ratings.get(one.employee_id, []),
                names[one.manager_id] if one.manager_id else None,
                visible=one.employee_id in visible,
            )
            for one in people
        ]


def _listed_person(
    employee: Employee,
    framework: Framework,
    rows: Sequence[SkillRating],
    manager: str | None,
    *,
    visible: bool,
) -> ListedPerson:
    core = [row for row in rows if row.context == "" and row.competency in framework.core]
    whole = overall(rows, framework)
    return ListedPerson(
        employee=employee,
        manager=manager,
        readiness=None if whole is None else whole / 100,
        seen=len(core_ratings(rows, framework)),
        validated=core_count(rows, framework),
        core=len(framework.core),
        core_validated=core_validated(rows, framework),
        expired=sum(row.status == "expired" for row in core),
        declining=sum(row.trend == "declining" and not row.stale for row in core),
        discrepancies=sum(row.discrepancy for row in core),
        visible=visible,
        rated=employee.role == "employee" or any(row.basis != "none" for row in core),
    )


def _by_name(one: ListedPerson) -> tuple[str, str]:
    return one.employee.name.casefold(), one.employee.employee_id


def _by_readiness(order: Order) -> Callable[[ListedPerson], tuple[float, str, str]]:
    """Returns the key of an order by readiness, in which those come last of whom it is not known."""
    sign, nobody = (-1, -1.0) if order == "readiest" else (1, 101.0)

    def key(one: ListedPerson) -> tuple[float, str, str]:
        readiness = nobody if one.readiness is None else one.readiness
        return sign * readiness, one.employee.name, one.employee.employee_id

    return key
