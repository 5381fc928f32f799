"""Defines what intake takes in and gives out: the bodies and results of its routes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from shared.kernel.bodies import Body, EmployeeId, Identifier, SourceName, readable
from shared.observations.domain.observation import EventStanding, Kind
from shared.platform.contract import ItemResult, ListAnswer, Output, Page
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
        description="held: no score counts until a person has reviewed it; superseded: another about the same counts; "
        "void: it was taken out; `notices` say why"
    )
    duplicate: bool = Field(description="The event was known; this is the first answer")
    held: list[HeldScore] = Field(description="Scores that do not count yet: unknown competencies, or a review to come")
    notices: list[str] = Field(
        description="What was read differently from how it was written, and what of a context the framework does not "
        "know: it is kept as it came"
    )
    unrecognised_fields: list[str] = Field(description="Kept in the ledger, meaning nothing here")


SKILL_UPDATES: Any = Field(
    description="The skills that the event scores, and every other row of the profile that it changed, as of the day "
    "of the answer. Of a duplicate: as the first answer had it; a mirror that has kept that leaves it alone"
)


class ValidationAnswer(Accepted):
    validation_id: str
    skill_updates: list[SkillUpdate] = SKILL_UPDATES
    next_recommended_activities: list[RecommendedActivity]


class FieldAnswer(Accepted):
    observation_id: str
    skill_updates: list[SkillUpdate] = SKILL_UPDATES
    next_recommended_activities: list[RecommendedActivity]


class LearningAnswer(Accepted):
    activity_id: str
    status: Literal["completed", "in_progress"]
    skill_impact: list[SkillImpact]
    skill_updates: list[SkillUpdate] = SKILL_UPDATES
    next_steps: list[NextStep]


class ValidationResult(ItemResult):
    answer: ValidationAnswer | None = None


class ValidationListAnswer(ListAnswer):
    """Answers a list of validation events: one result per item, in the list's order."""

    results: list[ValidationResult]


class FieldResult(ItemResult):
    answer: FieldAnswer | None = None


class FieldListAnswer(ListAnswer):
    """Answers a list of field observations: one result per item, in the list's order."""

    results: list[FieldResult]


class LearningResult(ItemResult):
    answer: LearningAnswer | None = None


class LearningListAnswer(ListAnswer):
    """Answers a list of learning activities: one result per item, in the list's order."""

    results: list[LearningResult]


class ObservedDeal(Output):
    deal_id: str | None
    account_name: str | None


class VoidBody(Body):
    """Names an event that was recorded by mistake."""

    event_id: Identifier = Field(
        description="The sender's id, or the one that the event was answered with; of a field observation that was "
        "sent without an `observation_id` its `source_id` as well"
    )
    source: SourceName | None = Field(
        None, description="The event's source, which an id of its sender's needs; learning has none"
    )
    employee_id: EmployeeId | None = Field(
        None, description="Whose event, where several people have one under this id, as those of one conversation do"
    )
    kind: Literal["validation", "field"] | None = Field(
        None,
        description="With it a void is kept for an event that has not come yet, and applies when it comes; it needs "
        "the sender's id and source. Without it, or with `employee_id`, such an event is not found",
    )
    reason: Annotated[
        str, StringConstraints(min_length=3, max_length=500, strip_whitespace=True), AfterValidator(readable)
    ] = Field(description="Why it is void; the history shows it to whoever may see that")


class VoidedView(Output):
    by: str = Field(description="Who took it out: an employee's id, or a service's address")
    at: datetime
    reason: str


class VoidAnswer(Output):
    event_id: str
    source: str
    kind: Kind
    employee_id: str | None = Field(description="null for an event that has not come yet")
    standing: Literal["void"]
    duplicate: bool = Field(description="It was void already, by the person and for the reason that are named")
    void_by: str
    void_at: datetime
    reason: str
    void_with_it: list[str] = Field(
        description="What the same source reported before of this person and source id, and is void with it, by ids"
    )
    skill_updates: list[SkillUpdate] = Field(
        description="Every row of the person's profile that the void changed; of a duplicate none"
    )


class RecordedCall(Output):
    source: str
    id: str


class HistoryItem(Output):
    event_id: str = Field(description="The sender's id, or the one that the event was answered with")
    source: str = Field(description="Who sent it")
    source_id: str = Field(description="The sender's id of what it is about")
    recording: RecordedCall | None = Field(
        description="Field: the recorder's id of the call, where the sender named it; of all that name it one counts"
    )
    notices: list[str] = Field(description="What looks like the same call from another source, which counts besides")
    activity: str
    occurred_at: datetime
    received_at: datetime
    standing: EventStanding | Literal["not_open_yet"] = Field(
        description="How it stands now. superseded: another about the same counts, and this one nowhere; void: it was "
        "recorded by mistake; not_open_yet: see `scores_open_at`"
    )
    superseded: str | None = Field(description="Why another about the same counts in its place; null where none does")
    void: VoidedView | None = Field(description="Who took it out, when and why; null for what is not void")
    payload: dict[str, Any] = Field(description="As the integration sent it; while it is closed only what it is about")
    scores_open_at: datetime | None = Field(
        description="Until then the employee sees these scores first, and all that tells of them is left out here; "
        "null: they are open"
    )
    review_id: str | None = Field(description="Where an analyst's scores are reviewed and contested; null for others")
    deal: ObservedDeal | None = Field(
        description="Field: the deal as it is known now, which a person may have said since; null where none is known"
    )


class EventView(HistoryItem):
    employee_id: str
    employee_name: str
    kind: Kind


class HistoryAnswer(Page):
    employee_id: str
    items: list[HistoryItem]
