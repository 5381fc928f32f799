"""Defines what taxonomy takes in and gives out: the bodies and results of its routes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field, JsonValue, model_validator

from shared.frameworks.contract import MOST_ALIASES, Category, CompetencyName, FrameworkBody, RubricStep, RuleBody
from shared.frameworks.domain.standard import Standard
from shared.kernel.bodies import Body, DocumentName, LongText, Word
from shared.kernel.ids import DEFAULT_FRAMEWORK
from shared.kernel.reading import Misfit
from shared.platform.contract import Number, Output, Page
from shared.ratings.contract import Status


class RuleView(Output):
    competency: str
    context: dict[str, str] | None
    min_validation_attempts: int | None
    min_validation_score: Number | None
    min_field_observations: int | None
    min_field_score: Number | None
    observation_window_days: int
    expires_after_days: int | None
    decay_rate: Number | None
    requires_recertification: bool
    field_overrides_validation: bool
    version: int


class RubricView(Output):
    from_score: int
    description: str


class SkillDefinition(Output):
    skill_id: str
    competency: str
    name: str
    description: str
    category: str
    core: bool
    rubric: list[RubricView]
    aliases: list[str]
    rules: list[RuleView]
    framework_id: str
    framework_version: int


class SkillList(Output):
    skills: list[SkillDefinition]
    framework_id: str
    framework_version: int


class SkillVersion(Output):
    version: int
    published_at: datetime
    published_by: str
    change: str
    definition: SkillDefinition | None


class SkillVersions(Output):
    skill_id: str
    versions: list[SkillVersion]


class StatusChange(Output):
    """One person whose status would change."""

    employee_id: str
    name: str
    context: dict[str, str] | None
    status_now: Status
    status_then: Status
    rating: Number | None
    why: str


class PreviewAnswer(Page):
    """Tells what a change of rules would do. Nothing has been published."""

    people: int = Field(description="Active people looked at: on this page, or all of them where `changes` is null")
    gaining: int | None = Field(description="How many would become validated; null: fewer than 5 people were looked at")
    losing: int | None = Field(description="How many would no longer be validated; null likewise")
    changes: list[StatusChange] | None = Field(
        description="Person by person, for administrators and on record; null for others, who get the numbers of "
        "everybody in one answer, whatever `limit` and `cursor` say"
    )


class FrameworkSummary(Output):
    framework_id: str
    name: str
    version: int
    competencies: int
    rules: int


class FrameworkList(Output):
    frameworks: list[FrameworkSummary]


class FrameworkAnswer(Output):
    """A whole framework: its competencies, dimensions, rules and scenarios."""

    framework: dict[str, Any]


class FrameworkAsAnswered(Body):
    """A whole framework as it is answered."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    framework: FrameworkBody


class HeldItem(Output):
    held_id: str
    employee_id: str
    event_id: str
    competency: str
    state: Literal["open", "aliased", "dismissed", "known"]
    held_at: datetime


class HeldList(Page):
    items: list[HeldItem]


class UnknownValueItem(Output):
    dimension: str
    value: str = Field(description="As it was first written")
    events: int = Field(description="How many events had it; each counts for the general skill")
    sources: list[str] = Field(description="Who sent them, at most 10")
    first_seen: datetime
    last_seen: datetime


class UnknownValues(Output):
    framework_id: str
    items: list[UnknownValueItem] = Field(description="The newest 200, those seen last first")


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
    framework_id: DocumentName = DEFAULT_FRAMEWORK


class SkillChange(Body):
    """A change of a skill definition: what is absent stays as it is. A definition as it was read changes nothing.

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
    skill_id: Word | None = Field(None, description="May repeat the path's; nothing else")
    competency: Word | None = Field(None, description="May repeat the skill's; nothing else")
    framework_id: Word | None = Field(None, description="May repeat the framework's; nothing else")
    framework_version: int | None = Field(None, description="Not read: the platform numbers versions")


class HeldDecision(Body):
    """Decides what to do with scores of an unknown competency: read the word as a known one, or dismiss it."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    decision: Literal["alias", "dismiss"]
    competency: Word | None = Field(None, description="With `alias`: the known competency that the word means")

    @model_validator(mode="after")
    def _alias_names_one(self) -> HeldDecision:
        if self.decision == "alias" and not self.competency:
            raise Misfit("`alias` needs the competency that the word means", field="competency")
        return self


