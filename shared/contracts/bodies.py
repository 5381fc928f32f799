"""What integrators send: the bodies of `ingest`, exactly as the product's specification prints them.

Fields that a model does not know are kept in the ledger and reported back as `unrecognised_fields`; a missing or
wrong field is a problem that names it. `a | b | c` in an enumerated field, as documentation prints alternatives, is
read as its first alternative, and the answer says so.

A model is built when it is first used (`defer_build`): a function starts with those that it needs.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from shared.contracts.reading import DOCUMENT_NAMES, is_document_name

MOST_ITEMS = 500
"""Items in one list."""

MOST_ALIASES = 50
"""Other words for one competency."""

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


def _readable(value: str) -> str:
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
LongText = Annotated[str, StringConstraints(max_length=4_000), AfterValidator(_readable)]
Link = Annotated[
    str, StringConstraints(min_length=1, max_length=2_000), AfterValidator(_printable), AfterValidator(_safe_link)
]
"""Where more is to be seen; whoever opens it is taken there by a browser."""
Points = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
"""A score from 0 to 100; kept to two decimals."""


class Body(BaseModel):
    """The root of request bodies: values are taken as they are typed, a "82" is no number."""

    model_config = ConfigDict(defer_build=True, extra="allow", strict=True, str_max_length=20_000)

    open_ended: ClassVar[bool] = False
    """Whether further fields are meant to be there: dimensions, a source's own notes."""

    @property
    def unrecognised(self) -> list[str]:
        """Dotted paths of the fields that the contract does not know, at most 50."""
        found = [] if self.open_ended else sorted(self.model_extra or {})
        for name, value in self.__dict__.items():
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
                raise ValueError(f"dimension {name[:60]!r} must be a word of 1-120 characters")
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
            [
                (s.competency, tuple(sorted((s.context.pairs() if s.context else {}).items())))
                for s in self.competency_scores
            ]
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
    dimensions: dict[Word, list[Word]] = Field(
        default_factory=dict, description="Further dimensions that the framework declares (voltage, cable_type …)"
    )

    @field_validator("buyer_personas", "products_discussed", mode="before")
    @classmethod
    def _null_is_none(cls, value: Any) -> Any:
        return [] if value is None else value

    def observed(self) -> dict[str, list[str]]:
        """Dimension to the values present."""
        values: dict[str, list[str]] = {name: list(words) for name, words in self.dimensions.items()}
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
    analysis_version: int = Field(0, ge=0, le=1_000_000, description="Of several analyses the highest stands")
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
        _once([(score.competency, ()) for score in self.competency_scores])
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
                raise ValueError(f"dimension {name[:60]!r} must be a list of at most 20 words of 1-120 characters")
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
        _once([(competency, ()) for competency in self.related_competencies])
        if self.completed_at is not None and self.completed_at < self.started_at:
            raise ValueError("completed_at is before started_at")
        return self


def _once(skills: list[tuple[str, Any]]) -> None:
    seen = set()
    for index, skill in enumerate(skills):
        if skill in seen:
            raise ValueError(f"{skill[0]!r} appears twice in the same context (item {index})")
        seen.add(skill)


class RuleBody(Body):
    """An achievement rule, as the specification's SkillAchievementRule. Averages in points, windows in days."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    competency: Word | None = Field(None, description="May repeat the skill's competency; nothing else")
    context: ScoreContext | None = None
    min_validation_attempts: int | None = Field(None, ge=1, le=1_000)
    min_validation_score: Points | None = None
    min_field_observations: int | None = Field(None, ge=1, le=1_000)
    min_field_score: Points | None = None
    observation_window_days: int = Field(90, ge=1, le=730)
    expires_after_days: int | None = Field(None, ge=1, le=3_650)
    decay_rate: float | None = Field(None, ge=0, le=100, allow_inf_nan=False, description="Points per 30 days")
    requires_recertification: bool = False
    field_overrides_validation: bool = True

    @model_validator(mode="after")
    def _has_a_minimum(self) -> RuleBody:
        minimums = (
            self.min_validation_attempts,
            self.min_validation_score,
            self.min_field_observations,
            self.min_field_score,
        )
        if all(minimum is None for minimum in minimums):
            raise ValueError(
                "a rule needs at least one of min_validation_attempts, min_validation_score, min_field_observations, "
                "min_field_score"
            )
        return self


class RubricStep(Body):
    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    from_score: int = Field(ge=0, le=100)
    description: LongText


Category = Literal[
    "sales_technique", "product_knowledge", "industry_expertise", "soft_skills", "knowledge", "skill", "behaviour"
]
CompetencyName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]


class SkillBody(Body):
    """A skill definition with its achievement rules. `rules` replaces all rules of the skill."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    competency: CompetencyName
    name: Word | None = None
    description: LongText = ""
    category: Category = "sales_technique"
    core: bool = False
    rubric: list[RubricStep] = Field(default_factory=list, max_length=20)
    aliases: list[Word] = Field(default_factory=list, max_length=MOST_ALIASES)
    rules: list[RuleBody] = Field(default_factory=list, max_length=50)
    framework_id: DocumentName = "sales_engineering"


