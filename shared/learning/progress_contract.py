"""Defines what those beside learners are told: who may need help and why, and how long a milestone takes."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from shared.learning.enrolment_contract import LearnerState
from shared.platform.contract import Output, Page


class ReasonView(Output):
    risk: Literal["hazard", "quiet", "recall", "observations", "slow"]
    why: str
    competencies: list[str]


class LearnerProgress(Output):
    """One learner: how much is shown, and why they may need help."""

    employee_id: str
    name: str
    framework_id: str
    standard: str
    state: LearnerState
    gateway_on: date | None
    shown: int = Field(description="Competencies that are shown")
    competencies: int = Field(description="That there are")
    reasons: list[ReasonView] = Field(description="The most pressing first; none: nothing calls for help")


class AtRiskList(Page):
    as_of: date
    learners: list[LearnerProgress]


class ShareView(Output):
    value: float
    low: float
    high: float


class MilestoneStep(Output):
    days: int = Field(description="Of learning, breaks apart, since the learner agreed")
    going: int = Field(description="Who had not reached it before, and was followed until this day")
    reached: int
    share: ShareView = Field(description="That reaches it by this day, with its 80 % interval")


class MilestoneTime(Output):
    """How long it takes to reach a milestone, unfinished learners censored. Under five learners no number is told."""

    framework_id: str
    framework: str = Field(description="Its name")
    milestone: str
    competencies: list[str]
    suppressed: bool
    learners: int | None
    reached: int | None
    censored: int | None = Field(description="Not there yet, or gone: counted for as long as they were followed")
    median_days: int | None = Field(description="By which half have reached it; null while that cannot be told")
    median_low: int | None = Field(description="Of its 80 % interval; null while that cannot be told")
    median_high: int | None
    steps: list[MilestoneStep]


class MilestoneTimes(Output):
    as_of: date
    more: bool = Field(description="true: there are more learners than are counted")
    milestones: list[MilestoneTime]
