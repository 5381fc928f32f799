"""Lists the people in a caller's sight by name, with how each stands: there is no list of the worst."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.frameworks.domain.framework import Framework
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import Caller, Role
from shared.people.domain.name_search import NameSearch
from shared.people.records import Employee, EmployeeRecords
from shared.people.usecases.people_in_sight import PeopleInSight
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ratings.domain.discrepancy import Reason, reasons
from shared.ratings.domain.readiness import core_count, core_ratings, core_validated, overall, overall_interval
from shared.ratings.records import NOTHING_SHOWN, ShownHead
from shared.ratings.usecases.seen_ratings import SeenRatings

TOLD: frozenset[Role] = frozenset({"manager", "senior_manager", "mentor", "cro", "administrator"})
"""Who reads figures beside names: the line, the CRO, who runs the platform; enablement designs from counts."""


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """One person, and how they stand. readiness: in points, of the core ratings; None while one of them is not known
    interval: where the mean of those levels lies with 80 % probability

    seen: how many core competencies have a current rating; validated: on evidence that is not stale
    core_validated: all of them are
    discrepancies: how many core skills have one, by each of its reasons
    closed: some calls are not open to others yet, and left out

    visible: the caller may open the profile; told: how they stand is told here, else it is not read
    rated: skills are expected of the person
    """

    employee: Employee
    manager: str | None
    readiness: float | None
    interval: tuple[float, float] | None
    seen: int
    validated: int
    core: int
    core_validated: bool
    expired: int
    declining: int
    discrepancies: Mapping[Reason, int]
    closed: bool
    visible: bool
    told: bool
    rated: bool


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """A part of the list. next: the id of whom the list goes on after, None at its end"""

    people: tuple[ListedPerson, ...]
    next: str | None


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

    def page(self, caller: Caller, *, search: str = "", after: str | None = None, limit: int = 50) -> PeoplePage:
        """Returns a part of the list, and leaves an audit record that names those whose ratings are shown.

        search: how words of the name or the id begin; after: the id of the last one of the page before. Raises
        Forbidden.
        """
        found, following = self._in_sight.listed(caller, NameSearch(search), limit=limit, after=after)
        shown = tuple(self._listed(caller, found))
        self._audit.read(caller, AuditAction.PROFILES_LISTED, [one.employee.employee_id for one in shown if one.told])
        return PeoplePage(shown, following)

    def _listed(self, caller: Caller, people: Sequence[Employee]) -> list[ListedPerson]:
        visible = {one.employee_id for one in people if one.opens_to(caller)}
        told = visible if caller.role in TOLD else visible & {caller.employee_id}
        ratings = self._ratings.shown(told)
        names = self._employees.names({one.manager_id for one in people if one.manager_id})
        likeness = self._configuration.parameters().factor.likeness
        frameworks = {
            framework_id: self._configuration.framework(framework_id, fresh=True)
            for framework_id in {one.framework_id for one in people}
        }
        return [
            _listed_person(
                one,
                frameworks[one.framework_id],
                ratings.get(one.employee_id, NOTHING_SHOWN),
                likeness,
                names[one.manager_id] if one.manager_id else None,
                visible=one.employee_id in visible,
                told=one.employee_id in told,
            )
            for one in people
        ]


def _listed_person(
    employee: Employee,
    framework: Framework,
    shown: ShownHead,
    likeness: float,
    manager: str | None,
    *,
    visible: bool,
    told: bool,
) -> ListedPerson:
    rows = shown.head.general
    core = [row for row in rows if row.context == "" and row.competency in framework.core]
    whole = overall(rows, framework)
    return ListedPerson(
        employee=employee,
        manager=manager,
        readiness=None if whole is None else whole / 100,
        interval=overall_interval(rows, framework, likeness),
        seen=len(core_ratings(rows, framework)),
        validated=core_count(rows, framework),
        core=len(framework.core),
        core_validated=core_validated(rows, framework),
        expired=sum(row.status == "expired" for row in core),
        declining=sum(row.trend == "declining" and not row.stale for row in core),
        discrepancies=Counter(reason for row in core for reason in reasons(row)),
        closed=shown.closed,
        visible=visible,
        told=told,
        rated=employee.role == "employee" or any(row.basis != "none" for row in core),
    )
