"""Previews what a change of a skill's rules would do before anything is published: to how many, and to whom.

How many is for whoever designs rules, in contexts in which five people or more have been observed: of fewer it would
tell of one. To whom is for administrators, with an audit record that names them. Calls that are closed to others count
for nobody here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from shared.frameworks.domain.framework import Framework
from shared.frameworks.domain.parameters import Parameters
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import SMALLEST_GROUP, Caller, require
from shared.kernel.context import Context, context_of, decode_skill
from shared.kernel.days import day_of
from shared.kernel.errors import Rejected
from shared.observations.state_records import States
from shared.people.records import Employee, EmployeeRecords
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock
from shared.privacy.usecases.first_sight import FirstSight
from shared.ratings.domain.explanation import explain, points
from shared.ratings.domain.projection import Projection
from shared.ratings.domain.skill_rating import SkillRating
from shared.taxonomy.contract import SkillChange, StatusChange
from shared.taxonomy.usecases.changed_framework import with_change
from shared.taxonomy.usecases.read_skills import skill_of

PAGE = 200
"""People who are rated at a time."""
MOST = 5_000
"""Active people whom one answer is about: at some 4 ms each, and their states to read, half of what a request may take
(1,000 take 4 s). Of a page with a cursor numbers alone cannot be told."""


@dataclass(frozen=True, slots=True)
class Preview:
    """Tells what a change would do to a page of people, or to all. people: how many active ones were looked at

    gaining, losing: in the context asked for, how many would become validated, or would no longer be; touched: how many
    would change there at all; elsewhere: how many statuses would change in others. None: those observed there are too
    few, contexts with too few of them are counted nowhere
    changes: person by person, None for whom that is not; next: the id to continue after
    """

    people: int
    gaining: int | None
    losing: int | None
    touched: int | None
    elsewhere: int | None
    changes: tuple[StatusChange, ...] | None
    next: str | None


@dataclass(frozen=True, slots=True)
class PreviewedPeople:
    """Knows the people who would be rated otherwise, and what of them is open to others."""

    employees: EmployeeRecords
    states: States
    first_sight: FirstSight


@dataclass(slots=True)
class _Found:
    """Holds what would change, and how many people have been observed in each context, by its encoded form."""

    changes: list[StatusChange] = field(default_factory=list)
    observed: Counter[str] = field(default_factory=Counter)

    def counted(self, context: Context, people: int, following: str | None) -> Preview:
        """Returns numbers alone: of groups of which none tells of one person, nor the difference of two."""
        large = {decode_skill(one) for one, count in self.observed.items() if count >= SMALLEST_GROUP}
        shown = [one for one in self.changes if context_of(one.context) in large]
        here = [one for one in shown if context_of(one.context) == context]
        of_others = bool(large - {context})
        return Preview(
            people=people,
            gaining=_gaining(here) if context in large else None,
            losing=_losing(here) if context in large else None,
            touched=len(here) if context in large else None,
            elsewhere=len(shown) - len(here) if of_others else None,
            changes=None,
            next=following,
        )

    def named(self, context: Context, people: int, following: str | None) -> Preview:
        """Returns who would change, with all numbers."""
        here = [one for one in self.changes if context_of(one.context) == context]
        elsewhere = len(self.changes) - len(here)
        return Preview(people, _gaining(here), _losing(here), len(here), elsewhere, tuple(self.changes), following)


class _Versions(NamedTuple):
    """Two versions of one competency, and what else a projection needs."""

    now: Framework
    then: Framework
    competency: str
    parameters: Parameters
    today: int


class PreviewChange:
    """Rates people under rules that are not published."""

    def __init__(self, people: PreviewedPeople, configuration: Configuration, audit: Audit, clock: Clock) -> None:
        self._people = people
        self._configuration = configuration
        self._audit = audit
        self._clock = clock

    def preview(
        self,
        caller: Caller,
        framework_id: str,
        skill_id: str,
        body: SkillChange,
        *,
        context: Context = (),
        limit: int = PAGE,
        after: str | None = None,
    ) -> Preview:
        """Returns what a change of a skill's rules would do to active people: by person a page of people at a time.

        Whoever gets counts alone is told of everybody at once, and of nobody where that is too few: of two counts that
        a page or a cursor of their choice sets apart the difference would be one person. More than `MOST` are refused.

        context: of the counts; limit, after: of who sees people. Raises NotFound, Conflict, Rejected.
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
        if "previews.by_person" not in caller.permissions:
            return self._of_everybody(versions, context)
        page, following = self._page(framework_id, limit, after)
        found = self._found([page], versions)
        names = {one.employee_id for one in found.changes}
        self._audit.read(caller, AuditAction.PREVIEW_READ, names, detail=skill_id)
        return found.named(context, len(page), following)

    def _of_everybody(self, versions: _Versions, context: Context) -> Preview:
        everybody, following = self._page(versions.now.framework_id, PAGE, None)
        while following is not None and len(everybody) <= MOST:
            page, following = self._page(versions.now.framework_id, PAGE, following)
            everybody += page
        people = len(everybody)
        if people > MOST:
            raise Rejected(
                f"more than {MOST:,} people are rated by this framework, too many to preview in one answer; an "
                "administrator previews it by person, a page at a time"
            )
        pages = [everybody[start : start + PAGE] for start in range(0, people, PAGE)]
        return self._found(pages, versions).counted(context, people, None)

    def _page(self, framework_id: str, limit: int, after: str | None) -> tuple[list[Employee], str | None]:
        """Returns the active ones of a page of people, and the id to continue after."""
        found = self._people.employees.of_framework(framework_id, limit=limit + 1, after=after)
        following = found[limit - 1].employee_id if len(found) > limit else None
        return [employee for employee in found[:limit] if employee.active], following

    def _found(self, pages: Sequence[Sequence[Employee]], versions: _Versions) -> _Found:
        found = _Found()
        for page in pages:
            states = self._people.states.get_many(employee.employee_id for employee in page)
            closed = self._people.first_sight.closed_of(states.values())
            for employee in page:
                if employee.employee_id in states:
                    opened = states[employee.employee_id].without(closed[employee.employee_id].calls)
                    _look_at(employee, opened.entries, versions, found)
        return found


