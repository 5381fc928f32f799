"""Reads what was sent: bytes to JSON, JSON to a contract's model, with errors that name the field."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from datetime import UTC, datetime
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeVar

from shared.kernel.errors import FieldError, Malformed, Rejected

if TYPE_CHECKING:
    from pydantic import BaseModel

Model = TypeVar("Model", bound="BaseModel")

DEEPEST = 16
"""Nesting of a JSON body, a list directly in a list counting twice, as it is stored; the contracts need 6."""

_INTEGERS = range(-(2**63), 2**63)
_DIGITS = bytes.maketrans(b"123456789E", b"000000000e")
_NAMELESS = re.compile(rb'""\s*:')


def _suspicious(raw: bytes) -> bool:
    """Suspects an integer of more than 64 bits, a number beyond the largest, or a field without a name."""
    shape = raw.translate(_DIGITS, b"+")  # a search for every digit would cost more than all the reading
    return _NINETEEN in shape or b"0e000" in shape or (b'""' in raw and _NAMELESS.search(raw) is not None)


_NINETEEN = b"0" * 19


def parse_json(raw: bytes) -> Any:
    """Reads bytes as JSON that can be stored: UTF-8, no NaN, infinity or integer of more than 64 bits, no lone
    surrogates, no field without a name, at most 16 levels deep. Raises Malformed."""
    # What the clock starts reads no bodies, and starts without it.
    import orjson

    value = _ANYTHING_ELSE
    if not _suspicious(raw):
        # It reads JSON as the standard library does, but for what is suspicious, and refuses more.
        with suppress(orjson.JSONDecodeError):
            value = orjson.loads(raw)
    if value is _ANYTHING_ELSE:
        value = _looked_at(raw)
    # A list directly in a list counts twice, everything else once.
    if raw.count(b"{") + 2 * raw.count(b"[") > DEEPEST:
        _check_depth(value)
    return value


_ANYTHING_ELSE: Any = object()


def _looked_at(raw: bytes) -> Any:
    """Reads what needs a closer look, or says in words what is wrong."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed(f"the body is not UTF-8 (byte {error.start})", field="body") from None
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise Malformed(f"the body is nested deeper than {DEEPEST} levels", field="body") from None
    except json.JSONDecodeError as error:
        raise Malformed(
            f"the body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}", field="body"
        ) from None
    except ValueError as error:
        raise Malformed(f"the body is not JSON that this service reads: {str(error)[:200]}", field="body") from None
    _check_depth(value)
    _check_storable(value)
    if "\\u" in text:
        try:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError:
            raise Malformed("the body has an escaped lone surrogate, which is no character", field="body") from None
    return value


DOCUMENT_NAMES = (
    "1-200 printable characters without '/', and are neither '.' nor '..' nor wrapped in double underscores"
)


_NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f/\ud800-\udfff]")


def is_document_name(text: str) -> bool:
    """Tells whether a text can be the id of a document in every store."""
    return (
        1 <= len(text) <= 200
        and not _NOT_IN_NAMES.search(text)
        and text not in {".", ".."}
        and not (text.startswith("__") and text.endswith("__"))
    )


SENDERS_IDS = "1-200 printable characters"
"""What a sender may call an event; the store never sees it but as a value or in a hash."""
_NOT_PRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def is_senders_id(text: str) -> bool:
    """Tells whether a sender may have given it to an event: a link with its slashes, too."""
    return 1 <= len(text) <= 200 and not _NOT_PRINTABLE.search(text)


def page_end(moment: str, identity: str) -> tuple[datetime, str]:
    """Reads the end of a page, which a caller sends back to get the next: a zoned moment, and a document's id.
    Raises ValueError for what no page ends with."""
    at = datetime.fromisoformat(moment)
    if at.tzinfo is None or not is_document_name(identity):
        raise ValueError("no page ends there")
    try:
        return at.astimezone(UTC), identity
    except OverflowError:
        raise ValueError("no page ends outside the calendar") from None


def validated(model: type[Model], value: Any, *, most: int = 20) -> Model:
    """Returns a JSON value as the contract's model; raises Rejected naming every wrong field, `most` of them."""
    # A function that refuses its first caller, or has no bodies to read, starts without it.
    from pydantic import ValidationError

    try:
        return model.model_validate(value)
    except ValidationError as error:
        errors: list[FieldError] = [
            {
                "field": ".".join(str(part)[:120] for part in _place(item)) or "body",
                "detail": _words(item),
            }
            for item in error.errors(include_url=False, include_input=False, include_context=True)[:most]
        ]
        first = errors[0]
        raise Rejected(f"{first['field']}: {first['detail']}", field=first["field"], errors=errors) from None


_SHAPES = {
    "model_type": "must be a JSON object",
    "model_attributes_type": "must be a JSON object",
    "dict_type": "must be a JSON object",
    "list_type": "must be a JSON list",
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "finite_number": "must be a number",
}
"""What a field of the wrong JSON type should have been, in the sender's words."""


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def _check_depth(value: Any) -> None:
    waiting = [(value, 1)]
    while waiting:
        parent, depth = waiting.pop()
        if depth > DEEPEST:
            raise Malformed(f"the body is nested deeper than {DEEPEST} levels", field="body")
        children = parent.values() if isinstance(parent, dict) else parent if isinstance(parent, list) else ()
        for child in children:
            if isinstance(child, dict | list):
                waiting.append((child, depth + 1 + (isinstance(parent, list) and isinstance(child, list))))


def _check_storable(value: Any) -> None:
    waiting: list[tuple[Any, str]] = [(value, "")]
    while waiting:
        item, at = waiting.pop()
        if isinstance(item, dict):
            for name, child in item.items():
                if not name:
                    raise Malformed("a field has the empty string as its name", field=at or "body")
                waiting.append((child, f"{at}.{name}" if at else name))
        elif isinstance(item, list):
            waiting += [(child, f"{at}.{index}" if at else str(index)) for index, child in enumerate(item)]
        elif isinstance(item, int) and item not in _INTEGERS:
            raise Malformed("an integer has more than 64 bits", field=at[:200] or "body")
        elif isinstance(item, float) and not isfinite(item):
            raise Malformed("a number is larger than a 64 bit floating point number holds", field=at[:200] or "body")


class Misfit(ValueError):
    """A model's own rule about several of its fields. field: the one to change."""

    def __init__(self, detail: str, *, field: str):
        super().__init__(detail)
        self.field = field


def _place(item: Any) -> tuple[Any, ...]:
    """Returns where an error is: pydantic names the model whose rule was broken, a Misfit the field in it."""
    cause = item.get("ctx", {}).get("error")
    return (*item["loc"], *cause.field.split(".")) if isinstance(cause, Misfit) else item["loc"]


def _words(item: Any) -> str:
    message = str(item["msg"])
    kind = item["type"]
    if kind == "missing":
        return "is required"
    if kind == "extra_forbidden":
        return "is no field here"
    if kind in _SHAPES:
        return _SHAPES[kind]
    if kind == "timezone_aware":
        return "must have a time zone, e.g. 2026-02-10T14:30:00Z"
    if kind.startswith("datetime"):
        return f"must be an ISO 8601 date and time with a time zone, e.g. 2026-02-10T14:30:00Z ({message})"
    return message.removeprefix("Value error, ")[:500]
