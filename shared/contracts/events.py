"""What integrators send: the bodies of `ingest`, exactly as the product's specification prints them.

Fields that a model does not know are kept in the ledger and reported back as `unrecognised_fields`; a missing or
wrong field is a problem that names it. `a | b | c` in an enumerated field, as documentation prints alternatives, is
read as its first alternative, and the answer says so.

A model is built when it is first used (`defer_build`): a function starts with those that it needs.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from shared.contracts.reading import DOCUMENT_NAMES, Misfit, is_document_name

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

MOST_ITEMS = 500
"""Items in one list."""

MOST_SCORES = 60
"""Competency scores in one event."""


_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


def _first_alternative(value: Any) -> Any:
    if isinstance(value, str) and " | " in value:
        return value.split(" | ", 1)[0].strip()
    return value


def _known_spelling(value: Any) -> Any:
    value = _first_alternative(value)
    return "multiple_choice_test" if value == "multiple_choice_quiz" else value


def _printable(value: str) -> str:
    if _CONTROLS.search(value):
        raise ValueError("must not contain control characters")
    return value


def readable(value: str) -> str:
    """Text that may have tabs and new lines, and no other control characters. Raises ValueError."""
    _printable(value.translate({9: " ", 10: " ", 13: " "}))
    return value


def _document_name(value: str) -> str:
    if not is_document_name(value):
        raise ValueError(f"is no id; ids have {DOCUMENT_NAMES}")
    return value


def _iso_text(value: Any) -> Any:
    # A number would be taken for seconds since 1970, in whichever unit it seems to be.
    if isinstance(value, str) and not value.strip().lstrip("+-").replace(".", "", 1).isdigit():
        return value
    if isinstance(value, date):
        return value
    raise ValueError("must be text in ISO 8601, e.g. 2026-02-10T14:30:00Z, or 2026-02-10 for a day")


def _within_the_calendar(value: datetime) -> datetime:
    try:
        value.astimezone(UTC)
    except OverflowError:
        raise ValueError("is outside the calendar (years 1 to 9999 in UTC)") from None
    return value


def _safe_link(value: str) -> str:
    scheme = value.partition(":")[0].strip().lower()
    if scheme in {"javascript", "data", "vbscript"}:
        raise ValueError(f"must be a link to somewhere, not {scheme}:")
    return value


Moment = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_iso_text), AfterValidator(_within_the_calendar)]
"""A date and time with a time zone, as ISO 8601 text."""

Day = Annotated[date, Field(strict=False), BeforeValidator(_iso_text)]
"""A date as ISO 8601 text."""

Identifier = Annotated[
    str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), AfterValidator(_printable)
]
"""A source's own id or name: 1-200 printable characters."""

DocumentName = Annotated[Identifier, AfterValidator(_document_name)]
"""The id of something that is looked up by it: no '/', nor '.', '..' or wrapped in double underscores."""

SourceName = Annotated[Identifier, BeforeValidator(_first_alternative)]
"""The name of an integration."""

EmployeeId = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, strip_whitespace=True, to_lower=True),
    AfterValidator(_document_name),
]
"""An employee's e-mail address or unique identifier, compared in lower case."""

Word = Annotated[
    str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True), AfterValidator(_printable)
]
LongText = Annotated[str, StringConstraints(max_length=4_000), AfterValidator(readable)]
Link = Annotated[
    str, StringConstraints(min_length=1, max_length=2_000), AfterValidator(_printable), AfterValidator(_safe_link)
]
"""Where more is to be seen; whoever opens it is taken there by a browser."""
Points = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
"""A score from 0 to 100; kept to two decimals."""


_PLAIN = frozenset({str, int, float, bool, type(None), datetime, date})


def _nullable(field: JsonSchemaValue) -> JsonSchemaValue:
    """A field's JSON schema that takes null as well."""
    if field.get("type") == "null" or {"type": "null"} in field.get("anyOf", ()):
        return field
    about = {name: value for name, value in field.items() if name in ("title", "description", "default")}
    return {"anyOf": [{name: value for name, value in field.items() if name not in about}, {"type": "null"}], **about}


