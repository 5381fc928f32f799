"""Defines what enrolment takes in and gives out: the bodies and results of its routes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from shared.frameworks.contract import StandardKey
from shared.kernel.bodies import Body, Day, EmployeeId, Word
from shared.learning.enrolment_records import BreakReason, Scope
from shared.platform.contract import Output, Page

PlanKey = Annotated[
    str, StringConstraints(pattern=r"^(ST|FA|AU)[0-9]{4}@[0-9]{1,4}\.[0-9]{1,4}_[0-9]{1,4}(\.[0-9]{1,4}){0,2}$")
]


def _of_this_century(value: date) -> date:
    if value.year // 100 != 20:
        raise ValueError("must be a day of the years 2000 to 2099")
    return value


LearningDay = Annotated[Day, AfterValidator(_of_this_century)]
"""A day on which somebody learns or works. One that was mistyped by centuries would be counted on for ever."""
LearnerState = Literal["invited", "joined", "learning", "on_break", "withdrawn", "left"]
AuthorisationState = Literal["to_come", "in_force", "ends_soon", "ended", "revoked"]


class EnrolmentBody(Body):
    """Invites somebody to learn by a standard. What is not said is as it stands on the day."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    employee_id: EmployeeId
    standard: StandardKey
    revision: int | None = Field(None, ge=1, description="Which text of the version; null: as it stands")
    plan: PlanKey | None = Field(None, description="The assessment plan; null: the latest imported, or none")
    started_on: LearningDay | None = Field(
        None, description="Where they have learned by it already, elsewhere: since when; null: from when they agree"
    )
    gateway_on: LearningDay | None = Field(None, description="When everything is to be known")
    milestone: Word = Field("gateway", description="A stage of the framework, by which the time is measured")
    employer_id: EmployeeId | None = Field(None, description="Who verifies behaviours: somebody of the role employer")
    change_framework: bool = Field(
        False, description="true: who works by another framework is put on the one for this standard"
    )


class ConsentBody(Body):
    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    version: int = Field(ge=1, description="Of the text that was shown")
    agreed: bool


class BreakBody(Body):
    """Notes a break, or the end of the one that began on that day."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    begins: LearningDay
    ends: LearningDay | None = Field(None, description="Its last day; null while nobody knows")
    reason: BreakReason = "agreed_leave"


class AuthorisationBody(Body):
    """Says what a learner may do at work, and until when."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    activity: Word
    scope: Scope = Field(description="alone, or supervised: only while somebody who may do it watches")
    begins: LearningDay
    ends: LearningDay = Field(description="The last day; at most three years after the first")


class ConsentText(Output):
    version: int
    text: str


class ConsentView(Output):
    version: int
    agreed: bool
    at: datetime


class BreakView(Output):
    begins: date
    ends: date | None
    reason: BreakReason | None = Field(description="null: for the learner and who runs the training alone")


class AuthorisationView(Output):
    authorisation_id: str
    employee_id: str
    name: str
    activity: str
    scope: Scope
    begins: date
    ends: date
    state: AuthorisationState
    days_left: int | None = Field(
        description="Days until its last one, on the learner's own calendar; 0: it ends today; null: over or taken back"
    )
    given_by: str
    given_at: datetime


class AuthorisationList(Output):
    as_of: date
    authorisations: list[AuthorisationView]


class Authorised(Output):
    """A learner and what they may do. authorisations: in force or to come, what ends next first"""

    employee_id: str
    name: str
    authorisations: list[AuthorisationView]
    more: bool = Field(description="true: there are more than are told here")


class AuthorisedList(Page):
    as_of: date
    learners: list[Authorised]


class EnrolmentView(Output):
    """Shows what a learner is held to, whatever is published later."""

    employee_id: str
    name: str
    framework_id: str
    standard: str
    revision: int
    plan: str | None
    gateway: str | None = Field(description="What the plan calls the gateway; null without a plan")
    started_on: date | None = Field(description="null: from when they agreed")
    gateway_on: date | None
    milestone: str
    reached: dict[str, date] = Field(description="The day of each milestone that was reached, by its name")
    employer_id: str | None
    mentor_id: str | None
    state: LearnerState
    invited_at: datetime
    joined_at: datetime | None
    consents: list[ConsentView]
    consent_text: ConsentText = Field(description="The text in force, to be agreed to")
    breaks: list[BreakView]
    first_lesson_at: datetime | None


class LearnerHead(Output):
    employee_id: str
    name: str
    framework_id: str
    standard: str
    state: LearnerState
    gateway_on: date | None


class LearnerList(Page):
    learners: list[LearnerHead]


class PinnedText(Output):
    revision: int
    plan: str | None
    learners: int | None = Field(description="null of all: one of them has fewer than five")


class PinnedNumber(Output):
    """Counts the learners who are held to a version of a standard. more: there are more than are counted"""

    learners: int | None = Field(description="null: fewer than five")
    more: bool


class PinnedLearners(Output):
    """Counts the learners who are held to a version of a standard, and to which of its texts and plans."""

    standard: str
    learners: int | None = Field(description="null: fewer than five")
    more: bool = Field(description="true: there are more than are counted")
    texts: list[PinnedText]
