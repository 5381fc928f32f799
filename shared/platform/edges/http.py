"""Serves HTTP: from a request to a use case and back, the same for every function.

Errors become RFC 9457 problem details. Every route says who may call it; a request is authenticated before its body
is read. Nothing of a body is logged.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeVar

from werkzeug.exceptions import HTTPException

from shared.kernel.access import Caller, require
from shared.kernel.errors import (
    Conflict,
    Forbidden,
    MethodNotAllowed,
    NotFound,
    Outdated,
    Rejected,
    Retryable,
    StillRunning,
    TooManyRequests,
    Unauthenticated,
)
from shared.kernel.json_values import JsonObject
from shared.kernel.log_events import LogEvent
from shared.kernel.plain_ids import called, odd_in_name
from shared.kernel.preconditions import Expect
from shared.kernel.problems import PROBLEM_BASE, problem_value, reference
from shared.kernel.reading import (
    DOCUMENT_NAMES,
    SENDERS_IDS,
    is_document_name,
    is_senders_id,
    parse_json,
    validated,
)
from shared.kernel.unicode_form import composed, folded
from shared.platform.edges.entity_tags import is_conditional, is_known, require_match, tag_of
from shared.platform.edges.idempotency import fingerprint_of, key_of
from shared.platform.edges.incoming import IncomingRequest, body_of, query_of, require_json
from shared.platform.edges.path_map import map_of
from shared.platform.edges.routes import Route, Served
from shared.ports.ambient import Log

if TYPE_CHECKING:
    from pydantic import BaseModel

    from shared.platform.usecases.answer_once import AnswerOnce

_PEOPLE = ("employee_id", "employee")
"""Variables of paths and parameters that name a person whom the answer is about."""
Model = TypeVar("Model", bound="BaseModel")
RawResponse = tuple[bytes | Iterator[bytes], int, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Request:
    """An authenticated request, decoded: what a handler gets."""

    caller: Caller
    route: Route
    path: Mapping[str, str]
    query: Mapping[str, str]
    raw: bytes
    headers: Mapping[str, str]

    def json(self) -> Any:
        """Reads the body as JSON. Raises Malformed, TooLarge, UnsupportedMedia."""
        if self.route.body_optional and not self.raw:
            return {}
        require_json(self.headers)
        return parse_json(self.raw)

    def body(self, model: type[Model]) -> Model:
        """Reads the body as the contract's model; a wrong field is Rejected by name."""
        return validated(model, self.json())

    @property
    def expect(self) -> Expect | None:
        """Returns what holds a change to what the caller has seen; None when it is to be made on whatever stands."""
        conditional = is_conditional(self.headers)
        return (lambda present: require_match(self.headers, present, _encode)) if conditional else None


@dataclass(frozen=True, slots=True)
class Response:
    """A handler's result: a JSON value, a contract's model, or text or bytes of another type.

    content, lines: instead of a value, bytes; what is sent a line at a time as JSON, each made when the one before is
    """

    value: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str | None = None
    content: bytes | None = None
    lines: Iterator[BaseModel] | None = None
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Traffic:
    """Watches over requests.

    admit: counts one and returns what its answer says of the limit; raises TooManyRequests; None: nobody is limited
    once:  what answers a request that is sent again under its key
    now_called: from an id that somebody had to the one that they have now; None for what was nobody's
    """

    admit: Callable[[Caller], Mapping[str, str]] | None
    once: Callable[[], AnswerOnce]
    now_called: Callable[[str], str | None]