class Body(BaseModel):
    """The root of request bodies: values are taken as they are typed, a "82" is no number.

    A field that may be absent may also be null, and means the same then.
    """

    model_config = ConfigDict(defer_build=True, extra="allow", strict=True, str_max_length=20_000)

    open_ended: ClassVar[bool] = False
    """Whether further fields are meant to be there: dimensions, a source's own notes."""

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, value: Any) -> Any:
        if not isinstance(value, dict) or None not in value.values():
            return value
        return {name: item for name, item in value.items() if item is not None or not cls._may_be_absent(name)}

    @classmethod
    def _may_be_absent(cls, name: str) -> bool:
        field = cls.model_fields.get(name)
        return cls.open_ended if field is None else not field.is_required()

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler(core_schema)
        properties = handler.resolve_ref_schema(schema).get("properties", {})
        for name, field in properties.items():
            if cls._may_be_absent(name):
                properties[name] = _nullable(field)
        return schema

    @property
    def unrecognised(self) -> list[str]:
        """Dotted paths of the fields that the contract does not know, at most 50."""
        extra = None if self.open_ended else self.__pydantic_extra__
        found = sorted(extra) if extra else []
        for name, value in self.__dict__.items():
            if type(value) in _PLAIN:  # whether something is a model costs more to ask
                continue
            if isinstance(value, Body):
                found += [f"{name}.{field}" for field in value.unrecognised]
            elif isinstance(value, list):
                for index, item in enumerate(value):
                    if isinstance(item, Body):
                        found += [f"{name}.{index}.{field}" for field in item.unrecognised]
        return [field[:200] for field in found[:50]]


class ScoreContext(Body):
    """The context in which a competency was shown; a framework may declare dimensions beyond these four."""

    open_ended = True

    industry: Word | None = None
    deal_size: Word | None = None
    buyer_persona: Word | None = None
    product_line: Word | None = None

    @model_validator(mode="after")
    def _more_dimensions_are_words(self) -> ScoreContext:
        extra = self.model_extra or {}
        if len(extra) > 12:
            raise ValueError("at most 12 further dimensions")
        for name, value in extra.items():
            if not isinstance(value, str) or not 1 <= len(value) <= 120 or not 1 <= len(name) <= 60:
                raise Misfit(f"dimension {name[:60]!r} must be a word of 1-120 characters", field=name[:60])
            _printable(name + value)
        return self

    def pairs(self) -> dict[str, str]:
        """Dimension to value, the given ones only."""
        return {name: value for name, value in {**self.__dict__, **(self.model_extra or {})}.items() if value}


class CompetencyScore(Body):
    """One competency's score in a validation event."""

    competency: Word
    score: Points
    context: ScoreContext | None = None


class SessionMetadata(Body):
    """What a practice application tells about its session; all optional, more is kept."""

    open_ended = True

    duration_seconds: float | None = Field(None, ge=0, allow_inf_nan=False)
    scenario_id: Identifier | None = None
    attempt_number: int | None = Field(None, ge=1, le=100_000)
    certification_eligible: bool | None = None


EventType = Literal["role_play", "multiple_choice_test", "certification_exam", "hands_on_lab"]


class EventBody(Body):
    """What every event has."""

    employee_id: EmployeeId = Field(description="The employee's e-mail address or unique id; must have been imported")


class ValidationEvent(EventBody):
    """The result of a validation activity: a role-play, a test, a certification exam, a hands-on lab."""

    event_id: Identifier | None = Field(None, description="Stable id of the event; a repeated one is a duplicate")
    event_type: Annotated[EventType, BeforeValidator(_known_spelling)]
    event_source: SourceName
    timestamp: Moment = Field(description="When it happened, ISO 8601 with a time zone")
    overall_score: Points
    passed: bool
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
    """Where the observation was made. The personas and products present each count."""

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
        """Dimension to the values present."""
        values: dict[str, list[str]] = {name: list(words) for name, words in self.dimensions.items() if words}
        if self.industry:
            values["industry"] = [self.industry]
        if self.deal_size:
            values["deal_size"] = [self.deal_size]
        if self.buyer_personas:
            values["buyer_persona"] = list(self.buyer_personas)
        if self.products_discussed:
            values["product_line"] = list(self.products_discussed)
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
    analysis_version: int = Field(0, ge=0, le=1_000_000_000, description="Of several analyses the highest stands")
    review_version: int = Field(0, ge=0, le=1_000_000, description="Of several reviews the highest stands")


class FieldObservation(EventBody):
    """What was seen in front of real customers, or on site."""

    observation_id: Identifier | None = Field(None, description="Stable id of this observation")
    observation_source: Identifier
    source_id: Identifier = Field(description="The source's id of the call, thread or visit; a correction repeats it")
    timestamp: Moment = Field(description="When it happened, ISO 8601 with a time zone")
    competency_scores: list[FieldScore] = Field(min_length=1, max_length=MOST_SCORES)
    context: DealContext = Field(default_factory=DealContext)
    source_url: Link | None = None
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
            _printable("".join([name, *value]))
        return self

    def observed(self) -> dict[str, list[str]]:
        """Dimension to the values present."""
        return {name: values for name, values in self.model_dump().items() if values}


class LearningActivity(EventBody):
    """Progress on a piece of learning content. Later reports of the same activity replace earlier ones."""

    activity_id: Identifier | None = None
    activity_type: Annotated[ActivityType, BeforeValidator(_first_alternative)]
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
    assignment_type: Annotated[AssignmentType, BeforeValidator(_first_alternative)] = "self_serve"
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


def to_utc(moment: datetime) -> datetime:
    """The same moment in UTC."""
    return moment.astimezone(UTC)
