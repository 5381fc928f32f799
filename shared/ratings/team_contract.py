"""Describes what a manager is shown of the own team."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from shared.platform.contract import Number, Output
from shared.ratings.contract import Status, TrendWord


class TeamSkillView(Output):
    """One core skill of somebody, in general."""

    competency: str
    name: str
    rating: Number | None
    interval: list[Number] | None = Field(description="80 % interval of the level in the field, [low, high]")
    trend: TrendWord = "insufficient"
    status: Status
    stale: bool = False
    discrepancy: bool = False


class TeamMemberView(Output):
    employee_id: str
    name: str
    overall_readiness: Number | None
    overall_readiness_interval: list[Number] | None
    readiness_tier: Literal["high", "medium", "low"] | None
    core_seen: int = Field(description="Core competencies with a current rating")
    core_competencies: int
    calls_not_open: bool = Field(description="Some calls are the employee's alone for now, and count for nothing here")
    gaps_by_kind: dict[str, int] = Field(description="In core competencies, in general")
    skills: list[TeamSkillView]


class TeamMeanView(Output):
    competency: str
    name: str
    mean: Number | None = Field(description="Of the current ratings; null of fewer than five people")
    interval: list[Number] | None = Field(
        None, description="Where the mean of their levels lies with 80 % probability, [low, high]"
    )
    people: int = Field(description="Who have a current rating")


class OneToOneView(Output):
    """A conversation to have this week: what it is about, from what to what it went, and one thing to do."""

    employee_id: str
    name: str
    competency: str
    competency_name: str
    kind: Literal["declining", "expiring", "weak", "no_evidence"]
    reason: str
    since: date | None = Field(description="The day of `rating_then`")
    rating_then: Number | None
    interval_then: list[Number] | None
    rating: Number | None
    interval: list[Number] | None
    field_observations: int
    validation_events: int
    action: str


class TeamAnswer(Output):
    """The caller's direct reports, by need: who declines, then whose validation ends, then who is weak or unseen."""

    framework_id: str
    as_of: date | None
    people: int = Field(description="Reports of this framework; at most 60 are members here")
    members: list[TeamMemberView]
    means: list[TeamMeanView]
    one_to_ones: list[OneToOneView] = Field(description="At most three")