class HttpEdge:
    """Serves a function's routes.

    served:       the routes that this function owns, each with what answers it
    authenticate: from the Authorization header to the Caller; raises Unauthenticated, Retryable
    traffic:      what watches over all requests
    elsewhere:    other functions' routes below this function's addresses: their methods are named in a 405
    """

    def __init__(
        self,
        served: Sequence[Served],
        authenticate: Callable[[Mapping[str, str]], Caller],
        log: Log,
        traffic: Traffic,
        elsewhere: Sequence[Route] = (),
    ) -> None:
        self._authenticate = authenticate
        self._traffic = traffic
        self._log = log
        self._served = {one.route.operation: one for one in served}
        routes = [one.route for one in served]
        # Most requests are to a path without a variable, which needs no matching.
        self._plain: dict[tuple[str, str], str] = {
            (route.method, route.path): route.operation for route in routes if "<" not in route.path
        }
        self._map = map_of(routes)
        self._everywhere = map_of([*routes, *elsewhere]) if elsewhere else self._map

    def handle(self, request: IncomingRequest) -> RawResponse:
        """Answers a request; never raises for anything that a caller can send."""
        operation = "unrouted"
        said: dict[str, str] = {}
        try:
            operation, arguments = self._match(request.method, request.path)
            served = self._served[operation]
            route = served.route
            said |= route.deprecation.headers() if route.deprecation else {}
            caller = self._caller(route, request.headers, said)
            raw = body_of(request, route) if request.method in {"POST", "PUT", "PATCH"} else b""
            asked = Request(caller, route, arguments, query_of(request, route), raw, request.headers)
            answer = self._answer(served, asked, request)
        except Rejected as error:
            self._log.event(
                LogEvent.REQUEST_REJECTED, operation=operation, status=error.status, problem=type(error).__name__
            )
            answer = problem(error, request.path)
        except Retryable as error:
            self._log.event(LogEvent.REQUEST_UNAVAILABLE, "WARNING", operation=operation, cause=type(error).__name__)
            answer = unavailable(error, request.path)
        body, status, headers = answer
        return body, status, {**headers, **said}

    def _caller(self, route: Route, headers: Mapping[str, str], said: dict[str, str]) -> Caller:
        """Returns who is calling, counted and with the route's permission. said: what any answer to them says"""
        if route.permission is None:
            return Caller(email="anonymous")
        caller = self._authenticate(headers)
        if self._traffic.admit is not None:
            said |= self._traffic.admit(caller)
        require(caller, route.permission)
        return caller

    def _handled(self, served: Served, asked: Request) -> Response:
        """Returns what a route answers; about somebody who is not found under an id, under the one that they have now.

        Nothing has happened by then: whom a request is about is looked for first. An id in use costs no read.
        """
        try:
            return _answered(served, asked)
        except (NotFound, Forbidden):
            path, query = self._now_called(asked.path), self._now_called(asked.query)
            if (path, query) == (asked.path, asked.query):
                raise
            return _answered(served, replace(asked, path=path, query=query))

    def _now_called(self, said: Mapping[str, str]) -> dict[str, str]:
        """Returns what a request names, with the ids that the people among it have now."""
        current = {name: self._traffic.now_called(folded(said[name])) for name in _PEOPLE if name in said}
        return {**said, **{name: one for name, one in current.items() if one is not None}}

    def _answer(self, served: Served, asked: Request, request: IncomingRequest) -> RawResponse:
        key = key_of(asked.headers) if served.route.takes_key else None
        if key is None:
            return _tagged(asked, _raw(self._handled(served, asked)))
        from shared.platform.usecases.answer_once import Answered, Sent

        def run() -> Answered:
            body, status, headers = _raw(self._handled(served, asked))
            return Answered(status, headers, b"".join([body] if isinstance(body, bytes) else body).decode())

        fingerprint = fingerprint_of(request.path, request.query_string, asked.headers, asked.raw)
        sent = Sent(asked.caller.email, key, fingerprint, served.route.shows_secret)
        answer = self._traffic.once().answer(sent, run)
        return answer.body.encode(), answer.status, dict(answer.headers)

    def _match(self, method: str, path: str) -> tuple[str, Mapping[str, str]]:
        plain = self._plain.get((method, path))
        if plain is not None:
            return plain, {}
        try:
            operation, arguments = self._map.match(composed(path), method=method)
        except HTTPException:
            # A path's methods may be several functions', and the wrong ones reach any of them.
            allowed = sorted(self._everywhere.allowed_methods(path))
            if allowed and method not in allowed:
                detail = f"{method[:20]} is not served here; {', '.join(allowed)} is"
                raise MethodNotAllowed(detail, allowed=allowed) from None
            raise NotFound("there is no such path here; see /api/v1/openapi.json") from None
        path = self._served[operation].route.path
        for name, value in arguments.items():
            senders = f"<path:{name}>" in path
            if not (is_senders_id if senders else is_document_name)(value):
                having = SENDERS_IDS if senders else DOCUMENT_NAMES
                raise Rejected(f"{name}: {value[:80]!r} is no id; ids have {having}", field=name)
            odd = odd_in_name(value) if method == "PUT" else None  # which makes what there is not; the rest reads
            if odd is not None:
                raise Rejected(f"{name}: must not contain {called(odd)}", field=name)
        return operation, arguments


