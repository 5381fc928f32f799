"""Describes what enablement takes in and gives out."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from shared.deals.domain.risk import Risk, Weight
from shared.enablement.domain.assignment_state import AssignmentType, Because, State, Trigger
from shared.enablement.domain.hold_out import Arm
from shared.enablement.domain.preparation import Priority
from shared.kernel.bodies import Body, Identifier
from shared.platform.contract import Number, Output, Page


class ActivityView(Output):
    """One thing to do before the meeting."""

    activity_type: str
    content_id: str
    content_title: str
    content_url: str | None
    estimated_duration: str = Field(description="In minutes: `15min`")
    reason: str
    done_at: datetime | None = None
    done_by: str | None = Field(
        None,
        description="The event that says that it is done; null while it is not, and where the person alone said so",
    )
    relevant: bool | None = Field(None, description="What the person said of it; null until they say")


class AssignmentView(Output):
    """Says what somebody is to do until when, and why."""

    assignment_id: str
    employee_id: str
    deal_id: str | None = Field(None, description="null where it is for no deal; account and meeting_at likewise")
    account: str | None = None
    assignment_type: AssignmentType
    trigger: Trigger = Field(
        description="deal: a meeting is ahead; by_hand: somebody assigned it; else the rule about skills that did"
    )
    trigger_reason: str
    why: str | None = Field(
        None, description="In a sentence: what was seen, or what whoever assigned it says; null for a deal's"
    )
    given_by: str | None = Field(None, description="Who assigned it; null where no person did")
    competency: str | None = Field(None, description="The skill that it is about, where it is about one")
    context: dict[str, str] = Field(default_factory=dict, description="Of that skill; empty for the general one")
    priority: Priority
    due_date: datetime
    meeting_at: datetime | None = None
    state: State
    because: Because | None = Field(None, description="Why it is closed")
    activities: list[ActivityView]


class FactorView(Output):
    """One thing that makes the deal riskier; `mitigating` and `sufficient` speak for the person."""

    factor: str
    severity: Weight


class RiskView(Output):
    overall_risk: Risk
    factors: list[FactorView]
    recommendations: list[str]


class ManagerNotification(Output):
    notify: bool
    message: str | None = None


class DealAssignmentAnswer(Output):
    """Says what follows from a deal assignment, as `jit_trigger` then has it."""

    deal_id: str
    revision: int
    status: Literal["accepted", "superseded"] = Field(
        description="superseded: older than what is known of the deal; nothing follows"
    )
    duplicate: bool = False
    snapshot_id: str
    readiness_score: Number
    interval_low: Number
    interval_high: Number
    skills_required: int = Field(description="What the deal's stage and meeting ask for")
    skills_known: int = Field(description="Of these, those of which anything was seen; the others count 40")
    assignments: list[AssignmentView]
    risk_assessment: RiskView
    manager_notification: ManagerNotification
    unmapped: list[str] = Field(description="Words of the deal that the framework does not know: `dimension=word`")


class AssignmentList(Page):
    employee_id: str
    items: list[AssignmentView]


class DealAtRiskView(Output):
    """An open deal for which somebody is not ready."""

    deal_id: str
    account: str
    stage: str
    employee_id: str
    name: str
    meeting_at: datetime | None
    readiness_score: Number
    interval_low: Number
    interval_high: Number
    skills_required: int
    skills_known: int
    risk_assessment: RiskView


class TeamDealsAnswer(Output):
    items: list[DealAtRiskView]


class HoldOutBody(Body):
    """Turns the hold-out on or off."""

    on: bool


class HoldOutView(Output):
    """Says whether some deals go without preparation, so that what it does can be told."""

    on: bool
    share: Number = Field(description="Of the deals with a low risk for which there is something to do, from 0 to 1")
    since: datetime | None = Field(None, description="When it was turned on or off last; null: it never was")
    trial_id: str | None = None


class TrialDealView(Output):
    """On which side of a trial a deal fell."""

    deal_id: str
    trial_id: str
    arm: Arm
    drawn_at: datetime
    released_at: datetime | None = Field(
        None, description="When a deal that was held out got its preparation after all, because its risk rose"
    )


class TrialDealList(Page):
    items: list[TrialDealView]


class CompletionBody(Body):
    """Says that one activity is done."""

    content_id: Identifier
    relevant: bool | None = Field(None, description="Whether it helped, in the person's eyes")
