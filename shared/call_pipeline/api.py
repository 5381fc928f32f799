"""Serves the routes of call pipeline: from a request to a use case and back."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import UTC
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from shared.conversations.domain import call_state
from shared.kernel.errors import Rejected
from shared.kernel.unicode_form import folded
from shared.platform.edges.http import Request, Response
from shared.platform.edges.query import cursor_of, cursor_to, limit_of, moment_of, one_of
from shared.platform.edges.routes import CURSOR, LIMIT, SINCE, UNTIL, Contract, Parameter, Routes

if TYPE_CHECKING:
    from shared.call_pipeline.contract import EmailThreadBody
    from shared.call_pipeline.usecases.call_voices import ListVoices
    from shared.call_pipeline.usecases.email_threads import EmailThreads
    from shared.call_pipeline.usecases.link_call import LinkCall
    from shared.call_pipeline.usecases.list_calls import ListCalls
    from shared.call_pipeline.usecases.move_call import MoveCall
    from shared.call_pipeline.usecases.reanalyse_call import ReanalyseCall
    from shared.call_pipeline.usecases.reanalyse_period import ReanalysePeriod
    from shared.call_pipeline.usecases.show_call import ShowCall
    from shared.conversations.wire.email_thread import Heads

contract = Contract(lambda: import_module("shared.call_pipeline.contract"))


class UseCases(Protocol):
    """Gives the use cases behind these routes, each made when a request needs it."""

    @property
    def list_calls(self) -> ListCalls: ...
    @property
    def show_call(self) -> ShowCall: ...
    @property
    def link_call(self) -> LinkCall: ...
    @property
    def voices(self) -> ListVoices: ...
    @property
    def move_call(self) -> MoveCall: ...
    @property
    def reanalyse_call(self) -> ReanalyseCall: ...
    @property
    def reanalyse_period(self) -> ReanalysePeriod: ...


api: Routes[UseCases] = Routes("skills_api")


@api.get(
    "/api/v1/calls",
    "Calls and what became of them: the own ones, a person's, or all in the caller's sight",
    "histories.read",
    answer=contract.CallList,
    query=(
        LIMIT,
        CURSOR,
        SINCE,
        UNTIL,
        Parameter("employee", "Only calls of this person"),
        Parameter(
            "state",
            "Only calls in this state; the three filters narrow each other",
            {"type": "string", "enum": list(call_state.STATES)},
        ),
        Parameter(
            "deal",
            "Only calls linked to a deal so",
            {"type": "string", "enum": list(call_state.HOWS)},
        ),
    ),
    problems=(404, 422),
    tag="Calls",
)
def list_calls(request: Request, on: UseCases) -> Response:
    from shared.call_pipeline.contract import CallList
    from shared.call_pipeline.usecases.list_calls import CallFilter

    wanted = CallFilter(
        folded(request.query["employee"]) if "employee" in request.query else None,
        one_of(request, "state", call_state.STATES),
        one_of(request, "deal", call_state.HOWS),
        moment_of(request, "since"),
        moment_of(request, "until"),
    )
    page = on.list_calls.page(request.caller, wanted, limit=limit_of(request), after=cursor_of(request))
    return Response(CallList(items=list(page.items), next_cursor=cursor_to(page.next)))


@api.get(
    "/api/v1/calls/<record_id>",
    "One call and what became of it",
    "histories.read",
    answer=contract.CallItem,
    problems=(404, 422),
    tag="Calls",
)
def get_call(request: Request, on: UseCases) -> Response:
    return Response(on.show_call.show(request.caller, request.path["record_id"]))


@api.post(
    "/api/v1/calls/<record_id>/analyses",
    "Have a call analysed again; the new analysis replaces the old one",
    "calls.analyse",
    answer=contract.CallItem,
    success=202,
    problems=(404, 409, 422),
    tag="Calls",
)
def reanalyse_call(request: Request, on: UseCases) -> Response:
    record_id = request.path["record_id"]
    on.reanalyse_call.ask(record_id, request.caller)
    return Response(on.show_call.show(request.caller, record_id), 202, {"Location": f"/api/v1/calls/{record_id}"})


@api.put(
    "/api/v1/calls/<record_id>/deal",
    "Say which deal a call belongs to",
    "calls.link",
    answer=contract.CallItem,
    body=contract.DealLinkBody,
    problems=(400, 404, 412, 413, 415, 422),
    tag="Calls",
)
def link_call(request: Request, on: UseCases) -> Response:
    from shared.call_pipeline.contract import DealLinkBody

    record_id, body = request.path["record_id"], request.body(DealLinkBody)
    as_seen = on.show_call.as_seen(request.caller, request.expect)
    on.link_call.link(record_id, body.deal_id, body.account_name, request.caller, as_seen)
    return Response(on.show_call.show(request.caller, record_id))


@api.get(
    "/api/v1/calls/<record_id>/speakers",
    "Who speaks in a call, and whom each voice is taken for",
    "calls.move",
    answer=contract.CallVoices,
    problems=(404, 422),
    tag="Calls",
)
def list_speakers(request: Request, on: UseCases) -> Response:
    return Response(on.voices.of(request.caller, request.path["record_id"]))


@api.post(
    "/api/v1/calls/<record_id>/speakers",
    "Move a part in a call to the right person: what was observed about the wrong one becomes void",
    "calls.move",
    answer=contract.CallItem,
    body=contract.CallMoveBody,
    success=202,
    problems=(400, 404, 409, 413, 415, 422),
    tag="Calls",
)
def move_call(request: Request, on: UseCases) -> Response:
    from shared.call_pipeline.contract import CallMoveBody

    record_id, body = request.path["record_id"], request.body(CallMoveBody)
    on.move_call.move(request.caller, record_id, body)
    return Response(on.show_call.show(request.caller, record_id), 202, {"Location": f"/api/v1/calls/{record_id}"})


@api.post(
    "/api/v1/calls/analyses",
    "Have a period's calls analysed again; the progress is at /calls/analyses/{run_id}",
    "calls.analyse_period",
    answer=contract.Reanalysis,
    body=contract.ReanalysisBody,
    success=202,
    problems=(400, 413, 415, 422),
    tag="Calls",
)
def reanalyse_calls(request: Request, on: UseCases) -> Response:
    from shared.call_pipeline.contract import ReanalysisBody

    body = request.body(ReanalysisBody)
    run = on.reanalyse_period.start(body.since.astimezone(UTC), body.until.astimezone(UTC), body.source, request.caller)
    return Response(run, 202, {"Location": f"/api/v1/calls/analyses/{run.run_id}"})


@api.get(
    "/api/v1/calls/analyses/<run_id>",
    "How far the new analysis of a period's calls is",
    "calls.analyse_period",
    answer=contract.Reanalysis,
    problems=(404,),
    tag="Calls",
)
def get_reanalysis(request: Request, on: UseCases) -> Response:
    return Response(on.reanalyse_period.progress(request.path["run_id"], request.caller))


class ThreadUseCases(Protocol):
    """Gives what takes an e-mail thread in. home_domains: of the company's own addresses"""

    @property
    def threads(self) -> EmailThreads: ...
    @property
    def home_domains(self) -> Collection[str]: ...


