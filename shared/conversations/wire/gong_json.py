"""Reads the pieces of Gong's JSON: ids, texts, numbers and instants, each read or refused with its place.

Ids are strings of up to 20 digits, which overflow 64 bits, and stay strings; some exports drop the quotes, and then the
digits are kept exactly as they came. Whatever the bytes, only Unreadable is raised.
"""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime
from typing import Any, NoReturn

from shared.kernel.errors import Malformed
from shared.kernel.json_values import JsonObject

MOST_ENTRIES = 20_000
"""Of a list. As turns: one a second for five and a half hours."""
LONGEST_TEXT = 100_000
"""Characters of one text, and of one turn, that are read: two hours of one person's speech."""

_ID = re.compile(r"[!-~]{1,64}")
_CALL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


class Unreadable(Malformed):
    """The bytes are nothing of Gong's that we read; detail and field say why and where."""

    title = "What Gong sent cannot be read"


def read(data: bytes) -> Any:
    """Returns the JSON in the bytes, with a byte order mark or without; NaN and numbers beyond a double are none."""
    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=_constant, parse_float=_finite)
    except RecursionError:
        raise Unreadable("The JSON is nested too deeply.") from None
    except ValueError as error:
        raise Unreadable(f"The bytes are no UTF-8 JSON: {type(error).__name__}.") from None


def written(value: Any) -> bytes:
    """Returns what `read` gave, as JSON again."""
    try:
        return json.dumps(value).encode("ascii")
    except RecursionError:
        raise Unreadable("The JSON is nested too deeply.") from None


def an_object(value: Any, path: str | None) -> JsonObject:
    if not isinstance(value, dict):
        raise Unreadable("An object is accepted.", field=path)
    return value


def a_list(value: Any, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise Unreadable("A list is accepted.", field=path)
    if len(value) > MOST_ENTRIES:
        raise Unreadable(f"{len(value)} entries; up to {MOST_ENTRIES} are accepted.", field=path)
    return value


def identifier(value: Any, path: str) -> str | None:
    """Returns an id as text, None when it is absent; a number is taken as its digits."""
    if value is None or value == "":
        return None
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**20:
        return str(value)
    if isinstance(value, str) and _ID.fullmatch(value):
        return value
    raise Unreadable("An id of 1 to 64 printable characters without spaces is accepted.", field=path)


def call_identifier(value: Any, path: str) -> str:
    """Returns a call's id, which becomes part of documents' paths and files' names."""
    found = identifier(value, path)
    if found is None or not _CALL_ID.fullmatch(found):
        raise Unreadable("A call needs its id: up to 20 digits (letters, _ and - are accepted, too).", field=path)
    return found


def text(value: Any, path: str) -> str:
    """Returns text on one line, without control characters and halves of characters (they have no UTF-8); absent:
    empty."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Unreadable("A text is accepted.", field=path)
    return _CONTROL.sub(" ", _SURROGATE.sub("\ufffd", value[:LONGEST_TEXT])).strip()


def number(value: Any, path: str, largest: int) -> float | int | None:
    """Returns a number from 0 to `largest`, None when it is absent."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= largest:
        raise Unreadable(f"A number from 0 to {largest} is accepted.", field=path)
    return value


def truth(value: Any, path: str) -> bool:
    """Reads true or false, also as a text, as the CRM's values come; absent: false."""
    if value is None:
        return False
    if isinstance(value, str) and value.casefold() in ("true", "false"):
        return value.casefold() == "true"
    if not isinstance(value, bool):
        raise Unreadable("true or false is accepted.", field=path)
    return value


def instant(value: Any, path: str) -> datetime | None:
    """Returns a moment in UTC, None when it is absent. Without its offset it names no moment, and is refused."""
    if value is None or value == "":
        return None
    try:
        found = datetime.fromisoformat(value)
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        pass
    raise Unreadable(
        "An ISO 8601 instant with its offset is accepted, like 2026-03-02T09:30:00-08:00.",
        field=path,
    )


def _constant(name: str) -> NoReturn:
    raise ValueError(name)


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError(digits[:20])
    return value
