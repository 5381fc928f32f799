"""Shows an enrolment as the contract has it."""

from __future__ import annotations

from datetime import date

from shared.frameworks.plan_records import PlanRecords
from shared.learning.domain.breaks import on_break
from shared.learning.domain.consent import CURRENT, TEXTS
from shared.learning.enrolment_contract import (
    BreakView,
    ConsentText,
    ConsentView,
    EnrolmentView,
    LearnerHead,
    LearnerState,
)
from shared.learning.enrolment_records import Enrolment
from shared.people.records import Employee


def state_of(employee: Employee, enrolment: Enrolment, today: date) -> LearnerState:
    """Returns how far a learner is into learning. Who has left the organisation learns here no longer."""
    if not employee.active:
        return "left"
    if enrolment.consents and not enrolment.consents[-1].agreed:
        return "withdrawn"
    if enrolment.consented is None:
        return "invited" if enrolment.joined_at is None else "joined"
    return "on_break" if on_break(enrolment.away, today) else "learning"


def enrolment_view(
    employee: Employee, enrolment: Enrolment, plans: PlanRecords, today: date, *, reasons: bool
) -> EnrolmentView:
    """Returns what a learner is held to, in the words of their plan. reasons: of breaks, which may be of health, too"""
    plan = None if enrolment.plan is None else plans.get(enrolment.plan)
    return EnrolmentView(
        employee_id=employee.employee_id,
        name=employee.name,
        framework_id=enrolment.framework_id,
        standard=enrolment.standard,
        revision=enrolment.revision,
        plan=enrolment.plan,
        gateway=None if plan is None else plan.plan.words.gateway,
        started_on=enrolment.started_on,
        gateway_on=enrolment.gateway_on,
        milestone=enrolment.milestone,
        reached=dict(enrolment.reached),
        employer_id=enrolment.employer_id,
        mentor_id=employee.mentor_id,
        state=state_of(employee, enrolment, today),
        invited_at=enrolment.invited_at,
        joined_at=enrolment.joined_at,
        consents=[ConsentView(version=one.version, agreed=one.agreed, at=one.at) for one in enrolment.consents],
        consent_text=ConsentText(version=CURRENT, text=TEXTS[CURRENT]),
        breaks=[
            BreakView(begins=one.begins, ends=one.ends, reason=one.reason if reasons else None)
            for one in enrolment.breaks
        ],
        first_lesson_at=enrolment.first_lesson_at,
    )


def learner_head(employee: Employee, enrolment: Enrolment, today: date) -> LearnerHead:
    """Returns a line of a list."""
    return LearnerHead(
        employee_id=employee.employee_id,
        name=employee.name,
        framework_id=enrolment.framework_id,
        standard=enrolment.standard,
        state=state_of(employee, enrolment, today),
        gateway_on=enrolment.gateway_on,
    )