def problem(error: Rejected, instance: str) -> RawResponse:
    """Returns the response that a rejection becomes."""
    headers = {"Content-Type": "application/problem+json", "Cache-Control": "no-store"}
    if isinstance(error, MethodNotAllowed):
        headers["Allow"] = ", ".join(error.allowed)
    if isinstance(error, Outdated) and error.tag is not None:
        headers["ETag"] = error.tag
    if isinstance(error, StillRunning):
        headers["Retry-After"] = "2"
    if isinstance(error, TooManyRequests):
        headers |= {"Retry-After": str(error.after), **error.headers}
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = 'Bearer realm="augment-skills"'
    return _encode(problem_value(error, instance)), error.status, headers


def unavailable(error: Retryable, instance: str) -> RawResponse:
    """Returns 503 problem details with Retry-After: nothing is wrong with the request."""
    value = {
        "type": PROBLEM_BASE + "try-again",
        "title": "Temporarily unavailable",
        "status": 503,
        "detail": f"{error.detail}; send the same request again in {error.after_seconds} s",
        "instance": reference(instance),
    }
    headers = {"Retry-After": str(error.after_seconds), "Cache-Control": "no-store"}
    return _encode(value), 503, {"Content-Type": "application/problem+json", **headers}


def _raw(answer: Response) -> RawResponse:
    body: bytes | Iterator[bytes]
    if answer.lines is not None:
        body = _begun(answer.lines)
    elif answer.content is not None:
        body = answer.content
    else:
        body = answer.text.encode() if answer.text is not None else _encode(answer.value)
    return body, answer.status, {"Content-Type": answer.content_type, "Cache-Control": "no-store", **answer.headers}


def _begun(lines: Iterator[BaseModel]) -> Iterator[bytes]:
    """Returns lines of JSON whose first is made now: what fails with it is still answered as a problem."""
    first = list(islice(lines, 1))
    return (_encode(line) + b"\n" for line in chain(first, lines))


def _answered(served: Served, asked: Request) -> Response:
    try:
        return served.handle(asked)
    except Conflict:
        if asked.expect is None:
            raise
        # Another was faster than the write: now the comparison sees what they wrote, and says so.
        return served.handle(asked)


def _tagged(asked: Request, answer: RawResponse) -> RawResponse:
    """Returns the answer with its tag, and without a body for who has it already."""
    body, status, headers = answer
    method = asked.route.method
    if status != 200 or not isinstance(body, bytes) or method not in {"GET", "PUT"}:
        return answer
    tag = tag_of(body)
    if method == "GET" and is_known(asked.headers, tag):
        return b"", 304, {"ETag": tag, "Cache-Control": headers["Cache-Control"]}
    return body, status, {**headers, "ETag": tag}


def _encode(value: Any) -> bytes:
    return _encoder.encode(value).encode()


def _plain(model: BaseModel) -> JsonObject:
    # What a result leaves out is left out of the answer, too: null and absent are two things to say.
    plain = model.model_dump(mode="json", exclude_unset=True)
    if "next_cursor" in plain:  # declared for all lists at once, so first; written after what it continues
        plain["next_cursor"] = plain.pop("next_cursor")
    return plain


_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain, allow_nan=False)