class SkillChange(Body):
    """A change of a skill definition: what is absent stays as it is.

    if_version: the framework version that the change was made on; a newer one in force is a conflict.
    """

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    name: Word | None = None
    description: LongText | None = None
    category: Category | None = None
    core: bool | None = None
    rubric: list[RubricStep] | None = Field(None, max_length=20)
    aliases: list[Word] | None = Field(None, max_length=MOST_ALIASES)
    rules: list[RuleBody] | None = Field(None, max_length=50)
    if_version: int | None = Field(None, ge=1)


class DimensionBody(Body):
    """A context dimension: its values, and the words that mean them."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    values: list[Word] = Field(max_length=200)
    aliases: dict[Word, Word] = Field(default_factory=dict)
    if_version: int | None = Field(None, ge=1)

    @model_validator(mode="after")
    def _aliases_mean_values(self) -> DimensionBody:
        for word, value in self.aliases.items():
            if value not in self.values:
                raise ValueError(f"the alias {word!r} means {value!r}, which is not among the values")
        return self


class RecalculationBody(Body):
    """Which employees to recalculate, and whether from the ledger of events."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    employee_ids: list[EmployeeId] | None = Field(None, max_length=500, description="Absent: everyone")
    from_ledger: bool = Field(False, description="Rebuild every state from the events before rating")


Role = Literal["employee", "manager", "senior_manager", "enablement", "cro", "mentor", "employer", "administrator"]


class EmployeeBody(Body):
    """An employee's record."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    name: Word
    role: Role = "employee"
    manager: EmployeeId | None = None
    hire_date: Day | None = None
    framework_id: DocumentName = "sales_engineering"
    mentor: EmployeeId | None = None
    active: bool = True


class HeldDecision(Body):
    """What to do with scores of an unknown competency: read the word as a known one, or dismiss it."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    decision: Literal["alias", "dismiss"]
    competency: Word | None = Field(None, description="With `alias`: the known competency that the word means")

    @model_validator(mode="after")
    def _alias_names_one(self) -> HeldDecision:
        if self.decision == "alias" and not self.competency:
            raise ValueError("`alias` needs the competency that the word means")
        return self


class ReviewedScore(Body):
    """What a person makes of one competency's score."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    competency: Word
    score: Points


class ReviewDecision(Body):
    """A person's decision on an analyst's scores of one call."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    decision: Literal["confirm", "correct", "reject"]
    scores: list[ReviewedScore] = Field(
        default_factory=list, max_length=MOST_SCORES, description="With `correct`: the scores that are to be others"
    )
    drop: list[Word] = Field(
        default_factory=list, max_length=MOST_SCORES, description="With `correct`: competencies that were not shown"
    )
    note: LongText | None = Field(None, description="For the employee and other reviewers; kept in the review only")
    event_id: Identifier | None = Field(
        None, description="The analysis that was looked at; if another one stands by now, it is a conflict"
    )

    @model_validator(mode="after")
    def _says_what_it_changes(self) -> ReviewDecision:
        if self.decision == "correct" and not self.scores and not self.drop:
            raise ValueError("`correct` needs `scores` or `drop`; to leave all as they are, `confirm`")
        if self.decision != "correct" and (self.scores or self.drop):
            raise ValueError(f"`{self.decision}` takes neither `scores` nor `drop`; to change some, `correct`")
        named = [score.competency for score in self.scores] + self.drop
        for competency in named:
            if named.count(competency) > 1:
                raise ValueError(f"{competency!r} is named twice")
        return self


class ReviewSettingsBody(Body):
    """How scores are reviewed. What is absent stays as it is."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    employee_first_hours: float | None = Field(
        None,
        ge=0,
        le=720,
        allow_inf_nan=False,
        description="So long the employee sees a score first; 0: off",
    )
    sample_share: float | None = Field(
        None,
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="Share of the analyses that count which are reviewed",
    )
    contest_days: int | None = Field(None, ge=1, le=365, description="So long after a score it may be contested")

    @model_validator(mode="after")
    def _changes_something(self) -> ReviewSettingsBody:
        if self.employee_first_hours is None and self.sample_share is None and self.contest_days is None:
            raise ValueError("give at least one of employee_first_hours, sample_share, contest_days")
        return self


class Contest(Body):
    """An employee's objection to the scores of an own call."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    reason: Annotated[LongText, StringConstraints(min_length=1, strip_whitespace=True)] = Field(
        description="For the reviewer; kept in the review only"
    )
    competencies: list[Word] = Field(
        default_factory=list, max_length=MOST_SCORES, description="Which scores; empty: all of the call"
    )


