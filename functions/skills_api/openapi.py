"""The API as OpenAPI 3.1, generated from the routes and the models that the code itself uses."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from functions.skills_api.openapi_shapes import (
    Body,
    Described,
    Document,
    Header,
    MediaType,
    Operation,
    Parameter,
    Security,
    Sent,
)
from functions.skills_api.routes import ROUTES
from shared.kernel.access import PERMISSIONS, ROLES, SCOPES
from shared.kernel.json_schema import Schema
from shared.platform.contract import Problem
from shared.platform.edges.routes import Parameter as QueryParameter
from shared.platform.edges.routes import Route
from shared.subscriptions.contract import EVENTS

Shown = tuple[type[BaseModel], Literal["validation", "serialization"]]

_PROBLEMS = {
    400: "The body cannot be read",
    401: "Who is calling could not be verified",
    403: "This caller may not do this",
    404: "There is no such thing",
    405: "The path does not serve this method",
    409: "It exists with other content, or changed meanwhile",
    410: "The cursor is older than the log; begin again with an export",
    412: "If-Match or If-None-Match: it is not what the change was to be made on; its present ETag comes along",
    413: "The body or the list is too large",
    415: "The content type is not read here",
    422: "A field is missing or wrong; it is named",
    429: "Faster than this caller may ask; send the same request again after Retry-After",
    503: "Temporarily unavailable; send the same request again after Retry-After",
}
_ID_PARAMETERS: Schema = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"^[^/\x00-\x1f\x7f]+$"}
_SENDERS_IDS: Schema = _ID_PARAMETERS | {"pattern": r"^[^\x00-\x1f\x7f]+$"}
"""May have slashes, written as %2F."""

_TAG: Header = {"description": "Of the answer's very bytes", "schema": {"type": "string"}}


def _precondition(name: str, about: str) -> Parameter:
    return {"name": name, "in": "header", "required": False, "description": about, "schema": {"type": "string"}}


_PRECONDITIONS: Mapping[str, Sequence[Parameter]] = {
    "GET": [_precondition("If-None-Match", "ETags of answers that the caller has: 304 when this is one")],
    "PUT": [
        _precondition("If-Match", "The ETag of what the caller has seen: 412 when it has changed since"),
        _precondition("If-None-Match", "`*`: only if there is nothing yet"),
    ],
}

_KEY = _precondition(
    "Idempotency-Key",
    "1 to 255 printable characters in quotes, of one request: for 24 hours the same request is answered as the first "
    "time, another one with the key is refused (422), and 409 says that the first still runs",
)
_LIMITS: dict[str, Header] = {
    "Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}},
    "RateLimit": {"description": "What is left, and when all is there again", "schema": {"type": "string"}},
    "RateLimit-Policy": {"description": "How many requests in how many seconds", "schema": {"type": "string"}},
}
_GOING: dict[str, Header] = {
    "Deprecation": {"description": "Since when the route is deprecated (RFC 9745)", "schema": {"type": "string"}},
    "Sunset": {"description": "From when on it may be gone (RFC 8594)", "schema": {"type": "string"}},
    "Link": {"description": '`rel="deprecation"`: what to use instead', "schema": {"type": "string"}},
}

FILE = "application/octet-stream"
TAGS = (
    "Events",
    "Histories",
    "Profiles",
    "People",
    "Skills",
    "Frameworks",
    "Readiness",
    "Deals",
    "Assignments",
    "Learning",
    "Calls",
    "Transcripts",
    "Notifications",
    "Operations",
    "Webhooks",
    "Reviews",
    "About",
)
"""The order in which a reader meets them, whichever capability a route belongs to."""

DESCRIPTION = """What people can do, measured where it happens.

Every call carries `Authorization: Bearer <ID token>`: a Google-signed ID token of a service account on the
allow-list, or of a person whose verified e-mail address is an employee's. Errors are RFC 9457 problem details that
name the field and what is accepted. A GET's answer has an ETag: send it as If-None-Match to learn whether there is
anything new, and as If-Match with a PUT to change nothing that somebody else has changed meanwhile. What a GET of an
employee, a skill or a framework answers can be PUT back, and changes nothing. Events carry a stable id, so that
sending one again is harmless: it answers as the first time, with `duplicate: true`. Every POST takes an
`Idempotency-Key`, and answers the same request under it as the first time for 24 hours. After a 503, send the same
request again.

