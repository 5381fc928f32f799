"""Defines what frameworks takes in and gives out: the bodies and results of its routes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from shared.kernel.bodies import (
    Body,
    DocumentName,
    Identifier,
    Link,
    LongText,
    Points,
    Word,
    one_name,
    printable,
)
from shared.kernel.reading import Misfit


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
            printable(name)
            try:
                extra[name] = one_name(value)
            except ValueError as error:
                raise Misfit(str(error), field=name[:60]) from None
        return self

    def pairs(self) -> dict[str, str]:
        """Returns values by dimension, the given ones only."""
        return {name: value for name, value in {**self.__dict__, **(self.model_extra or {})}.items() if value}


EventType = Literal["role_play", "multiple_choice_test", "certification_exam", "hands_on_lab"]

MOST_ALIASES = 50
MOST_GROUPS = 50
MOST_PHRASES = 200
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
    version: int | None = Field(None, description="Not read: the platform numbers versions")

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


class PhraseGroupBody(Body):
    """Phrases that mean the same."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    means: Word
    phrases: list[Word] = Field(
        max_length=MOST_PHRASES,
        description="Each one or more words that follow each other; `*` at a word's end or beginning: any letters",
    )


class DimensionBody(Body):
    """A context dimension: its values, and the words that mean them."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    values: list[Word] = Field(max_length=200)
    aliases: dict[Word, Word] = Field(default_factory=dict)
    names_products: bool | None = Field(
        None,
        description="Its values and words are the product's own, for who counts what is said of it; null: as it is",
    )
    phrases: list[PhraseGroupBody] | None = Field(
        None,
        max_length=MOST_GROUPS,
        description="What free words mean that are no value and no alias: the first group found in them decides; "
        "null: as it is",
    )
    if_version: int | None = Field(None, ge=1)

    @model_validator(mode="after")
    def _phrases_mean_values(self) -> DimensionBody:
        for group in self.phrases or ():
            if group.means not in self.values:
                raise Misfit(f"phrases mean {group.means!r}, which is not among the values", field="phrases")
        return self

    @model_validator(mode="after")
    def _aliases_mean_values(self) -> DimensionBody:
        for word, value in self.aliases.items():
            if value not in self.values:
                raise Misfit(f"the alias {word!r} means {value!r}, which is not among the values", field="aliases")
        return self


class FrameworkDimension(DimensionBody):
    """A context dimension as a framework's file writes it."""

    dimension: Annotated[str, StringConstraints(pattern=r"^\w{1,60}$")]
    if_version: None = None


class RubricLevel(Body):
    """From which score a rubric's description holds."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True, populate_by_name=True)

    from_score: int = Field(ge=0, le=100, alias="from")
    description: LongText


Words = Annotated[str, StringConstraints(min_length=1, max_length=40, strip_whitespace=True)]
StatementId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
StandardKey = Annotated[str, StringConstraints(pattern=r"^(ST|FA|AU)[0-9]{4}@[0-9]{1,4}\.[0-9]{1,4}$")]


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
    statement: StatementId | None = Field(
        None, description="The publisher's id of what it stands for in the framework's standard"
    )

    @property
    def id_of_skill(self) -> str:
        return self.skill_id or self.competency.replace("_", "-")


class FrameworkRule(RuleBody):
    """An achievement rule as a framework's file writes it."""

    competency: Word


class FrameworkScenario(Body):
    """Describes what can be recommended, as a framework's file writes it."""

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
    synthetic: bool = Field(
        False, description="Invented, to show: lessons of any other are published with a named safety reviewer alone"
    )
    dimensions: list[FrameworkDimension] = Field(default_factory=list, max_length=12)
    competencies: list[FrameworkCompetency] = Field(min_length=1, max_length=500)
    rules: list[FrameworkRule] = Field(default_factory=list, max_length=2_000)
    scenarios: list[FrameworkScenario] = Field(default_factory=list, max_length=2_000)
    required_by_stage: dict[Word, list[Word]] = Field(default_factory=dict)
    next_stage: dict[Word, Word] = Field(
        default_factory=dict,
        description="Which stage a learner goes on with who has reached one; without, what was reached is kept fresh",
    )
    next_framework: Word | None = Field(
        None, description="Which framework follows the last stage; whoever runs the training enrols in it"
    )
    little_at_stake: ScoreContext | None = Field(
        None, description="The context in which a deal's risk is a step lower: little is lost with it"
    )
    stage_phrases: list[PhraseGroupBody] = Field(
        default_factory=list,
        max_length=MOST_GROUPS,
        description="What a CRM's free words for a stage mean: the first group that is found in them decides",
    )
    standard: StandardKey | None = Field(
        None, description="The version of the official standard that it is for, as ST1332@1.1"
    )
    field_words: Words | None = Field(
        None, description="Where field observations are made, in the trade's words: `on site`; null: `in the field`"
    )
    field_unit: Words | None = Field(
        None, description="What one of them is called: `customer conversation`; null: `field observation`"
    )
