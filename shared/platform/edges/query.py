"""Reads what a request says beside its body, the path's and the query's values: of the API and of the pages."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from shared.kernel.errors import Malformed, NotFound, Rejected, UnsupportedMedia
from shared.kernel.ids import DEFAULT_FRAMEWORK
from shared.kernel.reading import DOCUMENT_NAMES, is_document_name, page_end
from shared.kernel.unicode_form import folded
from shared.platform.edges.incoming import require_plain

if TYPE_CHECKING:
    from shared.platform.edges.http import Request

OneWord = TypeVar("OneWord", bound=str)


class Asked(Protocol):
    """Whatever has a query: a request of the API, a visit to a page."""

    @property
    def query(self) -> Mapping[str, str]: ...


def employee_id_of(request: Request) -> str:
    """Returns the employee that the path names, in lower case."""
    return folded(request.path["employee_id"])


def framework_id_of(asked: Asked) -> str:
    """Returns the framework that the query names, or the default. Raises NotFound."""
    framework_id = asked.query.get("framework_id", DEFAULT_FRAMEWORK)
    if not is_document_name(framework_id):
        raise NotFound(f"there is no framework {framework_id[:60]!r}", field="framework_id")
    return framework_id


def limit_of(asked: Asked, default: int = 50) -> int:
    """Returns how many items a page is to have."""
    return whole_number(asked, "limit", 1, 200) or default


def whole_number(asked: Asked, name: str, least: int, most: int) -> int | None:
    """Reads a whole number of the query; None when it is not given. Raises Rejected."""
    given = asked.query.get(name)
    if given is None:
        return None
    if not given.isascii() or not given.isdigit() or len(given) > 12 or not least <= int(given) <= most:
        raise Rejected(f"{name}: {given[:40]!r} is no whole number from {least} to {most}", field=name)
    return int(given)


def one_of(asked: Asked, name: str, accepted: tuple[OneWord, ...]) -> OneWord | None:
    """Reads one of a few words of the query; None when it is not given. Raises Rejected."""
    given = asked.query.get(name)
    if not given:  # a form sends the fields that are left empty, too
        return None
    for word in accepted:
        if word == given:
            return word
    known = f"none of {', '.join(accepted)}" if len(accepted) > 1 else f"not {accepted[0]!r}, which alone may be given"
    raise Rejected(f"{name}: {given[:40]!r} is {known}", field=name)


def name_of(asked: Asked, name: str) -> str | None:
    """Reads an id of the query; None when it is not given. Raises Rejected."""
    given = asked.query.get(name)
    if given is not None and not is_document_name(given):
        raise Rejected(f"{name}: {given[:60]!r} is no id; ids have {DOCUMENT_NAMES}", field=name)
    return given


def moment_of(asked: Asked, name: str) -> datetime | None:
    """Reads a moment of the query, in UTC; None when it is not given. Raises Rejected."""
    given = asked.query.get(name)
    if given is None:
        return None
    try:
        # A "+" in a query string arrives as a space; an offset is the only place where one can stand.
        moment = datetime.fromisoformat(given.replace(" ", "+") if "T" in given else given)
        if moment.tzinfo is None:
            raise ValueError
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Rejected(
            f"{name}: {given[:40]!r} is no date and time with a time zone, e.g. 2026-02-10T14:30:00Z", field=name
        ) from None


def encode_cursor(values: list[Any]) -> str:
    """Encodes where a page ended."""
    return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, length: int, field: str = "cursor") -> list[Any]:
    """Decodes where a page ended: `length` texts, the last a document's name. Raises Rejected."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
        if (
            not isinstance(values, list)
            or len(values) != length
            or not all(isinstance(value, str) for value in values)
            or not is_document_name(values[-1])
        ):
            raise ValueError
    except (ValueError, RecursionError):
        raise Rejected(f"{field}: not one that this route gave", field=field) from None
    return values


def cursor_of(asked: Asked) -> tuple[datetime, str] | None:
    """Reads where the page before ended; None for the first page. Raises Rejected."""
    given = asked.query.get("cursor")
    return None if given is None else position_of(*decode_cursor(given, 2))


def position_of(moment: str, name: str, field: str = "cursor") -> tuple[datetime, str]:
    """Reads a position in a list from its two parts. Raises Rejected."""
    try:
        return page_end(moment, name)
    except ValueError:
        raise Rejected(f"{field}: not one that this route gave", field=field) from None


def place_of(asked: Asked) -> tuple[datetime, str] | None:
    """Reads where the page before ended from a page's address, `after=2026-11-23T07:41:00+00:00~id`; None for the first
    page. Raises Rejected."""
    given = asked.query.get("after")
    if not given:
        return None
    at, _, key = given.partition("~")
    try:
        return page_end(at, key)
    except ValueError:
        raise Rejected("this address does not lead to a page of the list", field="after") from None


def place_to(position: tuple[datetime, str]) -> str:
    """Returns what the address of the next page says, which `place_of` reads."""
    return f"{position[0].isoformat()}~{position[1]}"


def cursor_to(position: tuple[datetime, str] | None) -> str | None:
    """Returns the cursor of the next page; None on the last."""
    return None if position is None else encode_cursor([position[0].isoformat(), position[1]])


def csv_of(request: Request) -> bytes:
    """Returns the CSV file of a body: the body itself, or the `file` of a form. Raises UnsupportedMedia, Rejected."""
    content_type, _, _ = (request.headers.get("Content-Type") or "").partition(";")
    require_plain(request.headers)
    if content_type.strip().lower() == "multipart/form-data":
        return _file_of(request)
    if content_type.strip().lower() not in {"text/csv", "application/csv"}:
        raise UnsupportedMedia(
            "send the file as text/csv, or in the field `file` of multipart/form-data", field="Content-Type"
        )
    return request.raw


def raw_of(request: Request) -> tuple[bytes, str]:
    """Returns a body that is taken as it is, and which type it has. Raises UnsupportedMedia, Rejected."""
    content_type, _, _ = (request.headers.get("Content-Type") or "").partition(";")
    media = content_type.strip().lower()
    require_plain(request.headers)
    if media not in request.route.raw:
        raise UnsupportedMedia(f"send the file as {' or '.join(request.route.raw)}", field="Content-Type")
    if not request.raw:
        raise Rejected("the body is empty; send the file's bytes", field="body")
    return request.raw, media


def _file_of(request: Request) -> bytes:
    from io import BytesIO

    from werkzeug.formparser import FormDataParser
    from werkzeug.http import parse_options_header

    media, options = parse_options_header(request.headers.get("Content-Type"))
    try:
        _, fields, files = FormDataParser(silent=False).parse(BytesIO(request.raw), media, len(request.raw), options)
    except ValueError:
        raise Malformed("the body is no multipart/form-data as its Content-Type says", field="body") from None
    others = sorted({*fields, *files} - {"file"})
    if others or len(files.getlist("file")) != 1:
        raise Rejected("a form has one field, `file`, with the CSV file", field=others[0][:60] if others else "file")
    content: bytes = files["file"].read()
    return content