**How fast.** An integration may send 1,200 requests a minute and a person 300 to one instance of a function; every
answer says in `RateLimit` what is left (`r`) and in how many seconds all of it is there again (`t`), by the policy in
`RateLimit-Policy`. Faster than that is answered with 429 and `Retry-After`.

**What changes, and how it is said.** Within /api/v1 routes, fields of answers and values are added at any time: ignore
what you do not know. Nothing is removed or renamed, and no request that was accepted is refused, without notice: what
is about to go is `deprecated` in this document and in the changelog for at least 12 months, during which it works as
before, and each of its answers says so in `Deprecation` (since when, RFC 9745), `Sunset` (from when on it may be gone,
RFC 8594) and a `Link` with `rel="deprecation"` to what to use instead. What cannot be changed so becomes /api/v2 beside
/api/v1."""


@lru_cache(maxsize=1)
def document() -> Document:
    """Returns the OpenAPI document as a JSON value."""
    taken: list[Shown] = [
        (body.load(), "validation") for route in ROUTES for body in (route.body, route.body_too) if body
    ]
    given: list[Shown] = [
        (answer.load(), "serialization") for route in ROUTES for answer in (route.answer, route.list_answer) if answer
    ]
    told: list[type[BaseModel]] = [Problem, *EVENTS.values()]
    extra: list[Shown] = [(model, "serialization") for model in told]
    _, definitions = models_json_schema(
        list(dict.fromkeys([*taken, *given, *extra])),
        ref_template="#/components/schemas/{model}",
    )
    schemas: dict[str, Schema] = definitions.get("$defs", {})
    # It is answered as its file is written, from which it comes: a model between would only copy it.
    schemas["FrameworkAnswer"]["properties"]["framework"] = _ref("FrameworkBody")
    paths: dict[str, dict[str, Operation]] = {}
    for route in ROUTES:
        paths.setdefault(route.openapi_path, {})[route.method.lower()] = operation_of(route)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Augment Skills", "version": "1.0.0", "description": DESCRIPTION},
        "servers": [{"url": "/"}],
        "tags": [{"name": name} for name in TAGS],
        "paths": paths,
        "webhooks": {event_type: {"post": _sent(event_type, model)} for event_type, model in EVENTS.items()},
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "idToken": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "addressToken": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def document_text() -> str:
    """Returns the document as it is committed: docs/openapi.json."""
    return json.dumps(document(), ensure_ascii=False, indent=2) + "\n"


def callers(route: Route) -> list[str]:
    """Says in words who may call a route."""
    if route.permission is None:
        return ["whoever has the token of the address" if route.keyed else "anyone"]
    roles: list[str] = [role for role in ROLES if route.permission in PERMISSIONS[role]]
    scopes = [f"service accounts with {scope}" for scope in SCOPES if route.permission in SCOPES[scope]]
    return [*roles, *scopes]


def _security(route: Route) -> list[Security]:
    if route.keyed:
        return [{"addressToken": []}]
    return [] if route.permission is None else [{"idToken": []}]


def _sent(event_type: str, model: type[BaseModel]) -> Sent:
    """Describes what a subscriber of a type of facts gets."""
    return {
        "operationId": f"on_{event_type.replace('.', '_')}",
        "summary": f"What a subscriber of `{event_type}` is sent, signed as Standard Webhooks says",
        "tags": ["Webhooks"],
        "security": [],
        "requestBody": {"required": True, "content": {"application/json": {"schema": _ref(model.__name__)}}},
        "responses": {
            "2XX": {"description": "It has arrived"},
            "410": {"description": "Nothing more is wanted: the subscription is paused"},
            "default": {"description": "It is tried again"},
        },
    }


def operation_of(route: Route) -> Operation:
    """Describes one route."""
    operation: Operation = {
        "operationId": route.operation,
        "summary": route.summary,
        "tags": [route.tag],
        "description": f"Who may: {', '.join(callers(route))}."
        + (" Whose data: by the caller's role and the reporting line." if route.of_one else ""),
        "security": _security(route),
        "responses": _responses(route),
    }
    parameters: list[Parameter] = [
        *_path_parameters(route.path),
        *(_query(parameter) for parameter in route.query),
        *(_PRECONDITIONS.get(route.method, ()) if route.has_tag else ()),
        *([_KEY] if route.takes_key else ()),
    ]
    if route.deprecation is not None:
        operation["deprecated"] = True
    if parameters:
        operation["parameters"] = parameters
    body = _request_body(route)
    if body is not None:
        operation["requestBody"] = body
    return operation


def _request_body(route: Route) -> Body | None:
    if route.body is not None:
        schema = _ref(route.body.name)
        if route.body_too is not None:
            schema = {"oneOf": [schema, _ref(route.body_too.name)]}
        if route.list_answer is not None:
            schema = {"oneOf": [schema, {"type": "array", "items": schema, "minItems": 1, "maxItems": 500}]}
        return {"required": not route.body_optional, "content": {"application/json": {"schema": schema}}}
    binary: Schema = {"type": "string", "format": "binary"}
    if route.csv:
        form: Schema = {"type": "object", "properties": {"file": binary}, "required": ["file"]}
        content: dict[str, MediaType] = {
            "text/csv": {"schema": {"type": "string"}, "example": f"{route.csv}\n"},
            "multipart/form-data": {"schema": form},
        }
        return {"required": True, "content": content}
    if route.raw:
        return {"required": True, "content": {media: {"schema": binary} for media in route.raw}}
    return None


def _responses(route: Route) -> dict[str, Described]:
    content: dict[str, MediaType]
    if route.answer is not None:
        content = {route.content_type: {"schema": _ref(route.answer.name)}}
    elif route.content_type == "application/json":
        content = {"application/json": {"schema": {"type": "object"}}}
    else:
        kind: Schema = {"type": "string", "format": "binary"} if route.content_type == FILE else {"type": "string"}
        content = {route.content_type: {"schema": kind}}
    responses: dict[str, Described] = {str(route.success): {"description": "Done", "content": content}}
    if route.has_tag and route.method in _PRECONDITIONS:
        responses[str(route.success)]["headers"] = {"ETag": _TAG}
    if route.has_tag and route.method == "GET":
        responses["304"] = {"description": "The answer is the one that If-None-Match names", "headers": {"ETag": _TAG}}
    if route.list_answer is not None or route.repeats:
        responses["200"] = {"description": "Known already: the first answer, `duplicate: true`", "content": content}
    if route.list_answer is not None:
        responses["207"] = {
            "description": "A list was sent: one result per item",
            "content": {"application/json": {"schema": _ref(route.list_answer.name)}},
        }
    responses |= _problems(route)
    if route.deprecation is not None:
        for described in responses.values():
            described["headers"] = described.get("headers", {}) | _GOING
    return responses


def _problems(route: Route) -> dict[str, Described]:
    statuses = {422, *route.problems}
    if route.takes_key:
        statuses |= {409}
    if route.permission is not None:
        statuses |= {401, 403, 429, 503}
    problems: dict[str, Described] = {
        str(status): {
            "description": _PROBLEMS[status],
            "content": {"application/problem+json": {"schema": _ref("Problem")}},
        }
        for status in sorted(statuses)
    }
    if 429 in statuses:
        problems["429"]["headers"] = _LIMITS
    return problems


def _path_parameters(path: str) -> list[Parameter]:
    names = [part[1:-1] for part in path.split("/") if part.startswith("<")]
    return [_in_path(name.removeprefix("path:"), senders=name.startswith("path:")) for name in names]


def _in_path(name: str, *, senders: bool) -> Parameter:
    return {"name": name, "in": "path", "required": True, "schema": _SENDERS_IDS if senders else _ID_PARAMETERS}


def _query(parameter: QueryParameter) -> Parameter:
    return {
        "name": parameter.name,
        "in": "query",
        "required": False,
        "description": parameter.about,
        "schema": parameter.schema,
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}
