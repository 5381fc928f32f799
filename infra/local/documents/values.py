"""Turns a document's data into the JSON text that the file holds, and back.

A datetime is stored as a string that starts with U+0001, in UTC with six digits of fraction, so that text order is time
order; a string that itself starts with U+0001 or U+0002 gets a U+0002 in front. Both keep the order of strings.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from math import isfinite
from typing import Any, Final

import orjson

from infra.local.stored_json import stored_json
from shared.kernel.field_values import FieldValue
from shared.ports.documents import DELETE_FIELD, FieldChange

DEPTH_LIMIT: Final = 20
"""Maps and lists inside each other, as in Firestore."""

_INTEGERS_END: Final = 2**63
_DATETIME: Final = "\x01"
_ESCAPE: Final = "\x02"
_TAGS: Final = frozenset({_DATETIME, _ESCAPE})
_TAGGED: Final = '"\\u000'
"""How a tagged string begins in JSON text."""


# --- into the file


def encode(data: Mapping[str, FieldChange], where: str, *, deletions: bool = False) -> dict[str, FieldChange]:
    """Returns data ready for JSON, times tagged. Raises ValueError, which names `where`, for what no document holds.

    deletions: whether DELETE_FIELD may stand for a field; it stays what it is
    """
    return _encoded_map(data, where, 0, deletions=deletions)


def to_text(data: Mapping[str, FieldChange]) -> tuple[str, int]:
    """Returns encoded data as JSON, and its length in bytes; a DELETE_FIELD as null. Raises ValueError for text that is
    not Unicode (half a surrogate pair)."""
    try:
        encoded = orjson.dumps(data, _deletion_as_null)
    except TypeError:  # a subclass of float, for one
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=_deletion_as_null)
        return text, len(text.encode())
    return encoded.decode(), len(encoded)


def _encoded_map(data: Mapping[str, FieldChange], where: str, depth: int, *, deletions: bool) -> dict[str, FieldChange]:
    if depth == DEPTH_LIMIT:
        raise ValueError(f"{where}: nested deeper than {DEPTH_LIMIT} levels")
    encoded: dict[str, FieldChange] = {}
    for key, item in data.items():
        if not isinstance(key, str) or not key:
            raise ValueError(f"{where}: {key!r} is not a field name (a string that is not empty)")
        if type(item) is str and item[:1] not in _TAGS:
            encoded[key] = item  # as most are
        elif isinstance(item, Mapping):
            encoded[key] = _encoded_map(item, where, depth + 1, deletions=deletions)
        elif item is DELETE_FIELD and deletions:
            encoded[key] = item
        else:
            encoded[key] = _encoded_item(item, where, depth + 1)
    return encoded


def _encoded_item(value: Any, where: str, depth: int) -> Any:
    """Returns a list's item, or a map's value that is no map."""
    if isinstance(value, Mapping):
        return _encoded_map(value, where, depth, deletions=False)
    if isinstance(value, list | tuple):
        if depth == DEPTH_LIMIT:
            raise ValueError(f"{where}: nested deeper than {DEPTH_LIMIT} levels")
        return [_encoded_item(item, where, depth + 1) for item in value]
    return encode_scalar(value, where)


def encode_scalar(value: Any, where: str) -> str | float | bool | None:
    """Returns a text, number, truth value, null or time as the file holds it. Raises ValueError for anything else."""
    if isinstance(value, str):
        return _ESCAPE + value if value[:1] in _TAGS else value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{where}: a datetime without a time zone")
        return _DATETIME + value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, int):  # a truth value as well
        if not -_INTEGERS_END <= value < _INTEGERS_END:
            raise ValueError(f"{where}: an integer of more than 64 bits")
        return value
    if isinstance(value, float):
        if not isfinite(value):
            raise ValueError(f"{where}: {value} is not a JSON number")
        return value
    if value is None:
        return value
    raise ValueError(f"{where}: {type(value).__name__} is not a value that a document can hold")


def _deletion_as_null(value: Any) -> None:
    if value is not DELETE_FIELD:
        raise TypeError(f"{value!r} is not JSON")


# --- out of the file


def decode(text: str) -> Any:
    """Returns what a JSON text of the file holds: a document's data, or a part of it."""
    # Only what `encode` lets through is in the file, and orjson reads that as json does, in a third of the time.
    value = stored_json(text)
    # Most documents hold no tagged string, and need no walk.
    return _decoded(value) if _TAGGED in text else value


def decode_fields(text: str, fields: Collection[str]) -> dict[str, FieldValue]:
    """Returns some top-level fields of a document's JSON text.

    Reading field by field up to the last that is wanted takes longer than reading all, unless the first few are: an
    event's message stands behind its payload and its answer.
    """
    if not fields:
        return {}
    return {name: _decoded(value) for name, value in stored_json(text).items() if name in fields}


def _decoded(value: Any) -> Any:
    if isinstance(value, str):
        if value[:1] == _DATETIME:
            return datetime.fromisoformat(value[1:])
        return value[1:] if value[:1] == _ESCAPE else value
    if isinstance(value, dict):
        return {key: _decoded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_decoded(item) for item in value]
    return value
