"""Defines what observations takes in and gives out: the bodies and results of its routes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from shared.kernel.reading import Misfit

if TYPE_CHECKING:
    pass
from shared.frameworks.contract import EventType, ScoreContext
from shared.kernel.bodies import (
    Body,
    EmployeeId,
    Identifier,
    Link,
    LongText,
    Moment,
    Points,
    SourceName,
    Word,
    first_alternative,
    one_name,
    printable,
)
from shared.observations.wire.context_fields import SPECIFIED

MOST_SCORES = 60
"""Competency scores in one event."""


def _known_spelling(value: Any) -> Any:
    value = first_alternative(value)
    return "multiple_choice_test" if value == "multiple_choice_quiz" else value


class CompetencyScore(Body):
    """One competency's score in a validation event."""

    competency: Word
    score: Points
    context: ScoreContext | None = None


class SessionMetadata(Body):
    """Describes a practice application's session; all optional, more is kept."""

    open_ended = True

    duration_seconds: float | None = Field(None, ge=0, allow_inf_nan=False)
    scenario_id: Identifier | None = None
    attempt_number: int | None = Field(None, ge=1, le=100_000)
    certification_eligible: bool | None = None


class EventBody(Body):
    """Holds what every event has."""

    employee_id: EmployeeId = Field(description="The employee's e-mail address or unique id; must have been imported")


class ValidationEvent(EventBody):
    """The result of a validation activity: a role-play, a test, a certification exam, a hands-on lab."""

    event_id: Identifier | None = Field(
        None,
        description="Stable id of the event; a repeated one is a duplicate. Without it, what says the same is the same "
        "event, whatever its links",
    )
    event_type: Annotated[EventType, BeforeValidator(_known_spelling)]
    event_source: SourceName
    timestamp: Moment = Field(description="When it happened, ISO 8601 with a time zone")
    overall_score: Points
    passed: bool = Field(
        description="false: counts in averages and is no attempt; it neither validates nor recertifies"
    )
    competency_scores: list[CompetencyScore] = Field(min_length=1, max_length=MOST_SCORES)
    details_url: Link | None = None
    session_metadata: SessionMetadata = Field(default_factory=SessionMetadata)

    @model_validator(mode="after")
    def _each_skill_once(self) -> ValidationEvent:
        _once(
            "competency_scores",
            [
                (s.competency, tuple(sorted((s.context.pairs() if s.context else {}).items())))
                for s in self.competency_scores
            ],
        )
        return self


class FieldScore(Body):
    """One competency's score in a field observation."""

    competency: Word
    score: Points
    evidence: LongText | None = None
    confidence: float | None = Field(
        None, ge=0, le=1, allow_inf_nan=False, description="Of this score alone; without it, the whole analysis's"
    )


class DealContext(Body):
    """Tells where the observation was made. The personas and products present each count."""

    deal_id: Identifier | None = Field(None, description="The CRM's id of the deal")
    account_name: Word | None = None
    industry: Word | None = None
    deal_size: Word | None = None
    deal_stage: Word | None = None
    buyer_personas: list[Word] = Field(default_factory=list, max_length=20)
    products_discussed: list[Word] = Field(default_factory=list, max_length=20)
    dimensions: dict[Word, list[Word] | None] = Field(
        default_factory=dict, description="Further dimensions that the framework declares (voltage, cable_type …)"
    )

    def observed(self) -> dict[str, list[str]]:
        """Returns the values present, by dimension."""
        values: dict[str, list[str]] = {name: list(words) for name, words in self.dimensions.items() if words}
        for one in SPECIFIED:
            given = getattr(self, one.field)
            if given:
                values[one.dimension] = list(given) if one.several else [given]
        return values


class AnalysisMetadata(Body):
    """How the scores came about. A score below 0.6 confidence waits for a person, unless one has reviewed it."""

    open_ended = True

    model_config = ConfigDict(
        defer_build=True, extra="allow", strict=True, str_max_length=20_000, protected_namespaces=()
    )

    model_used: Word | None = None
    confidence_score: float | None = Field(None, ge=0, le=1, allow_inf_nan=False)
    human_reviewed: bool | None = None
    review_decision: Literal["confirmed", "corrected", "rejected"] | None = Field(
        None, description="What the person decided; with `human_reviewed`. Rejected scores do not count"
    )
    analysis_version: int = Field(
        0, ge=0, le=1_000_000_000, description="Of several analyses the highest counts, of equal ones the last received"
    )
    review_version: int = Field(0, ge=0, le=1_000_000, description="Of several reviews the highest stands")


