"""Describes what enablement takes in and gives out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from shared.deals.domain.risk import Risk, Weight
from shared.enablement.domain.assignment_state import AssignmentType, Because, State, Trigger
from shared.enablement.domain.hold_out import Arm
from shared.enablement.domain.preparation import Priority
from shared.kernel.bodies import Body, Day, EmployeeId, Identifier, readable
from shared.platform.contract import Number, Output, Page

Reason = Annotated[
    str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True), AfterValidator(readable)
]


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


class AssignableView(Output):
    """One item that can be assigned."""

    content_id: str
    title: str
    activity_type: str
    minutes: int
    competencies: list[str] = Field(description="What it is about; the first one most")
    context: dict[str, str] = Field(description="In which it is set; empty: in none")
    url: str | None


class AssignableList(Output):
    framework_id: str
    items: list[AssignableView]


class GivenAssignmentBody(Body):
    """Assigns one item to some people."""

    employee_ids: list[EmployeeId] = Field(min_length=1, max_length=20)
    content_id: Identifier
    due_on: Day = Field(description="It is due at five in the afternoon, where they are; within a year")
    reason: Reason = Field(description="Why, for the person to read")


class GivenAnswer(Output):
    items: list[AssignmentView] = Field(description="What was assigned now")
    already: list[str] = Field(description="Whoever had the same item to do before: for them nothing has changed")


class AssignmentRulesBody(Body):
    """Says which rules assign without a deal, how much, and when people are reminded."""

    on: bool = Field(description="Whether rules assign at all")
    off: list[Trigger] = Field(default_factory=list, max_length=10, description="Rules that assign nothing")
    most_open: int = Field(2, ge=1, le=5, description="What one person has to do at a time that rules assigned")
    cooldown_days: int = Field(
        30, ge=7, le=365, description="How long no rule assigns for a competency again once that is done or withdrawn"
    )
    remind_after: float = Field(
        0.5,
        ge=0.1,
        le=0.9,
        allow_inf_nan=False,
        description="The share of the time that is gone when people are reminded",
    )
    escalate: bool = Field(
        True, description="Whether managers are told when nothing is done by the working day before it is due"
    )


class AssignmentRuleView(Output):
    """One rule: what it assigns for."""

    trigger: Trigger
    about: str
    workdays: int = Field(description="What a person has for it")
    on: bool


class AssignmentRulesView(Output):
    on: bool
    off: list[Trigger]
    most_open: int
    cooldown_days: int
    remind_after: Number
    escalate: bool
    rules: list[AssignmentRuleView] = Field(description="The most pressing first")


class CompletionBody(Body):
    """Says that one activity is done."""

    content_id: Identifier
    relevant: bool | None = Field(None, description="Whether it helped, in the person's eyes")
