"""Describes what ratings tells other functions: the messages of its topics and the payloads of its tasks."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.kernel.messages import Fact

Tier = Literal["high", "medium", "low"]
Sight = Literal["everybody", "employee", "others"]
SIGHT = (
    "For whom it is: while a call of the person is closed to others, employee (of all calls) and others (without those "
    "that are closed) are told apart, each with revisions of its own; revisions for everybody follow both"
)


class SkillState(Fact):
    """One skill of one person as it stands."""

    competency: str
    context: dict[str, str] = Field(default_factory=dict, description="Empty for the general skill")
    current_rating: float | None = None
    preliminary_rating: float | None = None
    interval_low: float | None = Field(None, description="Lower bound of the 80 % interval")
    interval_high: float | None = None
    confidence: Literal["high", "medium", "low", "unknown"]
    basis: str = Field(description="field, blend, field_few, validation, preliminary or none")
    stale: bool = False
    trend: str
    status: Literal["not_started", "in_progress", "validated", "expired"]
    tier: Tier | None = Field(None, description="high from 80, medium from 60, low below; null without a rating")
    field_observations: int = Field(
        0, description="In the last 90 days; of a stale rating, in the 90 days up to its newest"
    )
    validation_events: int = 0
    learning_activities: int = 0
    held_observations: int = 0
    validated_on: date | None = None
    expires_on: date | None = None
    practice_rating: float | None = None
    field_rating: float | None = None
    discrepancy: bool = False
    last_observed_at: datetime | None = None
    rule_version: int | None = None


class SkillChanged(Fact):
    """Some skills of one person changed. A consumer ignores a revision lower than one it has seen."""

    employee_id: str
    framework_id: str
    revision: int = Field(
        description="Of the person's ratings; rises with every change, of skills or of discrepancies alone"
    )
    as_of: date
    changed_at: datetime
    framework_version: int
    parameters_version: int
    kernel_version: str
    overall_readiness: float | None = Field(
        None, description="Mean of the core general ratings; null while not all of them are known"
    )
    skills: list[SkillState] = Field(description="Only those that changed")
    sight: Sight = Field("everybody", description=SIGHT)


class DiscrepancyChanged(Fact):
    """Practice and field of one person have begun or ceased to disagree about a skill, or it is now known that they did
    since another day or in the other direction. A consumer ignores a revision lower than one it has seen of the same
    discrepancy."""

    discrepancy_id: str = Field(
        description="Of one employee, framework, competency and context, deterministic; found again under the same id"
    )
    revision: int = Field(description="Of the person's ratings, in which it changed")
    employee_id: str
    framework_id: str
    competency: str
    context: dict[str, str] = Field(default_factory=dict, description="Empty for the general skill")
    state: Literal["found", "resolved"]
    direction: Literal["practice_ahead", "field_ahead"] = Field(
        description="practice_ahead: practice promises more than the field shows; field_ahead: the other way round"
    )
    since: date = Field(description="The first day of it, UTC, by what was known at changed_at")
    practice_rating: float | None = Field(
        None, description="Practice alone as of the day, points 0-100; null unless both sides have three observations"
    )
    field_rating: float | None = Field(None, description="The field alone, likewise")
    difference: float | None = Field(
        None,
        description="Practice less field, points; under 15 or null when it rests on a rule whose bar practice meets "
        "and the field misses",
    )
    as_of: date
    changed_at: datetime
    framework_version: int
    parameters_version: int
    kernel_version: str
    sight: Sight = Field("everybody", description=SIGHT)


class RatingsSnapshotted(Fact):
    """All skills of one person on one day, written by the nightly recalculation: as others see them, without calls that
    are closed to them."""

    employee_id: str
    framework_id: str
    as_of: date
    revision: int = Field(description="Of what others are told")
    overall_readiness: float | None = Field(None, description="As in SkillChanged")
    core_validated: bool = Field(description="Every core competency is validated, on evidence that is not stale")
    skills: list[SkillState]


class ShardTask(BaseModel):
    """One shard of a recalculation, or (without a run) a few employees to rebuild."""

    model_config = ConfigDict(defer_build=True, extra="ignore")

    run_id: str | None = None
    shard: int | None = None
    employee_ids: list[str] = Field(max_length=500)
    from_ledger: bool = False
    nightly: bool = False


class PartTask(BaseModel):
    """One part of sharing out a recalculation of everybody: where it goes on stands in the run."""

    model_config = ConfigDict(defer_build=True, extra="ignore")

    run_id: str
    part: int


class LookTask(BaseModel):
    """One part of adding up how ready everybody of a framework is: where it goes on stands in the look."""

    model_config = ConfigDict(defer_build=True, extra="ignore")

    framework_id: str
    look_id: str
    part: int
