"""Reads what is asked: who says to call, in which form the body is sent, the body and the query within their bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from werkzeug.exceptions import ClientDisconnected

from shared.kernel.errors import Malformed, Rejected, TooLarge, Unauthenticated, UnsupportedMedia
from shared.kernel.unicode_form import composed

if TYPE_CHECKING:
    from shared.platform.edges.routes import Route

MOST_VALUE_BYTES = 1_500
"""Of a value of the query in UTF-8: what an index of Firestore's can hold."""
MOST_BYTES = 10_000_000


class IncomingRequest(Protocol):
    """A request as far as the edge needs it; Flask's fits."""

    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def headers(self) -> Any: ...
    @property
    def args(self) -> Any: ...
    @property
    def query_string(self) -> bytes: ...
    @property
    def content_length(self) -> int | None: ...
    def get_data(self) -> bytes: ...


def require_json(headers: Mapping[str, str]) -> None:
    """Raises UnsupportedMedia unless the content type is JSON, and the body is sent as it is."""
    content_type = (headers.get("Content-Type") or "").split(";")[0].strip().lower()
    if content_type != "application/json" and not content_type.endswith("+json"):
        given = content_type or "no content type"
        raise UnsupportedMedia(f"{given[:100]} is not read here; send application/json", field="Content-Type")
    require_plain(headers)


def require_plain(headers: Mapping[str, str]) -> None:
    """Raises UnsupportedMedia when the body is compressed."""
    encoding = (headers.get("Content-Encoding") or "identity").strip().lower()
    if encoding != "identity":
        raise UnsupportedMedia(
            f"a body in {encoding[:60]} is not read here; send it uncompressed", field="Content-Encoding"
        )


def bearer(headers: Mapping[str, str]) -> str:
    """Returns the token of `Authorization: Bearer …`; raises Unauthenticated without one."""
    scheme, _, token = (headers.get("Authorization") or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("send `Authorization: Bearer <ID token>`", field="Authorization")
    return token.strip()


def body_of(request: IncomingRequest, route: Route) -> bytes:
    """Returns the body as it came. Raises Malformed when it was cut, TooLarge, Rejected."""
    most, announced = route.most_bytes or MOST_BYTES, request.content_length or 0
    try:
        raw = request.get_data() if announced <= most else None
    except ClientDisconnected:
        raise Malformed(
            f"the body was cut: fewer than {announced} bytes arrived; send it again", field="body"
        ) from None
    if raw is None or len(raw) > most:
        raise TooLarge(f"the body may have at most {most} bytes{_accepted(route)}", field="body")
    if route.takes_no_body and raw.strip() not in (b"", b"{}"):
        raise Rejected("this operation takes no body", field="body")
    return raw


def _accepted(route: Route) -> str:
    """Returns what a route takes whose body is a file, in words; empty for others."""
    return f"; send a file of {' or '.join(route.raw)} within that" if route.raw and route.raw != ("*/*",) else ""


def query_of(request: IncomingRequest, route: Route) -> dict[str, str]:
    """Returns the parameters of the query by name. Raises Rejected for one that the route does not have."""
    if not request.query_string:
        return {}
    query: dict[str, str] = {}
    known = {parameter.name for parameter in route.query}
    for name, values in request.args.lists():
        value = composed(str(values[0]))
        if name not in known:
            accepted = ", ".join(sorted(known)) or "none"
            raise Rejected(f"{name[:60]!r} is no parameter of this route; known: {accepted}", field=name[:60])
        if len(values) > 1:
            raise Rejected(f"{name} is given {len(values)} times; once is accepted", field=name)
        if not 1 <= len(value) <= 500 or any(ord(character) < 32 for character in value):
            raise Rejected(f"{name} must be printable and 1 to 500 characters long", field=name)
        if len(value.encode(errors="replace")) > MOST_VALUE_BYTES:
            raise Rejected(f"{name} may have at most {MOST_VALUE_BYTES} bytes in UTF-8", field=name)
        query[name] = value
    return query
