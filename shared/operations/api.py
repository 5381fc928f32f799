"""Serves the routes of operations: from a request to a use case and back."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from shared.kernel.errors import NotFound
from shared.kernel.moments import text
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.edges.http import Request, Response
from shared.platform.edges.query import cursor_of, cursor_to, limit_of
from shared.platform.edges.routes import CURSOR, LIMIT, Contract, Routes
from shared.ports.messages import DeadLetter

if TYPE_CHECKING:
    from shared.operations.usecases.health import Health
    from shared.platform.usecases.audit import Audit
    from shared.platform.usecases.quarantine import Quarantine, TakeIn
    from shared.ports.messages import DeadLetters

contract = Contract(lambda: import_module("shared.operations.contract"))
platform_contract = Contract(lambda: import_module("shared.platform.contract"))


class UseCases(Protocol):
    """Gives the use cases behind these routes, each made when a request needs it."""

    @property
    def audit(self) -> Audit: ...
    @property
    def dead_letters(self) -> DeadLetters: ...
    @property
    def health(self) -> Health: ...
    @property
    def quarantine(self) -> Quarantine: ...
    @property
    def take_in(self) -> Mapping[str, TakeIn]:
        """For quarantined input, by its source, what takes it in again."""
        ...


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
    items, following = on.quarantine.list(limit=limit_of(request), after=cursor_of(request))
    return Response({"items": [_quarantined(item) for item in items], "next_cursor": cursor_to(following)})


@api.get(
    "/api/v1/quarantine/<quarantine_id>",
    "One quarantined input with its raw content",
    "operations.read",
    answer=platform_contract.QuarantineDetail,
    problems=(404,),
    tag="Operations",
)
def get_quarantined(request: Request, on: UseCases) -> Response:
    item, content = on.quarantine.get(request.path["quarantine_id"])
    on.audit.record(request.caller, AuditAction.QUARANTINE_VIEWED, subject=item["quarantine_id"])
    return Response({**_quarantined(item), "content": content[:200_000].decode("utf-8", errors="replace")})


@api.post(
    "/api/v1/quarantine/<quarantine_id>/replay",
    "Take the input in again; of a call that could not be read: have the call analysed again",
    "operations.write",
    answer=platform_contract.Replayed,
    problems=(400, 409, 413, 415, 422, 404),
    tag="Operations",
)
def replay_quarantined(request: Request, on: UseCases) -> Response:
    status, answer = on.quarantine.replay(request.path["quarantine_id"], request.caller, on.take_in)
    return Response({"status": status, "answer": answer})


@api.delete(
    "/api/v1/quarantine/<quarantine_id>",
    "Give a quarantined input up",
    "operations.write",
    answer=platform_contract.Done,
    problems=(404,),
    tag="Operations",
)
def discard_quarantined(request: Request, on: UseCases) -> Response:
    on.quarantine.discard(request.path["quarantine_id"], request.caller)
    return Response({"done": True})


@api.get(
    "/api/v1/dead-letters",
    "What could not be delivered",
    "operations.read",
    answer=contract.DeadLetterList,
    tag="Operations",
)
def list_dead_letters(request: Request, on: UseCases) -> Response:
    return Response({"items": [_letter(letter) for letter in on.dead_letters.list(limit=200)]})


@api.get(
    "/api/v1/dead-letters/<letter_id>",
    "One dead letter",
    "operations.read",
    answer=contract.DeadLetterDetail,
    problems=(404,),
    tag="Operations",
)
def get_dead_letter(request: Request, on: UseCases) -> Response:
    letter = on.dead_letters.get(request.path["letter_id"])
    if letter is None:
        raise _no_letter(request)
    on.audit.record(request.caller, AuditAction.DEAD_LETTER_VIEWED, subject=letter.letter_id)
    return Response({**_letter(letter), "data": dict(letter.data), "attributes": dict(letter.attributes)})


@api.post(
    "/api/v1/dead-letters/<letter_id>/replay",
    "Deliver it again",
    "operations.write",
    answer=platform_contract.Done,
    problems=(404,),
    tag="Operations",
)
def replay_dead_letter(request: Request, on: UseCases) -> Response:
    on.audit.record(request.caller, AuditAction.DEAD_LETTER_REPLAYED, subject=request.path["letter_id"])
    if not on.dead_letters.replay(request.path["letter_id"]):
        raise _no_letter(request)
    return Response({"done": True})


@api.delete(
    "/api/v1/dead-letters/<letter_id>",
    "Give it up",
    "operations.write",
    answer=platform_contract.Done,
    problems=(404,),
    tag="Operations",
)
def discard_dead_letter(request: Request, on: UseCases) -> Response:
    on.audit.record(request.caller, AuditAction.DEAD_LETTER_DISCARDED, subject=request.path["letter_id"])
    if not on.dead_letters.discard(request.path["letter_id"]):
        raise _no_letter(request)
    return Response({"done": True})


@api.get(
    "/api/v1/health", "How every integration is", "operations.read", answer=contract.HealthAnswer, tag="Operations"
)
def get_health(request: Request, on: UseCases) -> Response:
    return Response(on.health.latest())


def _quarantined(item: Mapping[str, Any]) -> dict[str, Any]:
    names = ("quarantine_id", "source", "reason", "field", "state", "times_received")
    return {
        **{name: item[name] for name in names},
        "record_id": item.get("record_id"),
        "received_at": text(item["received_at"]),
    }


def _letter(letter: DeadLetter) -> dict[str, Any]:
    return {
        "letter_id": letter.letter_id,
        "subscription": letter.subscription,
        "attempts": letter.attempts,
        "reason": letter.reason,
        "published_at": text(letter.published_at),
        "failed_at": text(letter.failed_at),
    }


def _no_letter(request: Request) -> NotFound:
    return NotFound(f"there is no dead letter {request.path['letter_id'][:80]!r}", field="letter_id")