threads: Routes[ThreadUseCases] = Routes("email_threads")


@threads.post(
    "/api/v1/email-threads",
    "Have an exported e-mail thread analysed: one field observation per employee who wrote",
    "events.write",
    answer=contract.ThreadAnswer,
    body=contract.EmailThreadBody,
    success=202,
    problems=(400, 413, 415, 422),
    tag="Calls",
)
def take_email_thread(request: Request, on: ThreadUseCases) -> Response:
    # What is rejected is not quarantined: its words belong nowhere but in the transcripts' bucket, and the caller has
    # them.
    from shared.call_pipeline.contract import EmailThreadBody, ThreadAnswer

    body = request.body(EmailThreadBody)
    heads, export = _heads(body, on.home_domains)
    taken = on.threads.take(request.caller, heads, export, body.context)
    record = taken.record
    answer = ThreadAnswer(
        record_id=record.record_id,
        thread_id=record.call_id,
        state=record.state,
        messages=heads.messages,
        employees=list(record.employees),
        duplicate=taken.duplicate,
    )
    location = {"Location": f"/api/v1/calls/{record.record_id}"}
    return Response(answer, 200 if taken.duplicate else 202, location)


def _heads(body: EmailThreadBody, home_domains: Collection[str]) -> tuple[Heads, bytes]:
    """Returns what the headers say, and the export itself; its words are read in the task."""
    from shared.conversations.wire.email_thread import thread_heads

    export = body.export
    raw = json.dumps(body.messages).encode() if export is None else export.encode("utf-8", "surrogateescape")
    try:
        return thread_heads(raw, home_domains=home_domains, thread_id=body.thread_id), raw
    except Rejected as error:
        at = "messages" if body.messages is not None else "export"
        error.field = f"{at}.{error.field}" if error.field else at
        raise
