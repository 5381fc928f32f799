"""Turns values, and types, of GoogleSQL into DuckDB's and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from infra.bigquery.catalogue import Column
from shared.kernel.json_values import Json


def json_text(value: str | Mapping[str, Json]) -> str:
    """Returns a message as JSON; what is text is JSON already. Raises ValueError."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_json_time)


def _json_time(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise ValueError(f"a message holds a {type(value).__name__}, which is not JSON")


def type_of(column: Column) -> str:
    """Returns a column's type as DuckDB writes it."""
    if column.type == "RECORD":
        inner = "STRUCT(" + ", ".join(f'"{child.name}" {type_of(child)}' for child in column.fields) + ")"
    else:
        inner = {"INTEGER": "BIGINT", "FLOAT": "DOUBLE", "STRING": "VARCHAR"}.get(column.type, column.type)
    return f"{inner}[]" if column.mode == "REPEATED" else inner


def inward(value: Any) -> Any:
    """Turns a Python value into DuckDB's: times as UTC without a zone."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a time without a zone is not accepted")
        return value.astimezone(UTC).replace(tzinfo=None)
    if isinstance(value, Mapping):
        return {name: inward(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [inward(inner) for inner in value]
    return value


def outward(value: Any) -> Any:
    """Turns DuckDB's value into Python's: times in UTC, with their zone."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC)
    if isinstance(value, dict):
        return {name: outward(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [outward(inner) for inner in value]
    return value
