"""Shows what is kept in the shapes of the contract."""

from __future__ import annotations

from shared.deals.records import DealRecord, DealRisk
from shared.enablement.contract import (
    ActivityView,
    AssignableView,
    AssignmentView,
    DealAssignmentAnswer,
    FactorView,
    ManagerNotification,
    RiskView,
)
from shared.enablement.domain.content import ContentItem
from shared.enablement.records import Activity, Assignment, DealPlan
from shared.kernel.context import decode_skill


def answer_of(
    record: DealRecord, plan: DealPlan | None, *, superseded: bool = False, duplicate: bool = False
) -> DealAssignmentAnswer:
    """Returns what follows from a deal that is somebody's, as its telling is answered."""
    risk, snapshot = record.risk, record.snapshot
    if risk is None or snapshot is None or plan is None:
        raise LookupError("nobody was assigned to the deal")
    return DealAssignmentAnswer(
        deal_id=record.deal_id,
        revision=record.revision,
        status="superseded" if superseded else "accepted",
        duplicate=duplicate,
        snapshot_id=snapshot.snapshot_id,
        readiness_score=snapshot.score,
        interval_low=snapshot.low,
        interval_high=snapshot.high,
        skills_required=len(snapshot.skills),
        skills_known=snapshot.known,
        assignments=[] if plan.assignment is None else [assignment_view(plan.assignment)],
        risk_assessment=risk_view(risk),
        manager_notification=ManagerNotification(notify=plan.manager_message is not None, message=plan.manager_message),
        unmapped=list(plan.unmapped),
    )


def risk_view(risk: DealRisk) -> RiskView:
    """Returns a deal's risk as it is shown."""
    return RiskView(
        overall_risk=risk.overall_risk,
        factors=[FactorView(factor=one.factor, severity=one.severity) for one in risk.factors],
        recommendations=list(risk.recommendations),
    )


def assignment_view(assignment: Assignment) -> AssignmentView:
    """Returns an assignment as it is shown."""
    return AssignmentView(
        assignment_id=assignment.assignment_id,
        employee_id=assignment.employee_id,
        deal_id=assignment.deal_id,
        account=assignment.account,
        assignment_type=assignment.assignment_type,
        trigger=assignment.trigger,
        trigger_reason=assignment.trigger_reason,
        why=assignment.why,
        given_by=assignment.given_by,
        competency=assignment.competency,
        context=dict(decode_skill(assignment.context or "")),
        priority=assignment.priority,
        due_date=assignment.due_at,
        meeting_at=assignment.meeting_at,
        state=assignment.state,
        because=assignment.because,
        activities=[_activity_view(one) for one in assignment.activities],
    )


def assignable_view(item: ContentItem) -> AssignableView:
    """Returns an item that can be assigned as it is shown."""
    return AssignableView(
        content_id=item.content_id,
        title=item.title,
        activity_type=item.activity_type,
        minutes=item.minutes,
        competencies=list(item.competencies),
        context=dict(item.context),
        url=item.url,
    )


def _activity_view(activity: Activity) -> ActivityView:
    return ActivityView(
        activity_type=activity.activity_type,
        content_id=activity.content_id,
        content_title=activity.title,
        content_url=activity.url,
        estimated_duration=f"{activity.minutes}min",
        reason=activity.reason,
        done_at=activity.done_at,
        done_by=activity.done_by,
        relevant=activity.relevant,
    )
