"""Types JSON schemas, as far as any is written or read here."""

from __future__ import annotations

from typing import TypedDict

Schema = TypedDict(
    "Schema",
    {
        "$defs": "dict[str, Schema]",
        "$ref": str,
        "type": str,
        "properties": "dict[str, Schema]",
        "required": list[str],
        "additionalProperties": bool,
        "items": "Schema",
        "minItems": int,
        "maxItems": int,
        "anyOf": "list[Schema]",
        "oneOf": "list[Schema]",
        "enum": list[str],
        "const": str,
        "title": str,
        "description": str,
        "format": str,
        "pattern": str,
        "minimum": int | float,
        "maximum": int | float,
        "minLength": int,
        "maxLength": int,
    },
    total=False,
)
