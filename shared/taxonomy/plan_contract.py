"""Defines what taxonomy takes in and gives out of assessment plans, and of frameworks drafted from standards."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from shared.frameworks.contract import StandardKey
from shared.frameworks.domain.assessment_plan import AssessmentPlan, Method, PlannedStatement, PlanWords
from shared.kernel.bodies import Body, Link, Word
from shared.platform.contract import Output
from shared.taxonomy.contract import FrameworkAnswer, StandardDefect, StandardWarning

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,3}[0-9]{1,3}$")]
MethodId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
PlanVersion = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,4}(\.[0-9]{1,4}){0,2}$")]


class PlanWordsBody(Body):
    """Holds what the plan itself calls things; every page about it uses these words."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    assessment: Word
    gateway: Word
    assessor: Word


class MethodBody(Body):
    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    method_id: MethodId
    name: Word


class PlannedStatementBody(Body):
    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    code: Code
    mandatory: bool | None = Field(None, description="null: the plan does not say")
    methods: list[MethodId] = Field(default_factory=list, max_length=20)
    marked_by: Word | None = Field(None, description="In the plan's words; null: the plan does not say")


class PlanBody(Body):
    """One version of an assessment plan, as somebody took it from the published one."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    standard: StandardKey
    version: PlanVersion
    title: Word
    synthetic: bool = Field(False, description="true: written for a demonstration, and nobody's official plan")
    words: PlanWordsBody
    methods: list[MethodBody] = Field(min_length=1, max_length=20)
    statements: list[PlannedStatementBody] = Field(min_length=1, max_length=900)
    source_url: Link | None = None

    def meant(self) -> AssessmentPlan:
        """Returns the plan that it means."""
        return AssessmentPlan(
            standard=self.standard,
            version=self.version,
            title=self.title,
            words=PlanWords(self.words.assessment, self.words.gateway, self.words.assessor),
            methods=tuple(Method(one.method_id, one.name) for one in self.methods),
            statements=tuple(
                PlannedStatement(one.code, one.mandatory, tuple(one.methods), one.marked_by) for one in self.statements
            ),
            source_url=self.source_url,
            synthetic=self.synthetic,
        )


class PlansFile(Body):
    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    plans: list[PlanBody] = Field(min_length=1, max_length=50)


class ImportedPlan(Output):
    record: int = Field(description="Its place in the file, from 1")
    key: str
    result: Literal["created", "unchanged", "rejected"]
    statements: int


class PlansImport(Output):
    """Reports an import, plan by plan, with everything that is wrong."""

    dry_run: bool
    plans: list[ImportedPlan]
    defects: list[StandardDefect]


class MethodView(Output):
    method_id: str
    name: str


class PlannedView(Output):
    code: str
    mandatory: bool | None
    methods: list[str] = Field(description="Names")
    marked_by: str | None


class PlanHead(Output):
    key: str
    standard: str
    version: str
    title: str
    synthetic: bool
    imported_at: datetime


class PlanList(Output):
    plans: list[PlanHead]


class PlanView(PlanHead):
    """One version of an assessment plan, in its own words."""

    assessment: str
    gateway: str
    assessor: str
    source_url: str | None
    methods: list[MethodView]
    statements: list[PlannedView]
    warnings: list[StandardWarning] = Field(description="What was told of it at its import")

    @classmethod
    def of(cls, plan: AssessmentPlan, imported_at: datetime, warnings: Iterable[StandardWarning]) -> PlanView:
        """Returns what is shown of a plan."""
        return cls(
            key=plan.key,
            standard=plan.standard,
            version=plan.version,
            title=plan.title,
            synthetic=plan.synthetic,
            imported_at=imported_at,
            assessment=plan.words.assessment,
            gateway=plan.words.gateway,
            assessor=plan.words.assessor,
            source_url=plan.source_url,
            methods=[MethodView(method_id=one.method_id, name=one.name) for one in plan.methods],
            statements=[
                PlannedView(
                    code=one.code,
                    mandatory=one.mandatory,
                    methods=list(plan.methods_of(one.code)),
                    marked_by=one.marked_by,
                )
                for one in plan.statements
            ],
            warnings=list(warnings),
        )


class DraftedDuty(Output):
    duty_id: str
    text: str
    core: bool
    competencies: list[str]


class FrameworkDraft(FrameworkAnswer):
    """A framework that people complete and publish: sent back as it is, it can be published at once, without rules."""

    duties: list[DraftedDuty]
    to_complete: list[str]
