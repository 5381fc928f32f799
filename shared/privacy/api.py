"""Serves the routes of privacy: from a request to a use case and back."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from shared.conversations.domain.call_name import record_id
from shared.kernel.errors import Rejected
from shared.platform.edges.http import Request, Response
from shared.platform.edges.query import employee_id_of, framework_id_of
from shared.platform.edges.routes import FRAMEWORK, Contract, Parameter, Routes

if TYPE_CHECKING:
    from shared.privacy.usecases.escalations import Escalations
    from shared.privacy.usecases.follow_erasures import FollowErasures
    from shared.privacy.usecases.grants import Grants
    from shared.privacy.usecases.open_transcript import OpenTranscript
    from shared.privacy.usecases.start_erasure import StartErasure
    from shared.privacy.usecases.transcript_samples import TranscriptSamples

contract = Contract(lambda: import_module("shared.privacy.contract"))


class UseCases(Protocol):
    """Gives the use cases behind these routes, each made when a request needs it."""

    @property
    def start_erasure(self) -> StartErasure: ...
    @property
    def erasures(self) -> FollowErasures: ...
    @property
    def samples(self) -> TranscriptSamples: ...
    @property
    def transcripts(self) -> OpenTranscript: ...
    @property
    def grants(self) -> Grants: ...
    @property
    def escalations(self) -> Escalations: ...


api: Routes[UseCases] = Routes("skills_api")


@api.get(
    "/api/v1/calls/<record_id>/transcript",
    "What was said in a call; on record, and told to those who took part",
    "transcripts.read",
    answer=contract.TranscriptAnswer,
    query=(Parameter("source", "Then the path has the source's own id instead of the `record_id`"),),
    problems=(404, 422),
    tag="Transcripts",
)
def get_transcript(request: Request, on: UseCases) -> Response:
    source = request.query.get("source")
    named = request.path["record_id"]
    return Response(on.transcripts.show(request.caller, named if source is None else record_id(source, named)))


@api.get(
    "/api/v1/transcript-samples",
    "How a competency sounds in calls, without anybody's name",
    "samples.read",
    answer=contract.TranscriptSamples,
    query=(
        FRAMEWORK,
        Parameter("competency", "The competency; required"),
        Parameter(
            "band",
            "Scores from 80, from 60, or below; required",
            {"type": "string", "enum": ["high", "medium", "low"]},
        ),
    ),
    problems=(404, 422),
    tag="Transcripts",
)
def get_transcript_samples(request: Request, on: UseCases) -> Response:
    for name in ("competency", "band"):
        if not request.query.get(name):
            raise Rejected(f"{name}: say which", field=name)
    return Response(
        on.samples.of(
            request.caller, request.query["competency"], request.query["band"], framework_id=framework_id_of(request)
        )
    )


@api.get(
    "/api/v1/transcript-grants",
    "Grants in force: those to and about the caller, an administrator all",
    "grants.read",
    answer=contract.GrantList,
    tag="Transcripts",
)
def list_transcript_grants(request: Request, on: UseCases) -> Response:
    from shared.privacy.contract import GrantList

    return Response(GrantList(grants=on.grants.in_force(request.caller)))


@api.post(
    "/api/v1/transcript-grants",
    "Let a manager or mentor read one employee's transcripts for a while",
    "grants.write",
    answer=contract.Grant,
    body=contract.GrantBody,
    success=201,
    problems=(400, 404, 413, 415, 422),
    tag="Transcripts",
)
def grant_transcripts(request: Request, on: UseCases) -> Response:
    from shared.privacy.contract import GrantBody

    body = request.body(GrantBody)
    given = on.grants.give(request.caller, body.employee_id, body.to, purpose=body.purpose, days=body.days)
    return Response(given, 201)


@api.delete(
    "/api/v1/transcript-grants/<grant_id>",
    "End a grant",
    "grants.write",
    answer=contract.Grant,
    problems=(404,),
    tag="Transcripts",
)
def revoke_transcript_grant(request: Request, on: UseCases) -> Response:
    return Response(on.grants.end(request.caller, request.path["grant_id"]))


@api.get(
    "/api/v1/escalations",
    "Escalations in force: to, by and about the caller, an administrator all",
    "grants.read",
    answer=contract.EscalationList,
    tag="Transcripts",
)
def list_escalations(request: Request, on: UseCases) -> Response:
    from shared.privacy.contract import EscalationList

    return Response(EscalationList(escalations=on.escalations.in_force(request.caller)))


@api.post(
    "/api/v1/escalations",
    "Let a senior manager read one call's transcript for seven days",
    "escalations.write",
    answer=contract.Escalation,
    body=contract.EscalationBody,
    success=201,
    problems=(400, 404, 413, 415, 422),
    tag="Transcripts",
)
def escalate_call(request: Request, on: UseCases) -> Response:
    from shared.privacy.contract import EscalationBody

    body = request.body(EscalationBody)
    raised = on.escalations.escalate(request.caller, body.call_id, body.to, reason=body.reason)
    return Response(raised, 201)


@api.delete(
    "/api/v1/escalations/<escalation_id>",
    "End an escalation",
    "escalations.write",
    answer=contract.Escalation,
    problems=(404,),
    tag="Transcripts",
)
def revoke_escalation(request: Request, on: UseCases) -> Response:
    return Response(on.escalations.end(request.caller, request.path["escalation_id"]))


@api.post(
    "/api/v1/employees/<employee_id>/erasure",
    "Erase one person from every store; its progress is at /erasures/{run_id}",
    "erasure.run",
    answer=contract.ErasureRun,
    body=contract.ErasureBody,
    success=202,
    problems=(400, 404, 413, 415, 422),
    tag="People",
)
def erase_employee(request: Request, on: UseCases) -> Response:
    from shared.privacy.contract import ErasureBody

    confirmed = request.body(ErasureBody).employee_id
    run = on.start_erasure.start(request.caller, employee_id_of(request), confirmed)
    return Response(run, 202, {"Location": f"/api/v1/erasures/{run.run_id}"})


@api.get("/api/v1/erasures", "The latest erasures", "erasure.run", answer=contract.ErasureList, tag="People")
def list_erasures(request: Request, on: UseCases) -> Response:
    from shared.privacy.contract import ErasureList

    return Response(ErasureList(erasures=on.erasures.latest(request.caller)))


@api.get(
    "/api/v1/erasures/<run_id>",
    "How far an erasure is, and what it removed",
    "erasure.run",
    answer=contract.ErasureRun,
    problems=(404,),
    tag="People",
)
def get_erasure(request: Request, on: UseCases) -> Response:
    return Response(on.erasures.one(request.caller, request.path["run_id"]))
