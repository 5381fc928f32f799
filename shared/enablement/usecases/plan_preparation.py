"""Plans what somebody does for a deal: from what the CRM told, what others can see of the person, and the moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.deals.domain.deal import Deal
from shared.deals.records import DealRisk, RiskFactor, SkillSnapshot, SnapshotGap, SnapshotSkill, snapshot_id
from shared.enablement.domain.content import ContentItem
from shared.enablement.domain.hold_out import arm_of, may_be_held_out
from shared.enablement.domain.preparation import Preparation, prepare
from shared.enablement.records import Assignment, DealPlan, Trial, TrialDeal, activity_of, assignment_id
from shared.enablement.usecases.work_calendars import WorkCalendars
from shared.frameworks.domain.framework import Framework
from shared.kernel.access import Caller
from shared.kernel.context import encode_skill
from shared.people.records import Employee
from shared.ratings.usecases.project_person import ProjectPerson

PLATFORM: Final = Caller(email="jit-trigger", scopes=frozenset({"profiles.read"}))
"""Whoever reads the plan sees no more than others do: calls that are open to their employee alone count for nothing."""


@dataclass(frozen=True, slots=True)
class Telling:
    """One state of a deal. revision, number: the deal's, and of the preparation that it belongs to

    assignment_id: of that preparation's assignment, where there is one: the person may have had another id then
    """

    deal: Deal
    revision: int
    number: int
    at: datetime
    assignment_id: str | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """Holds what somebody's skills are for a deal, how risky it is, and what follows.

    context: the deal's, in the framework's values, by dimension
    drawn: on which side of a trial it falls; None for a deal of no trial
    """

    snapshot: SkillSnapshot
    risk: DealRisk
    plan: DealPlan
    context: dict[str, list[str]]
    drawn: TrialDeal | None


@dataclass(frozen=True, slots=True)
class Lot:
    """Holds what decides whether a deal goes without preparation.

    trial: the one that is on; known: how the deal was drawn before; begun: something was assigned for it already
    """

    trial: Trial | None
    known: TrialDeal | None
    begun: bool

    def drawn(self, deal_id: str, found: Preparation, now: datetime) -> TrialDeal | None:
        """Returns on which side a deal is now: drawn once, and released where nothing may be withheld any more."""
        known, free = self.known, self.trial is not None and may_be_held_out(found)
        if known is not None:
            return known.changed(released_at=now) if known.withheld and found.chosen and not free else known
        if self.trial is None or not free or self.begun:
            return None
        arm = arm_of(deal_id, self.trial.key)
        return TrialDeal(deal_id=deal_id, trial_id=self.trial.trial_id, arm=arm, drawn_at=now)


class PlanPreparation:
    """Reads what is known of a person; writes nothing."""

    def __init__(self, projecting: ProjectPerson, content: Sequence[ContentItem], calendars: WorkCalendars) -> None:
        self._projecting = projecting
        self._content = content
        self._calendars = calendars

    def plan(self, employee: Employee, told: Telling, lot: Lot) -> Planned:
        """Returns what follows from a deal that is somebody's. Raises NotFound for who has no state."""
        projection = self._projecting.seen_by(PLATFORM, employee.employee_id).projection
        name = (employee.name.split() or [employee.employee_id])[0]
        found = prepare(told.deal, projection, self._content, self._calendars.of(employee), told.at, name)
        drawn = lot.drawn(told.deal.deal_id, found, told.at)
        if drawn is not None and drawn.withheld:
            found = found.without_content()
        plan = DealPlan(
            deal_id=told.deal.deal_id,
            revision=told.revision,
            assignment=_assignment(employee.employee_id, told, found),
            manager_message=found.manager_message,
            unmapped=tuple(f"{dimension}={word}" for dimension, word in found.deal_context.unmapped),
        )
        snapshot = _snapshot(employee.employee_id, told, found, projection.framework)
        context = found.deal_context.context
        return Planned(snapshot, _risk(found), plan, {name: list(values) for name, values in context}, drawn)


def _snapshot(employee_id: str, told: Telling, found: Preparation, framework: Framework) -> SkillSnapshot:
    readiness = found.readiness
    return SkillSnapshot(
        snapshot_id=snapshot_id(told.deal.deal_id, employee_id),
        deal_id=told.deal.deal_id,
        employee_id=employee_id,
        created_at=told.at,
        framework_id=framework.framework_id,
        framework_version=framework.version,
        stage=told.deal.stage,
        skills=tuple(
            SnapshotSkill(
                competency=one.competency,
                context=encode_skill(one.context),
                rated_in=None if one.rated_in is None else encode_skill(one.rated_in),
                context_match=one.context_match,
                rating=one.counts / 100,
                low=one.low / 100,
                high=one.high / 100,
                confidence=one.confidence,
            )
            for one in readiness.skills
        ),
        gaps=tuple(
            SnapshotGap(competency=gap.skill.competency, context=encode_skill(gap.skill.context), severity=gap.severity)
            for gap in readiness.gaps
        ),
        score=readiness.score / 100,
        low=readiness.low / 100,
        high=readiness.high / 100,
        tier=readiness.tier,
    )


def _risk(found: Preparation) -> DealRisk:
    risk = found.risk
    factors = tuple(RiskFactor(factor=one.factor, severity=one.severity) for one in risk.factors)
    return DealRisk(
        overall_risk=risk.overall_risk,
        least=risk.least,
        most=risk.most,
        factors=factors,
        recommendations=risk.recommendations,
    )


def _assignment(employee_id: str, told: Telling, found: Preparation) -> Assignment | None:
    meeting = told.deal.meeting
    if found.due is None or meeting is None:
        return None
    return Assignment(
        assignment_id=told.assignment_id or assignment_id(told.deal.deal_id, employee_id, told.number),
        employee_id=employee_id,
        deal_id=told.deal.deal_id,
        account=told.deal.account,
        meeting_at=meeting.at,
        revision=told.revision,
        state="open",
        assignment_type="auto_triggered",
        trigger="deal",
        trigger_reason=found.trigger_reason,
        priority=found.priority,
        due_at=found.due,
        activities=tuple(activity_of(one.item, one.reason, one.competency) for one in found.chosen),
        created_at=told.at,
        next_step_at=told.at,
    )