class PublishedStandard(Body):
    """Holds one record as its publisher has it, whatever its fields: what is wrong with them is told by the import."""

    model_config = ConfigDict(defer_build=True, extra="allow", strict=True)

    __pydantic_extra__: dict[str, JsonValue] = Field(init=False)


class StandardsFile(Body):
    """Holds the records of a file of official standards: about a hundred standards with all their versions at most."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    standards: list[PublishedStandard] = Field(min_length=1, max_length=500)


ImportResult = Literal["created", "updated", "unchanged", "rejected"]


class ImportedStandard(Output):
    record: int = Field(description="Its place in the file, from 1")
    reference: str
    version: str
    title: str
    result: ImportResult
    revision: int | None = Field(description="Of its text, from 1; none for what was rejected")
    statements: int | None = Field(description="How many knowledges, skills and behaviours it has")


class StandardDefect(Output):
    record: int | None
    reference: str
    version: str
    code: str = Field(description="The Department's own where it has one (E, S, W1), else ours (P, W2)")
    severity: Literal["refused", "warning"]
    field: str
    detail: str


class StandardsImport(Output):
    """Reports an import, record by record, with everything that is wrong."""

    dry_run: bool
    standards: list[ImportedStandard]
    defects: list[StandardDefect]


class StandardHead(Output):
    """Says which version of which standard it is. revision: counts the texts that the version had, from 1"""

    key: str
    reference: str
    version: str
    revision: int
    title: str
    kind: Literal["apprenticeship", "foundation_apprenticeship", "apprenticeship_unit"]
    level: int
    status: str


class StandardSummary(StandardHead):
    statements: int
    imported_at: datetime


class StandardList(Page):
    standards: list[StandardSummary]


class StandardStatement(Output):
    code: str
    statement_id: str
    category: Literal["knowledge", "skill", "behaviour"]
    text: str


class StandardDuty(Output):
    duty_id: str
    text: str
    core: bool
    statements: list[str] = Field(description="Codes")
    options: list[str] = Field(description="Titles; none: for every learner")


class StandardWarning(Output):
    code: str
    field: str
    detail: str


class StandardView(StandardHead):
    """One version of a standard."""

    route: str | None
    typical_months: int | None
    minimum_hours: int | None
    may_start_from: date | None
    may_start_until: date | None
    plan_url: str | None
    options: list[str]
    statements: list[StandardStatement]
    duties: list[StandardDuty]
    warnings: list[StandardWarning] = Field(description="What was told of this text at its import")

    @classmethod
    def of(cls, standard: Standard, revision: int, warnings: Iterable[StandardWarning] = ()) -> StandardView:
        """Returns what is shown of a standard."""
        titles = {option.option_id: option.title for option in standard.options}
        return cls(
            key=standard.key,
            reference=standard.reference,
            version=str(standard.version),
            revision=revision,
            title=standard.title,
            kind=standard.kind.value,
            level=standard.level,
            status=standard.status,
            route=standard.route,
            typical_months=standard.typical_months,
            minimum_hours=standard.minimum_hours,
            may_start_from=standard.starts[0],
            may_start_until=standard.starts[1],
            plan_url=standard.plan_url,
            options=list(titles.values()),
            statements=[
                StandardStatement(
                    code=one.code, statement_id=one.statement_id, category=one.category.value, text=one.text
                )
                for one in standard.statements
            ],
            duties=[
                StandardDuty(
                    duty_id=duty.duty_id,
                    text=duty.text,
                    core=duty.core,
                    statements=list(duty.codes),
                    options=[titles[one] for one in duty.options],
                )
                for duty in standard.duties
            ],
            warnings=list(warnings),
        )