class Recording(Body):
    """Names a recorded call by its recorder: whoever names the same one reports the same call."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    source: Identifier = Field(description="The recorder, as its own observations name it, e.g. `gong`")
    id: Identifier = Field(description="The recorder's id of the call")


class FieldObservation(EventBody):
    """Reports what was seen in front of real customers, or on site."""

    observation_id: Identifier | None = Field(None, description="Stable id of this observation")
    observation_source: Identifier
    source_id: Identifier = Field(description="The source's id of the call, thread or visit; a correction repeats it")
    timestamp: Moment = Field(description="When it happened, ISO 8601 with a time zone")
    competency_scores: list[FieldScore] = Field(min_length=1, max_length=MOST_SCORES)
    context: DealContext = Field(default_factory=DealContext)
    source_url: Link | None = Field(
        None, description="Where it can be seen. A link to a call at Gong (`…gong.io/call?id=…`) names the `recording`"
    )
    recording: Recording | None = Field(
        None,
        description="The call as its recorder knows it, where that is another source: the call then counts once, by "
        "the analysis that stands of all that name it. Send it with every correction",
    )
    analysis_metadata: AnalysisMetadata = Field(default_factory=AnalysisMetadata)

    @model_validator(mode="after")
    def _each_skill_once(self) -> FieldObservation:
        _once("competency_scores", [(score.competency, ()) for score in self.competency_scores])
        return self


ActivityType = Literal[
    "video", "course", "documentation", "podcast", "battlecard", "call_recording", "workshop", "lesson"
]


AssignmentType = Literal["self_serve", "manager_assigned", "auto_triggered"]


class ContextTags(Body):
    """The contexts that a content piece focuses on; each value counts. More dimensions are kept."""

    open_ended = True

    industry: list[Word] = Field(default_factory=list, max_length=20)
    product_line: list[Word] = Field(default_factory=list, max_length=20)

    @model_validator(mode="after")
    def _more_dimensions_are_lists(self) -> ContextTags:
        for name, value in (self.model_extra or {}).items():
            if (
                not isinstance(value, list)
                or len(value) > 20
                or any(not isinstance(word, str) or not 1 <= len(word) <= 120 for word in value)
            ):
                raise Misfit(
                    f"dimension {name[:60]!r} must be a list of at most 20 words of 1-120 characters", field=name[:60]
                )
            printable(name)
            try:
                value[:] = map(one_name, value)
            except ValueError as error:
                raise Misfit(str(error), field=name[:60]) from None
        return self

    def observed(self) -> dict[str, list[str]]:
        """Returns the values present, by dimension."""
        return {name: values for name, values in self.model_dump().items() if values}


class LearningActivity(EventBody):
    """Progress on a piece of learning content. Later reports of the same activity replace earlier ones."""

    activity_id: Identifier | None = None
    activity_type: Annotated[ActivityType, BeforeValidator(first_alternative)]
    content_id: Identifier
    content_title: Word | None = None
    content_url: Link | None = None
    started_at: Moment = Field(description="ISO 8601 with a time zone")
    completed_at: Moment | None = None
    completion_percentage: Points
    quiz_score: Points | None = None
    quiz_passed: bool | None = None
    related_competencies: list[Word] = Field(min_length=1, max_length=MOST_SCORES)
    context_tags: ContextTags = Field(default_factory=ContextTags)
    assignment_type: Annotated[AssignmentType, BeforeValidator(first_alternative)] = "self_serve"
    trigger_reason: Word | None = None
    due_date: Moment | None = None

    @model_validator(mode="after")
    def _consistent(self) -> LearningActivity:
        _once("related_competencies", [(competency, ()) for competency in self.related_competencies])
        if self.completed_at is not None and self.completed_at < self.started_at:
            raise Misfit("is before started_at", field="completed_at")
        return self


def _once(field: str, skills: list[tuple[str, Any]]) -> None:
    seen = set()
    for index, skill in enumerate(skills):
        if skill in seen:
            raise Misfit(f"{skill[0]!r} appears twice in the same context (item {index})", field=f"{field}.{index}")
        seen.add(skill)
