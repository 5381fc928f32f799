"""What people and administrators send, beside the events of `shared.contracts.events`, whose names are here as well.

A model is built when it is first used (`defer_build`): a function starts with those that it needs.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator

from shared.contracts.events import (
    MOST_ITEMS,
    MOST_SCORES,
    ActivityType,
    AnalysisMetadata,
    AssignmentType,
    Body,
    CompetencyScore,
    ContextTags,
    Day,
    DealContext,
    DocumentName,
    EmployeeId,
    EventBody,
    EventType,
    FieldObservation,
    FieldScore,
    Identifier,
    LearningActivity,
    Link,
    LongText,
    Moment,
    Points,
    ScoreContext,
    SessionMetadata,
    SourceName,
    ValidationEvent,
    Word,
    readable,
    to_utc,
)
from shared.contracts.reading import Misfit
from shared.domain.access import Role

__all__ = [
    "MOST_ITEMS",
    "MOST_SCORES",
    "ActivityType",
    "AnalysisMetadata",
    "AssignmentType",
    "Body",
    "CompetencyScore",
    "ContextTags",
    "Day",
    "DealContext",
    "DocumentName",
    "EmployeeId",
    "EventBody",
    "EventType",
    "FieldObservation",
    "FieldScore",
    "Identifier",
    "LearningActivity",
    "Link",
    "LongText",
    "Moment",
    "Points",
    "Role",
    "ScoreContext",
    "SessionMetadata",
    "SourceName",
    "ValidationEvent",
    "Word",
    "readable",
    "to_utc",
]

MOST_ALIASES = 50
"""Other words for one competency."""


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
                raise Misfit(f"the alias {word!r} means {value!r}, which is not among the values", field="aliases")
        return self


class RecalculationBody(Body):
    """Which employees to recalculate, and whether from the ledger of events."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    employee_ids: list[EmployeeId] | None = Field(None, max_length=500, description="Absent: everyone")
    from_ledger: bool = Field(False, description="Rebuild every state from the events before rating")


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
            raise Misfit("`alias` needs the competency that the word means", field="competency")
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
    str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True), AfterValidator(readable)
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
