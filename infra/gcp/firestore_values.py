"""Firestore's values, names and field paths, both ways.

Firestore takes fewer documents than JSON has: no `__names__`, no list directly in a list. Such names and lists are
escaped on the way in and restored on the way out, so that a caller never meets the difference. A datetime is stored in
UTC to the microsecond. What no document can hold is a ValueError: a naive datetime, an empty name, a number that is not
finite or an integer of more than 64 bits, more than 20 levels, any other type.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any

from shared.ports.documents import DELETE_FIELD, FieldChange

ESCAPE = "\ue000"
"""A private-use character that is put before names that Firestore reserves."""

_LIST = ESCAPE + "[]"
"""The only name in the map that wraps a list within a list; no escaped name equals it, since "[]" is not reserved."""

DEPTH_LIMIT = 20
"""Maps and lists inside each other; a list within a list takes two levels."""

_RESERVED = re.compile(r"__.*__|\.\.?", re.DOTALL)
_INTEGERS = range(-(2**63), 2**63)
_SIMPLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def stored_name(name: str) -> str:
    """Spells a field name or document id as Firestore accepts it."""
    return ESCAPE + name if _RESERVED.fullmatch(name) or name.startswith(ESCAPE) else name


def plain_name(name: str) -> str:
    """Inverts `stored_name`."""
    return name[len(ESCAPE) :] if name.startswith(ESCAPE) else name


def stored_path(path: str) -> str:
    """Spells a document's or collection's path as Firestore accepts it."""
    return "/".join(stored_name(segment) for segment in path.split("/"))


def plain_path(path: str) -> str:
    """Inverts `stored_path`."""
    return "/".join(plain_name(segment) for segment in path.split("/"))


def field_path(*names: str) -> str:
    """Spells a field path; names are literal, so a dot or a backtick in one is quoted."""
    return ".".join(_quoted(stored_name(name)) for name in names)


def _quoted(name: str) -> str:
    if _SIMPLE.fullmatch(name):
        return name
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def leaf_paths(data: Mapping[str, FieldChange], *above: str) -> Iterator[tuple[str, ...]]:
    """Yields the path of every value that is not a map, of every empty map and of every DELETE_FIELD."""
    for name, value in data.items():
        if isinstance(value, Mapping) and value:
            yield from leaf_paths(value, *above, name)
        else:
            yield (*above, name)


def write_fields(fields: Any, data: Mapping[str, FieldChange], depth: int = 0) -> None:
    """Fills a protobuf map of name → Value; a DELETE_FIELD is left out (a field mask deletes it)."""
    if depth == DEPTH_LIMIT:
        raise ValueError(f"a document is nested deeper than {DEPTH_LIMIT} levels")
    for name, value in data.items():
        if not isinstance(name, str) or not name:
            raise ValueError(f"{name!r} is not a field name (a string that is not empty)")
        if value is not DELETE_FIELD:
            write_value(fields[stored_name(name)], value, depth + 1)


def write_value(target: Any, value: Any, depth: int = 0) -> None:
    """Fills a protobuf Value; `depth` levels lie above it."""
    if value is None:
        target.null_value = 0
    elif isinstance(value, str):
        target.string_value = value
    elif isinstance(value, int | float):
        _write_number(target, value)
    elif isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a datetime without a time zone cannot be stored")
        target.timestamp_value.FromDatetime(value.astimezone(UTC))
    elif isinstance(value, Mapping):
        target.map_value.SetInParent()
        write_fields(target.map_value.fields, value, depth)
    elif isinstance(value, list | tuple):
        _write_list(target, value, depth)
    else:
        raise ValueError(f"{type(value).__name__} is not a value that a document can hold")


def _write_number(target: Any, value: bool | int | float) -> None:
    if isinstance(value, bool):  # before int, of which it is a kind
        target.boolean_value = value
    elif isinstance(value, int):
        if value not in _INTEGERS:
            raise ValueError("an integer of more than 64 bits cannot be stored")
        target.integer_value = value
    elif isfinite(value):
        target.double_value = value
    else:
        raise ValueError(f"{value} is not a JSON number")


def _write_list(target: Any, values: Sequence[Any], depth: int) -> None:
    if depth >= DEPTH_LIMIT:
        raise ValueError(f"a document is nested deeper than {DEPTH_LIMIT} levels")
    target.array_value.SetInParent()
    for value in values:
        element = target.array_value.values.add()
        if isinstance(value, list | tuple):
            element.map_value.SetInParent()
            _write_list(element.map_value.fields[_LIST], value, depth + 2)
        else:
            write_value(element, value, depth + 1)


def read_fields(fields: Any) -> dict[str, Any]:
    """Reads the plain dictionary of a protobuf map of name → Value."""
    return {plain_name(name): read_value(value) for name, value in fields.items()}


def read_value(value: Any) -> Any:
    """Reads the plain value of a protobuf Value."""
    kind = value.WhichOneof("value_type")
    if kind == "map_value":
        return read_fields(value.map_value.fields)
    if kind == "array_value":
        return [_read_element(element) for element in value.array_value.values]
    if kind == "timestamp_value":
        stamp = value.timestamp_value
        return _EPOCH + timedelta(seconds=stamp.seconds, microseconds=stamp.nanos // 1000)
    if kind == "null_value":
        return None
    return getattr(value, kind)


def _read_element(element: Any) -> Any:
    if element.WhichOneof("value_type") == "map_value":
        fields = element.map_value.fields
        if len(fields) == 1 and _LIST in fields:
            return read_value(fields[_LIST])
    return read_value(element)


def version_of(update_time: Any) -> str:
    """Spells a document's update time so that it sorts as the times do: seconds and nanoseconds, zero-filled."""
    return f"{update_time.seconds:011d}.{update_time.nanos:09d}"


def write_version(target: Any, version: str) -> None:
    """Fills a protobuf Timestamp from `version_of`'s text. Raises ValueError for any other text."""
    seconds, _, nanos = version.partition(".")
    target.seconds, target.nanos = int(seconds), int(nanos)