def to_utc(moment: datetime) -> datetime:
    """The same moment in UTC."""
    return moment.astimezone(UTC)


class FrameworkDimension(DimensionBody):
    """A context dimension as a framework's file writes it."""

    dimension: Annotated[str, StringConstraints(pattern=r"^\w{1,60}$")]
    if_version: None = None


class RubricLevel(Body):
    """From which score a rubric's description holds."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True, populate_by_name=True)

    from_score: int = Field(ge=0, le=100, alias="from")
    description: LongText


class FrameworkCompetency(Body):
    """A competency as a framework's file writes it."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    competency: Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,59}$")]
    skill_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,59}$")] | None = None
    name: Word | None = None
    description: LongText = ""
    category: Category = "sales_technique"
    core: bool = False
    rubric: list[RubricLevel] = Field(default_factory=list, max_length=20)
    aliases: list[Word] = Field(default_factory=list, max_length=MOST_ALIASES)

    @property
    def id_of_skill(self) -> str:
        return self.skill_id or self.competency.replace("_", "-")


class FrameworkRule(RuleBody):
    """An achievement rule as a framework's file writes it. version: not read; the platform numbers versions."""

    competency: Word
    version: int | None = None


class FrameworkScenario(Body):
    """What can be recommended, as a framework's file writes it."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    scenario_id: Identifier
    title: Word
    activity_type: EventType = "role_play"
    competencies: list[Word] = Field(min_length=1, max_length=20)
    context: ScoreContext | None = None
    minutes: int = Field(15, ge=1, le=10_000)
    url: Link | None = None


class FrameworkBody(Body):
    """A whole framework, in the shape of its file. version: not read; the platform numbers versions."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    framework_id: DocumentName
    name: Word
    version: int | None = None
    dimensions: list[FrameworkDimension] = Field(default_factory=list, max_length=12)
    competencies: list[FrameworkCompetency] = Field(min_length=1, max_length=500)
    rules: list[FrameworkRule] = Field(default_factory=list, max_length=2_000)
    scenarios: list[FrameworkScenario] = Field(default_factory=list, max_length=2_000)
    required_by_stage: dict[Word, list[Word]] = Field(default_factory=dict)


class ReanalysisBody(Body):
    """A period whose calls are to be analysed again: [since, until)."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    since: Moment
    until: Moment
    source: Identifier | None = Field(None, description="Only calls of this source; all without it")


class DealLinkBody(Body):
    """The deal of a call, as a person says it."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    deal_id: DocumentName = Field(description="The opportunity's id in the CRM")
    account_name: Identifier | None = Field(
        None,
        description="The customer; without it, what is known stays. Later calls of this account find the deal",
    )


class EmailThreadBody(Body):
    """An exported e-mail thread: the text of an mbox or .eml file, or its messages one by one."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True, str_max_length=5_000_000)

    export: str | None = Field(None, description="The text of an mbox file, or of one message that quotes the thread")
    messages: list[dict[str, Any]] | None = Field(
        None, max_length=500, description="from, to, cc, date (RFC 5322 or ISO 8601), subject, message_id, text or html"
    )
    thread_id: str | None = Field(
        None,
        pattern="^[A-Za-z0-9_-]{1,64}$",
        description="The source's id of the thread; made of its first message without it",
    )
    context: DealContext = Field(default_factory=DealContext, description="The deal; deal_id links the thread to it")

    @model_validator(mode="after")
    def _one_form(self) -> EmailThreadBody:
        if (self.export is None) == (self.messages is None):
            raise ValueError("give either `export` or `messages`")
        return self


Reason = Annotated[
    str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True), AfterValidator(_readable)
]


class GrantBody(Body):
    """Lets a manager or mentor read one employee's transcripts for a while."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    employee_id: EmployeeId = Field(description="Whose calls")
    to: EmployeeId = Field(description="The employee's manager or mentor")
    purpose: Reason = Field(description="What for; the employee sees it")
    days: int = Field(30, ge=1, le=90, description="How long")


class EscalationBody(Body):
    """Lets a senior manager read one call's transcript for seven days."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    call_id: DocumentName = Field(description="The call's `record_id`")
    to: EmployeeId = Field(description="A senior manager above somebody who took part")
    reason: Reason = Field(description="Why; those who took part see it")


class ErasureBody(Body):
    """Confirms that a person is to be erased."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    employee_id: EmployeeId = Field(description="The id of the path once more: this cannot be undone")
