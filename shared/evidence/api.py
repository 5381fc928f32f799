"""Serves the routes of evidence: what learners bring, what was observed, what an employer verifies."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from shared.evidence.domain.evidence_kind import KINDS, MOST_BYTES, SENT
from shared.evidence.domain.media import UNKNOWN, ending_of
from shared.kernel.errors import Rejected
from shared.kernel.reading import is_senders_id
from shared.kernel.unicode_form import folded
from shared.platform.edges.http import Request, Response
from shared.platform.edges.incoming import require_plain
from shared.platform.edges.query import cursor_of, cursor_to, limit_of, moment_of, name_of, one_of, whole_number
from shared.platform.edges.routes import CURSOR, LIMIT, Contract, Parameter, Routes

if TYPE_CHECKING:
    from shared.evidence.usecases.record_performance import RecordPerformance
    from shared.evidence.usecases.show_evidence import ShowEvidence
    from shared.evidence.usecases.take_evidence import Sending, TakeEvidence

contract = Contract(lambda: import_module("shared.evidence.contract"))
WHOSE = Parameter("employee_id", "The learner; the caller unless given")
MOST_WORDS = 120
"""Characters of a media type, or of a competency's word."""


class UseCases(Protocol):
    """Gives the use cases behind these routes, each made when a request needs it."""

    @property
    def taking(self) -> TakeEvidence: ...
    @property
    def recording(self) -> RecordPerformance: ...
    @property
    def showing(self) -> ShowEvidence: ...


own: Routes[UseCases] = Routes("skills_api")
"""What learners ask for themselves, too, in their app."""
api: Routes[UseCases] = Routes("skills_api")
"""What those beside them say."""


@own.post(
    "/api/v1/evidence",
    "Bring a photo, a voice note or a written note, as it is; the body is the file, of up to 25,000,000 bytes",
    "learning.own",
    answer=contract.EvidenceTaken,
    raw=("*/*",),
    most_bytes=MOST_BYTES,
    success=201,
    repeats=True,
    query=(
        Parameter(
            "key", "The device's own key of this item; the same key is the same item, whenever it comes; required"
        ),
        Parameter("kind", "What it is; required", {"type": "string", "enum": list(SENT)}),
        Parameter("employee_id", "The learner whose evidence it is, where a mentor brings it; the caller unless given"),
        Parameter("captured_at", "When it was made, as the device says", {"type": "string", "format": "date-time"}),
        Parameter("caption", "A sentence about it, of up to 500 characters"),
        Parameter("competencies", "What it is about, separated by commas: names or aliases in the learner's framework"),
        Parameter("lesson_id", "The lesson that asked for it"),
        Parameter("bytes", "How many there are: fewer that arrive are refused", {"type": "integer", "minimum": 1}),
        Parameter("sha256", "Their SHA-256 in hexadecimal: others that arrive are refused"),
    ),
    problems=(400, 404, 409, 413, 415, 422),
    tag="Learning",
)
def post_evidence(request: Request, on: UseCases) -> Response:
    require_plain(request.headers)
    taken = on.taking.take(request.caller, _sending(request), request.raw)
    return Response(taken, 201 if taken.status == "kept" else 200)


@own.get(
    "/api/v1/evidence",
    "A learner's evidence, the newest first, for who stands beside them",
    "evidence.read",
    answer=contract.EvidenceList,
    query=(WHOSE, Parameter("kind", "Only of this kind", {"type": "string", "enum": list(KINDS)}), LIMIT, CURSOR),
    problems=(404, 422),
    tag="Learning",
)
def list_evidence(request: Request, on: UseCases) -> Response:
    from shared.evidence.contract import EvidenceList

    kind = one_of(request, "kind", KINDS)
    _, found = on.showing.of(request.caller, _whose(request), limit_of(request), cursor_of(request), kind)
    return Response(EvidenceList(next_cursor=cursor_to(found.next), items=list(found.items)))


@own.get(
    "/api/v1/evidence/<evidence_id>/content",
    "The bytes of one item as they came, to be saved; for who stands beside its learner",
    "evidence.read",
    content_type="application/octet-stream",
    problems=(404, 410),
    tag="Learning",
)
def get_evidence_content(request: Request, on: UseCases) -> Response:
    found = on.showing.content(request.caller, request.path["evidence_id"])
    return Response(
        content=found.bytes,
        content_type=UNKNOWN,  # whatever it is: nothing but the portal's own pages shows it
        headers=saved_as(f"evidence-{found.evidence_id[:12]}.{ending_of(found.media_type)}"),
    )


@own.delete(
    "/api/v1/evidence/<evidence_id>",
    "Take an item back: its bytes and words go, its record stays and says so",
    "evidence.read",
    answer=contract.EvidenceView,
    problems=(404, 422),
    tag="Learning",
)
def delete_evidence(request: Request, on: UseCases) -> Response:
    return Response(on.showing.take_back(request.caller, request.path["evidence_id"]))


@api.post(
    "/api/v1/learning/observations",
    "Say what one saw the own learner do: knowledge and skills, by the framework's rubric",
    "observations.write",
    answer=contract.PerformanceTaken,
    body=contract.ObservationBody,
    success=201,
    repeats=True,
    problems=(400, 404, 409, 413, 415, 422),
    tag="Learning",
)
def post_observation(request: Request, on: UseCases) -> Response:
    from shared.evidence.contract import ObservationBody

    taken = on.recording.observe(request.caller, request.body(ObservationBody))
    return Response(taken, 201 if taken.status == "recorded" else 200)


@api.post(
    "/api/v1/learning/verifications",
    "Say how the own apprentice behaves at work, by the framework's rubric",
    "behaviours.verify",
    answer=contract.PerformanceTaken,
    body=contract.VerificationBody,
    success=201,
    repeats=True,
    problems=(400, 404, 409, 413, 415, 422),
    tag="Learning",
)
def post_verification(request: Request, on: UseCases) -> Response:
    from shared.evidence.contract import VerificationBody

    taken = on.recording.verify(request.caller, request.body(VerificationBody))
    return Response(taken, 201 if taken.status == "recorded" else 200)


def saved_as(name: str) -> dict[str, str]:
    """Returns the headers of what others sent: it is saved, never run, and never taken for another type."""
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


def _whose(request: Request) -> str | None:
    given = name_of(request, "employee_id")
    return None if given is None else folded(given)


def _sending(request: Request) -> Sending:
    """Reads what is said of a file. Raises Rejected."""
    from shared.evidence.usecases.take_evidence import Sending

    query = request.query
    kind = one_of(request, "kind", SENT)
    if kind is None:
        raise Rejected(f"kind: say what it is: {', '.join(SENT)}", field="kind")
    key = query.get("key", "")
    if not is_senders_id(key):
        raise Rejected("key: the device's own key of this item, of 1 to 200 printable characters", field="key")
    claimed, _, _ = (request.headers.get("Content-Type") or "").partition(";")
    words = [word.strip() for word in query.get("competencies", "").split(",") if word.strip()]
    too_long = next((word for word in words if len(word) > MOST_WORDS), None)
    if too_long is not None:
        raise Rejected(f"competencies: {too_long[:40]!r}… is longer than {MOST_WORDS} characters", field="competencies")
    return Sending(
        key=key,
        kind=kind,
        employee_id=_whose(request),
        captured_at=moment_of(request, "captured_at"),
        caption=query.get("caption"),
        competencies=words,
        lesson_id=name_of(request, "lesson_id"),
        claimed_type=claimed.strip().lower()[:MOST_WORDS] or None,
        bytes=whole_number(request, "bytes", 0, 10**11),
        sha256=query.get("sha256"),
    )
