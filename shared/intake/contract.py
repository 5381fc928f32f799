"""Defines what intake takes in and gives out: the bodies and results of its routes."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from shared.observations.domain.observation import EventStanding, Kind
from shared.platform.contract import Output, Page
from shared.ratings.contract import NextStep, RecommendedActivity, SkillImpact, SkillUpdate


class HeldScore(Output):
    held_id: str
    competency: str
    reason: str


class Accepted(Output):
    """Answers every accepted event."""

    event_id: str = Field(
        description="The event's id: the sender's, or the one that we gave; see GET /events/{event_id}"
    )
    employee_id: str
    standing: EventStanding = Field(
        description="held: no score counts until a person has reviewed it; superseded: another about the same counts, "
        "and `notices` say why"
    )
    duplicate: bool = Field(description="The event was known; this is the first answer")
    held: list[HeldScore] = Field(description="Scores that do not count yet: unknown competencies, or a review to come")
    notices: list[str] = Field(description="What was read differently from how it was written")
    unrecognised_fields: list[str] = Field(description="Kept in the ledger, meaning nothing here")


class ValidationAnswer(Accepted):
    validation_id: str
    skill_updates: list[SkillUpdate]
    next_recommended_activities: list[RecommendedActivity]


class FieldAnswer(Accepted):
    observation_id: str
    skill_updates: list[SkillUpdate]
    next_recommended_activities: list[RecommendedActivity]


class LearningAnswer(Accepted):
    activity_id: str
    status: Literal["completed", "in_progress"]
    skill_impact: list[SkillImpact]
    next_steps: list[NextStep]


class ObservedDeal(Output):
    deal_id: str | None
    account_name: str | None


class HistoryItem(Output):
    event_id: str = Field(description="The sender's id, or the one that the event was answered with")
    source: str
    source_id: str
    activity: str
    occurred_at: datetime
    received_at: datetime
    standing: EventStanding = Field(
        description="How it stands now. superseded: another about the same counts, and this one nowhere"
    )
    superseded: str | None = Field(description="Why another about the same counts in its place; null where none does")
    payload: dict[str, Any] = Field(description="As the integration sent it")
    scores_open_at: datetime | None = Field(
        description="Until then the employee sees these scores first, and they are left out here; null: they are open"
    )
    review_id: str | None = Field(description="Where an analyst's scores are reviewed and contested; null for others")
    deal: ObservedDeal | None = Field(
        description="Field: the deal as it is known now, which a person may have said since; null where none is known"
    )


class EventView(HistoryItem):
    employee_id: str
    kind: Kind


class HistoryAnswer(Page):
    employee_id: str
    items: list[HistoryItem]
