"""Serves the routes of operations: from a request to a use case and back."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from shared.platform.edges.http import Request, Response
from shared.platform.edges.query import cursor_of, cursor_to, limit_of
from shared.platform.edges.routes import CURSOR, LIMIT, Contract, Routes

if TYPE_CHECKING:
    from shared.operations.usecases.dead_letters import DeadLetterDesk
    from shared.operations.usecases.health import Health
    from shared.operations.usecases.quarantined_input import QuarantinedInputs

contract = Contract(lambda: import_module("shared.operations.contract"))
platform_contract = Contract(lambda: import_module("shared.platform.contract"))

MOST_LETTERS = 200
MOST_CHARACTERS = 200_000
"""Of an input's content in an answer."""


class UseCases(Protocol):
    """Gives the use cases behind these routes, each made when a request needs it."""

    @property
    def dead_letters(self) -> DeadLetterDesk: ...
    @property
    def health(self) -> Health: ...
    @property
    def quarantined(self) -> QuarantinedInputs: ...


api: Routes[UseCases] = Routes("skills_api")


@api.get(
    "/api/v1/quarantine",
    "Input that could not be taken in",
    "operations.read",
    answer=platform_contract.QuarantineList,
    query=(LIMIT, CURSOR),
    problems=(422,),
    tag="Operations",
)
def list_quarantine(request: Request, on: UseCases) -> Response:
    from shared.platform.contract import QuarantineList

    page = on.quarantined.list(request.caller, limit=limit_of(request), after=cursor_of(request))
    return Response(QuarantineList(items=list(page.items), next_cursor=cursor_to(page.next)))


@api.get(
    "/api/v1/quarantine/<quarantine_id>",
    "One quarantined input with its raw content",
    "operations.read",
    answer=platform_contract.QuarantineDetail,
    problems=(404,),
    tag="Operations",
)
def get_quarantined(request: Request, on: UseCases) -> Response:
    from shared.platform.contract import QuarantineDetail, QuarantineItem

    whole = on.quarantined.show(request.caller, request.path["quarantine_id"])
    content = whole.raw[:MOST_CHARACTERS].decode("utf-8", errors="replace")
    item = QuarantineItem.model_validate(whole.item, from_attributes=True)
    return Response(QuarantineDetail(**item.model_dump(), content=content))


@api.post(
    "/api/v1/quarantine/<quarantine_id>/replay",
    "Take the input in again; of a call that could not be read: have the call analysed again",
    "operations.write",
    answer=platform_contract.Replayed,
    problems=(400, 409, 413, 415, 422, 404),
    tag="Operations",
)
def replay_quarantined(request: Request, on: UseCases) -> Response:
    _, replayed = on.quarantined.replay(request.caller, request.path["quarantine_id"])
    return Response(replayed)


@api.delete(
    "/api/v1/quarantine/<quarantine_id>",
    "Give a quarantined input up",
    "operations.write",
    answer=platform_contract.Done,
    problems=(404,),
    tag="Operations",
)
def discard_quarantined(request: Request, on: UseCases) -> Response:
    from shared.platform.contract import Done

    on.quarantined.discard(request.caller, request.path["quarantine_id"])
    return Response(Done(done=True))


@api.get(
    "/api/v1/dead-letters",
    "What could not be delivered",
    "operations.read",
    answer=contract.DeadLetterList,
    tag="Operations",
)
def list_dead_letters(request: Request, on: UseCases) -> Response:
    from shared.operations.contract import DeadLetterList

    return Response(DeadLetterList(items=on.dead_letters.list(request.caller, limit=MOST_LETTERS)))


@api.get(
    "/api/v1/dead-letters/<letter_id>",
    "One dead letter",
    "operations.read",
    answer=contract.DeadLetterDetail,
    problems=(404,),
    tag="Operations",
)
def get_dead_letter(request: Request, on: UseCases) -> Response:
    return Response(on.dead_letters.show(request.caller, request.path["letter_id"]))


@api.post(
    "/api/v1/dead-letters/<letter_id>/replay",
    "Deliver it again",
    "operations.write",
    answer=platform_contract.Done,
    problems=(404, 422),
    tag="Operations",
)
def replay_dead_letter(request: Request, on: UseCases) -> Response:
    from shared.platform.contract import Done

    on.dead_letters.replay(request.caller, request.path["letter_id"])
    return Response(Done(done=True))


@api.post(
    "/api/v1/dead-letters/replay",
    "Deliver the latest 500 again, or those to one subscription or queue",
    "operations.write",
    answer=contract.LettersReplayed,
    body=contract.LetterReplayBody,
    problems=(400, 413, 415, 422),
    tag="Operations",
)
def replay_dead_letters(request: Request, on: UseCases) -> Response:
    from shared.operations.contract import LetterReplayBody

    return Response(on.dead_letters.replay_all(request.caller, request.body(LetterReplayBody).subscription))


@api.delete(
    "/api/v1/dead-letters/<letter_id>",
    "Give it up",
    "operations.write",
    answer=platform_contract.Done,
    problems=(404,),
    tag="Operations",
)
def discard_dead_letter(request: Request, on: UseCases) -> Response:
    from shared.platform.contract import Done

    on.dead_letters.discard(request.caller, request.path["letter_id"])
    return Response(Done(done=True))


@api.get(
    "/api/v1/health", "How every integration is", "operations.read", answer=contract.HealthAnswer, tag="Operations"
)
def get_health(request: Request, on: UseCases) -> Response:
    return Response(on.health.latest(request.caller))