def _gaining(changes: Sequence[StatusChange]) -> int:
    return sum(change.status_then == "validated" for change in changes)


def _losing(changes: Sequence[StatusChange]) -> int:
    return sum(change.status_now == "validated" for change in changes)


def _look_at(employee: Employee, entries: Mapping[str, str], versions: _Versions, found: _Found) -> None:
    """Adds one person to what is found."""
    only, parameters, today = {versions.competency}, versions.parameters, versions.today
    now, then = (Projection(entries, of, parameters, today, only=only) for of in (versions.now, versions.then))
    for key in sorted({row.key for row in (*now.rows(), *then.rows())}):
        status_now, row = now.row(*key).status, then.row(*key)
        found.observed[row.context] += (status_now, row.status) != ("not_started", "not_started")
        if status_now != row.status:
            found.changes.append(
                StatusChange(
                    employee_id=employee.employee_id,
                    name=employee.name,
                    context=dict(decode_skill(row.context)) or None,
                    status_now=status_now,
                    status_then=row.status,
                    rating=points(row.rating),
                    why=_why(row, then),
                )
            )


def _why(row: SkillRating, projection: Projection) -> str:
    progress = projection.progress(row.competency, row.context)
    if progress is None:
        return explain(row, projection.left_out(*row.key), projection.leaning(row))
    parts = []
    if progress.rule.wants_field:
        parts.append(f"{progress.field_count} field observations" + _mean(progress.field_mean))
    if progress.rule.wants_validation:
        parts.append(f"{progress.validation_count} validation events" + _mean(progress.validation_mean))
    return f"{' and '.join(parts)} in {progress.rule.observation_window_days} days"


def _mean(value: float | None) -> str:
    return "" if value is None else f" averaging {value:g}"
