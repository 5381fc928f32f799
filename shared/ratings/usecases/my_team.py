"""Shows a manager the own team: where everybody stands in the core skills, and whom to talk to this week.

Of direct reports alone, by need: who declines below a bar, then whose validation ends, then who is weak, then who was
never seen. Nothing here grows with the organisation: a team is what one person can lead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from shared.frameworks.domain.framework import Framework
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import Caller, require
from shared.kernel.days import date_of, day_of
from shared.people.records import Employee, EmployeeRecords
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock
from shared.ratings.domain import readiness
from shared.ratings.domain.contexts import Expected
from shared.ratings.domain.explanation import interval_of, points
from shared.ratings.domain.gaps import KINDS, Gap, gaps
from shared.ratings.domain.skill_rating import SkillRating
from shared.ratings.domain.team_sums import mean_in_skill
from shared.ratings.records import NOTHING_SHOWN, ShownHead
from shared.ratings.team_contract import OneToOneView, TeamAnswer, TeamMeanView, TeamMemberView, TeamSkillView
from shared.ratings.usecases.project_person import ProjectPerson
from shared.ratings.usecases.seen_ratings import SeenRatings
from shared.ratings.usecases.team_readiness import RATED_ROLES

MOST_TALKS: Final = 3
"""A manager has time for so many conversations in a week beside the usual ones."""
BACK: Final = timedelta(days=30)
MOST_REPORTS: Final = 60
"""Who leads more people than this leads an organisation, and reads its readiness."""


@dataclass(frozen=True, slots=True)
class _Member:
    """One report with the core skills, and what they lack in them, the most pressing first."""

    employee: Employee
    shown: ShownHead
    core: Mapping[str, SkillRating]
    lacks: Sequence[Gap]

    @property
    def need(self) -> tuple[int | str, ...]:
        counts = (-sum(gap.kind == kind for gap in self.lacks) for kind in KINDS)
        return *counts, self.employee.name.casefold(), self.employee.employee_id


@dataclass(frozen=True, slots=True)
class Shown:
    """Reads ratings: as they were published, and of a person on a day."""

    published: SeenRatings
    projecting: ProjectPerson


class MyTeam:
    """Reads the published ratings of the caller's direct reports, and of three of them how they were a month ago."""

    def __init__(
        self, ratings: Shown, employees: EmployeeRecords, configuration: Configuration, audit: Audit, clock: Clock
    ) -> None:
        self._ratings = ratings.published
        self._projecting = ratings.projecting
        self._employees = employees
        self._configuration = configuration
        self._audit = audit
        self._clock = clock

    def show(self, caller: Caller, framework_id: str) -> TeamAnswer:
        """Returns the team of a framework, and leaves an audit record that names who is shown.

        Raises Forbidden, NotFound for an unknown framework.
        """
        require(caller, "team.read")
        framework = self._configuration.framework(framework_id)
        everybody = sorted(self._employees.reports_of(caller.employee_id or ""), key=lambda one: one.employee_id)
        reports = [one for one in everybody if _is_rated(one, framework_id)]
        today = day_of(self._clock.now())
        members = sorted(self._members(reports[:MOST_REPORTS], framework, today), key=lambda one: one.need)
        self._audit.read(caller, AuditAction.PROFILES_LISTED, [one.employee.employee_id for one in members])
        likeness = self._configuration.parameters().factor.likeness
        return TeamAnswer(
            framework_id=framework_id,
            as_of=date_of(today),
            people=len(reports),
            members=[_member_view(one, framework, likeness) for one in members],
            means=_means(members, framework),
            one_to_ones=[self._talk(caller, one, framework, today) for one in members if _is_urgent(one)][:MOST_TALKS],
        )

    def _members(self, reports: Sequence[Employee], framework: Framework, today: int) -> list[_Member]:
        shown = self._ratings.shown([one.employee_id for one in reports])
        found = []
        for employee in reports:
            head = shown.get(employee.employee_id, NOTHING_SHOWN)
            core = {row.competency: row for row in head.head.general if row.competency in framework.core}
            lacks = gaps(core.values(), framework, Expected(), today)
            found.append(_Member(employee, head, core, [gap for gap in lacks if gap.competency in framework.core]))
        return found

    def _talk(self, caller: Caller, member: _Member, framework: Framework, today: int) -> OneToOneView:
        gap, employee = member.lacks[0], member.employee
        then = date_of(today - BACK.days)
        before = self._projecting.seen_by(caller, employee.employee_id, as_of=then).projection.row(gap.competency, "")
        now = member.core[gap.competency]
        return OneToOneView(
            employee_id=employee.employee_id,
            name=employee.name,
            competency=gap.competency,
            competency_name=framework.by_competency[gap.competency].name,
            kind=gap.kind,
            reason=gap.reason,
            since=then,
            rating_then=points(before.rating),
            interval_then=interval_of(before),
            rating=points(now.rating),
            interval=interval_of(now),
            field_observations=now.field,
            validation_events=now.validation,
            action=gap.recommendation,
        )


def _is_rated(employee: Employee, framework_id: str) -> bool:
    return employee.active and employee.role in RATED_ROLES and employee.framework_id == framework_id


def _is_urgent(member: _Member) -> bool:
    """Tells whether there is evidence to talk about: what was never seen is arranged, not discussed."""
    return bool(member.lacks) and member.lacks[0].kind != "no_evidence"


def _member_view(member: _Member, framework: Framework, likeness: float) -> TeamMemberView:
    rows, employee = list(member.core.values()), member.employee
    overall = readiness.overall(rows, framework)
    interval = readiness.overall_interval(rows, framework, likeness)
    return TeamMemberView(
        employee_id=employee.employee_id,
        name=employee.name,
        overall_readiness=points(overall),
        overall_readiness_interval=None if interval is None else list(interval),
        readiness_tier=readiness.tier(overall),
        core_seen=len(readiness.core_ratings(rows, framework)),
        core_competencies=len(framework.core),
        calls_not_open=member.shown.closed,
        gaps_by_kind={kind: sum(gap.kind == kind for gap in member.lacks) for kind in KINDS},
        skills=[_skill_view(name, member.core.get(name), framework) for name in framework.core],
    )


def _skill_view(competency: str, row: SkillRating | None, framework: Framework) -> TeamSkillView:
    name = framework.by_competency[competency].name
    if row is None:
        return TeamSkillView(competency=competency, name=name, rating=None, interval=None, status="not_started")
    return TeamSkillView(
        competency=competency,
        name=name,
        rating=points(row.rating),
        interval=interval_of(row),
        trend=row.trend,
        status=row.status,
        stale=row.stale,
        discrepancy=row.discrepancy,
    )


def _means(members: Sequence[_Member], framework: Framework) -> list[TeamMeanView]:
    """Returns the mean of those who have a current rating, of five or more: of fewer it tells of one of them."""
    found = []
    for competency in framework.core:
        rows = [one.core[competency] for one in members if competency in one.core]
        rated = [row for row in rows if readiness.current(row) is not None]
        mean, interval = mean_in_skill(rated)
        found.append(
            TeamMeanView(
                competency=competency,
                name=framework.by_competency[competency].name,
                mean=mean,
                interval=None if interval is None else list(interval),
                people=len(rated),
            )
        )
    return found
