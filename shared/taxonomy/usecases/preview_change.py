"""Previews what a change of a skill's rules would do, person by person, before anything is published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from shared.frameworks.domain.framework import Framework
from shared.frameworks.domain.parameters import Parameters
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import Caller, require
from shared.kernel.context import decode_skill
from shared.kernel.days import day_of
from shared.observations.state_records import States
from shared.people.records import Employee, EmployeeRecords
from shared.ports.ambient import Clock
from shared.ratings.domain.explanation import explain, points
from shared.ratings.domain.projection import Projection
from shared.ratings.domain.skill_rating import SkillRating
from shared.taxonomy.contract import SkillChange, StatusChange
from shared.taxonomy.usecases.changed_framework import with_change
from shared.taxonomy.usecases.read_skills import skill_of


@dataclass(frozen=True, slots=True)
class Preview:
    """Tells what a change would do to a page of people. people: how many active ones were looked at

    gaining, losing: who would become validated, or would no longer be; next: the id to continue after
    """

    people: int
    gaining: int
    losing: int
    changes: tuple[StatusChange, ...]
    next: str | None


class _Versions(NamedTuple):
    """Two versions of one competency, and what else a projection needs."""

    now: Framework
    then: Framework
    competency: str
    parameters: Parameters
    today: int


class PreviewChange:
    """Rates people under rules that are not published."""

    def __init__(self, employees: EmployeeRecords, states: States, configuration: Configuration, clock: Clock) -> None:
        self._employees = employees
        self._states = states
        self._configuration = configuration
        self._clock = clock

    def preview(
        self,
        caller: Caller,
        framework_id: str,
        skill_id: str,
        body: SkillChange,
        *,
        limit: int = 200,
        after: str | None = None,
    ) -> Preview:
        """Returns what a change of a skill's rules would do to active people, a page of people at a time.

        Raises NotFound, Conflict, Rejected.
        """
        require(caller, "skills.write")
        framework = self._configuration.framework(framework_id, fresh=True)
        competency = skill_of(framework, skill_id)
        versions = _Versions(
            framework,
            with_change(framework, competency, body),
            competency.competency,
            self._configuration.parameters(),
            day_of(self._clock.now()),
        )
        found = self._employees.of_framework(framework_id, limit=limit + 1, after=after)
        page = [employee for employee in found[:limit] if employee.active]
        states = self._states.get_many(employee.employee_id for employee in page)
        changes = [
            change
            for employee in page
            if employee.employee_id in states
            for change in _changes(employee, states[employee.employee_id].entries, versions)
        ]
        following = found[limit - 1].employee_id if len(found) > limit else None
        return _preview(len(page), changes, following)


def _preview(people: int, changes: list[StatusChange], following: str | None) -> Preview:
    general = [change for change in changes if change.context is None]
    return Preview(
        people=people,
        gaining=sum(change.status_then == "validated" for change in general),
        losing=sum(change.status_now == "validated" for change in general),
        changes=tuple(changes),
        next=following,
    )


def _changes(employee: Employee, entries: Mapping[str, str], versions: _Versions) -> Iterator[StatusChange]:
    only, parameters, today = {versions.competency}, versions.parameters, versions.today
    now, then = (Projection(entries, of, parameters, today, only=only) for of in (versions.now, versions.then))
    for key in sorted({row.key for row in (*now.rows(), *then.rows())}):
        status_now, row = now.row(*key).status, then.row(*key)
        if status_now != row.status:
            yield StatusChange(
                employee_id=employee.employee_id,
                name=employee.name,
                context=dict(decode_skill(row.context)) or None,
                status_now=status_now,
                status_then=row.status,
                rating=points(row.rating),
                why=_why(row, then),
            )


def _why(row: SkillRating, projection: Projection) -> str:
    progress = projection.progress(row.competency, row.context)
    if progress is None:
        return explain(row, projection.left_out(*row.key))
    parts = []
    if progress.rule.wants_field:
        parts.append(f"{progress.field_count} field observations" + _mean(progress.field_mean))
    if progress.rule.wants_validation:
        parts.append(f"{progress.validation_count} validation events" + _mean(progress.validation_mean))
    return f"{' and '.join(parts)} in {progress.rule.observation_window_days} days"


def _mean(value: float | None) -> str:
    return "" if value is None else f" averaging {value:g}"
