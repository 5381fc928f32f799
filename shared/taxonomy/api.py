"""Serves the routes of taxonomy: from a request to a use case and back."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from shared.kernel.reading import validated
from shared.platform.edges.http import Request, Response
from shared.platform.edges.query import (
    cursor_of,
    cursor_to,
    decode_cursor,
    encode_cursor,
    framework_id_of,
    limit_of,
    name_of,
    one_of,
    whole_number,
)
from shared.platform.edges.routes import CURSOR, FRAMEWORK, LIMIT, Contract, Parameter, Routes

if TYPE_CHECKING:
    from shared.taxonomy.usecases.assessment_plans import AssessmentPlans
    from shared.taxonomy.usecases.change_skills import ChangeSkills
    from shared.taxonomy.usecases.decide_unmapped import UnmappedScores
    from shared.taxonomy.usecases.draft_framework import DraftFramework
    from shared.taxonomy.usecases.import_standards import ImportStandards
    from shared.taxonomy.usecases.list_unknown_values import ListUnknownValues
    from shared.taxonomy.usecases.preview_change import PreviewChange
    from shared.taxonomy.usecases.publish_frameworks import PublishFrameworks
    from shared.taxonomy.usecases.read_skills import ReadSkills
    from shared.taxonomy.usecases.read_standards import ReadStandards

contract = Contract(lambda: import_module("shared.taxonomy.contract"))
plan_contract = Contract(lambda: import_module("shared.taxonomy.plan_contract"))
frameworks_contract = Contract(lambda: import_module("shared.frameworks.contract"))


class UseCases(Protocol):
    """Gives the use cases behind these routes, each made when a request needs it."""

    @property
    def change_skills(self) -> ChangeSkills: ...
    @property
    def preview(self) -> PreviewChange: ...
    @property
    def publish_frameworks(self) -> PublishFrameworks: ...
    @property
    def skills(self) -> ReadSkills: ...
    @property
    def unmapped(self) -> UnmappedScores: ...
    @property
    def unknown_values(self) -> ListUnknownValues: ...
    @property
    def import_standards(self) -> ImportStandards: ...
    @property
    def read_standards(self) -> ReadStandards: ...
    @property
    def assessment_plans(self) -> AssessmentPlans: ...
    @property
    def draft_framework(self) -> DraftFramework: ...


api: Routes[UseCases] = Routes("skills_api")
DRY_RUN = Parameter("dry_run", "true: only says what would come of it", {"type": "string", "enum": ["true", "false"]})


def _dry_run(request: Request) -> bool:
    return one_of(request, "dry_run", ("true", "false")) == "true"


@api.get(
    "/api/v1/skills",
    "All skill definitions with their rules",
    "skills.read",
    answer=contract.SkillList,
    query=(FRAMEWORK,),
    problems=(404, 422),
    tag="Skills",
)
def list_skills(request: Request, on: UseCases) -> Response:
    return Response(on.skills.definitions(request.caller, framework_id_of(request)))


@api.post(
    "/api/v1/skills",
    "Create a skill definition",
    "skills.write",
    answer=contract.SkillDefinition,
    body=contract.SkillBody,
    success=201,
    problems=(400, 409, 413, 415, 422, 404),
    tag="Skills",
)
def create_skill(request: Request, on: UseCases) -> Response:
    from shared.taxonomy.contract import SkillBody

    created = on.change_skills.create(request.body(SkillBody), request.caller)
    return Response(created, 201, {"Location": f"/api/v1/skills/{created.skill_id}"})


@api.get(
    "/api/v1/skills/<skill_id>",
    "One skill definition",
    "skills.read",
    answer=contract.SkillDefinition,
    query=(FRAMEWORK,),
    problems=(404, 422),
    tag="Skills",
)
def get_skill(request: Request, on: UseCases) -> Response:
    return Response(on.skills.definition(request.caller, framework_id_of(request), request.path["skill_id"]))


@api.put(
    "/api/v1/skills/<skill_id>",
    "Change a skill definition or its rules: a new version",
    "skills.write",
    answer=contract.SkillDefinition,
    body=contract.SkillChange,
    query=(FRAMEWORK,),
    problems=(400, 404, 409, 412, 413, 415, 422),
    tag="Skills",
)
def update_skill(request: Request, on: UseCases) -> Response:
    from shared.taxonomy.contract import SkillChange

    body = request.body(SkillChange)
    skill_id = request.path["skill_id"]
    return Response(on.change_skills.change(framework_id_of(request), skill_id, body, request.caller, request.expect))


@api.post(
    "/api/v1/skills/<skill_id>/preview",
    "What a change of rules would do: to how many (of at most 5,000 people), and for administrators to whom",
    "skills.write",
    answer=contract.PreviewAnswer,
    body=contract.SkillChange,
    query=(FRAMEWORK, LIMIT, CURSOR),
    problems=(400, 404, 413, 415, 422),
    tag="Skills",
)
def preview_skill(request: Request, on: UseCases) -> Response:
    from shared.taxonomy.contract import PreviewAnswer, SkillChange

    after = request.query.get("cursor")
    found = on.preview.preview(
        request.caller,
        framework_id_of(request),
        request.path["skill_id"],
        request.body(SkillChange),
        limit=limit_of(request, default=200),
        after=None if after is None else str(decode_cursor(after, 1)[0]),
    )
    return Response(
        PreviewAnswer(
            people=found.people,
            gaining=found.gaining,
            losing=found.losing,
            changes=None if found.changes is None else list(found.changes),
            next_cursor=None if found.next is None else encode_cursor([found.next]),
        )
    )


@api.get(
    "/api/v1/skills/<skill_id>/versions",
    "How a skill's definition and rules changed",
    "skills.read",
    answer=contract.SkillVersions,
    query=(FRAMEWORK,),
    problems=(404, 422),
    tag="Skills",
)
def list_skill_versions(request: Request, on: UseCases) -> Response:
    return Response(on.skills.versions(request.caller, framework_id_of(request), request.path["skill_id"]))


@api.get(
    "/api/v1/frameworks", "The frameworks in force", "skills.read", answer=contract.FrameworkList, tag="Frameworks"
)
def list_frameworks(request: Request, on: UseCases) -> Response:
    return Response(on.skills.summaries(request.caller))


@api.get(
    "/api/v1/frameworks/<framework_id>",
    "One whole framework",
    "skills.read",
    answer=contract.FrameworkAnswer,
    query=(Parameter("version", "An earlier version", {"type": "integer", "minimum": 1}),),
    problems=(404, 422),
    tag="Frameworks",
)
def get_framework(request: Request, on: UseCases) -> Response:
    version = whole_number(request, "version", 1, 1_000_000_000)
    return Response(on.skills.whole(request.caller, request.path["framework_id"], version))


@api.put(
    "/api/v1/frameworks/<framework_id>",
    "Publish a whole framework: the first version, or a new one in place of the one in force",
    "frameworks.write",
    answer=contract.FrameworkAnswer,
    body=frameworks_contract.FrameworkBody,
    body_too=contract.FrameworkAsAnswered,
    query=(
        Parameter(
            "if_version",
            "Only if this version is in force; 0: only if there is none",
            {"type": "integer", "minimum": 0},
        ),
    ),
    problems=(400, 409, 412, 413, 415, 422),
    tag="Frameworks",
)
def put_framework(request: Request, on: UseCases) -> Response:
    from shared.frameworks.contract import FrameworkBody
    from shared.taxonomy.contract import FrameworkAsAnswered

    if_version = whole_number(request, "if_version", 0, 1_000_000_000)
    sent = request.json()
    as_answered = isinstance(sent, dict) and "framework" in sent
    body = validated(FrameworkAsAnswered, sent).framework if as_answered else validated(FrameworkBody, sent)
    published = on.publish_frameworks.publish(
        request.path["framework_id"], body, request.caller, if_version=if_version, expect=request.expect
    )
    return Response(published)


@api.put(
    "/api/v1/frameworks/<framework_id>/dimensions/<dimension>",
    "Set a context dimension's values and the words that mean them",
    "skills.write",
    answer=contract.FrameworkAnswer,
    body=frameworks_contract.DimensionBody,
    problems=(400, 404, 409, 412, 413, 415, 422),
    tag="Frameworks",
)
def put_dimension(request: Request, on: UseCases) -> Response:
    from shared.frameworks.contract import DimensionBody

    body = request.body(DimensionBody)
    framework_id, dimension = request.path["framework_id"], request.path["dimension"]
    return Response(on.publish_frameworks.set_dimension(framework_id, dimension, body, request.caller, request.expect))


@api.get(
    "/api/v1/frameworks/<framework_id>/unknown-values",
    "Values of contexts that the framework does not declare; setting the dimension declares or maps them",
    "operations.read",
    answer=contract.UnknownValues,
    problems=(404,),
    tag="Frameworks",
)
def list_unknown_values(request: Request, on: UseCases) -> Response:
    return Response(on.unknown_values.of(request.caller, request.path["framework_id"]))


@api.get(
    "/api/v1/standards",
    "The official standards that are kept, by reference and version",
    "skills.read",
    answer=contract.StandardList,
    query=(LIMIT, CURSOR),
    problems=(422,),
    tag="Frameworks",
)
def list_standards(request: Request, on: UseCases) -> Response:
    after = request.query.get("cursor")
    key = None if after is None else str(decode_cursor(after, 1)[0])
    found = on.read_standards.page(request.caller, limit_of(request), key)
    return Response(found.model_copy(update={"next_cursor": found.next_cursor and encode_cursor([found.next_cursor])}))


@api.post(
    "/api/v1/standards/import",
    "Import official standards as their publisher's file has them, with everything that is wrong, record by record",
    "standards.write",
    answer=contract.StandardsImport,
    body=contract.StandardsFile,
    query=(DRY_RUN,),
    problems=(400, 409, 413, 415, 422),
    tag="Frameworks",
)
def import_standards(request: Request, on: UseCases) -> Response:
    from shared.taxonomy.contract import StandardsFile

    return Response(on.import_standards.take_in(request.caller, request.body(StandardsFile), dry_run=_dry_run(request)))


@api.get(
    "/api/v1/standards/<key>",
    "One version of a standard: its knowledge, skills, behaviours and duties. key: reference@version (ST1332@1.1)",
    "skills.read",
    answer=contract.StandardView,
    query=(Parameter("revision", "An earlier text of this version", {"type": "integer", "minimum": 1}),),
    problems=(404, 422),
    tag="Frameworks",
)
def get_standard(request: Request, on: UseCases) -> Response:
    revision = whole_number(request, "revision", 1, 1_000_000_000)
    return Response(on.read_standards.show(request.caller, request.path["key"], revision))


@api.get(
    "/api/v1/standards/<key>/framework-draft",
    "A framework drafted from a standard, for people to complete and publish; nothing is kept",
    "skills.write",
    answer=plan_contract.FrameworkDraft,
    query=(Parameter("framework_id", "Of the framework to be", {"type": "string"}),),
    problems=(404, 422),
    tag="Frameworks",
)
def draft_framework(request: Request, on: UseCases) -> Response:
    wanted = name_of(request, "framework_id")
    return Response(on.draft_framework.of(request.caller, request.path["key"], wanted))


@api.get(
    "/api/v1/standards/<key>/assessment-plans",
    "The assessment plans of a version of a standard, the latest import last",
    "skills.read",
    answer=plan_contract.PlanList,
    problems=(404,),
    tag="Frameworks",
)
def list_assessment_plans(request: Request, on: UseCases) -> Response:
    return Response(on.assessment_plans.of_standard(request.caller, request.path["key"]))


@api.get(
    "/api/v1/assessment-plans/<key>",
    "One assessment plan in its own words. key: reference@version_plan version (ST1332@1.1_2.0)",
    "skills.read",
    answer=plan_contract.PlanView,
    problems=(404,),
    tag="Frameworks",
)
def get_assessment_plan(request: Request, on: UseCases) -> Response:
    return Response(on.assessment_plans.show(request.caller, request.path["key"]))


@api.post(
    "/api/v1/assessment-plans/import",
    "Import assessment plans: per statement whether, how and by whom it is assessed, with everything that is wrong",
    "standards.write",
    answer=plan_contract.PlansImport,
    body=plan_contract.PlansFile,
    query=(DRY_RUN,),
    problems=(400, 409, 413, 415, 422),
    tag="Frameworks",
)
def import_assessment_plans(request: Request, on: UseCases) -> Response:
    from shared.taxonomy.plan_contract import PlansFile

    return Response(on.assessment_plans.take_in(request.caller, request.body(PlansFile), dry_run=_dry_run(request)))


@api.get(
    "/api/v1/held-scores",
    "Scores of unknown competencies, waiting for a decision",
    "operations.read",
    answer=contract.HeldList,
    query=(LIMIT, CURSOR),
    problems=(422,),
    tag="Operations",
)
def list_held_scores(request: Request, on: UseCases) -> Response:
    from shared.taxonomy.contract import HeldList

    page = on.unmapped.page(request.caller, limit=limit_of(request), after=cursor_of(request))
    return Response(HeldList(items=list(page.items), next_cursor=cursor_to(page.next)))


@api.post(
    "/api/v1/held-scores/<held_id>/decision",
    "Read the unknown word as a known competency, or dismiss it",
    "operations.write",
    answer=contract.HeldItem,
    body=contract.HeldDecision,
    problems=(400, 404, 409, 413, 415, 422),
    tag="Operations",
)
def decide_held_score(request: Request, on: UseCases) -> Response:
    from shared.taxonomy.contract import HeldDecision

    body = request.body(HeldDecision)
    return Response(on.unmapped.decide(request.path["held_id"], body, request.caller))
