"""Reads the fields of a topic's contract out of a message's JSON text, in GoogleSQL."""

from __future__ import annotations

import types
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

RESERVED = {"at", "by", "from", "hash", "range", "rows", "set", "to", "window"}
"""GoogleSQL's reserved words that a contract might name a field: they go in back quotes."""


def kind_of(annotation: Any) -> tuple[str, type[BaseModel] | None]:
    """Returns a field's type in BigQuery (CONTEXT: a map, STRINGS: a list of them), and the message within a list."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return kind_of(next(argument for argument in arguments if argument is not type(None)))
    if origin is Literal:
        return "STRING", None
    if origin is list and isinstance(arguments[0], type) and issubclass(arguments[0], BaseModel):
        return "RECORD", arguments[0]
    if origin is dict:
        return "CONTEXT", None
    if origin is list and arguments == (str,):
        return "STRINGS", None
    simple = {str: "STRING", bool: "BOOLEAN", int: "INTEGER", float: "FLOAT", datetime: "TIMESTAMP", date: "DATE"}
    if annotation not in simple:
        raise ValueError(f"no column type for {annotation}")
    return simple[annotation], None


def expressions(contract: type[BaseModel], source: str, indent: str) -> Iterator[str]:
    """Yields a column of every field of the contract, read from the JSON text in `source`."""
    for name, field in contract.model_fields.items():
        value = field_value(source, name, field.annotation, indent)
        if isinstance(field.default, bool | int | str):  # what an absent field means to every other consumer
            literal = f"'{field.default}'" if isinstance(field.default, str) else str(field.default).upper()
            value = f"COALESCE({value}, {literal})"
        yield f"{value} AS {f'`{name}`' if name in RESERVED else name}"


def field_value(source: str, name: str, annotation: Any, indent: str = "") -> str:
    """Returns the GoogleSQL that reads one field of the JSON text in `source`."""
    kind, inner = kind_of(annotation)
    path = f"'$.{name}'"
    if kind == "RECORD":
        assert inner is not None
        element = name.removesuffix("ies") + "y" if name.endswith("ies") else name.removesuffix("s")
        deeper = indent + "    "
        columns = f",\n{deeper}".join(expressions(inner, element, deeper))
        return (
            f"ARRAY(\n{indent}  SELECT AS STRUCT\n{deeper}{columns}\n"
            f"{indent}  FROM UNNEST(JSON_QUERY_ARRAY({source}, {path})) AS {element}\n{indent})"
        )
    if kind == "CONTEXT":
        pairs = f"PARSE_JSON(JSON_QUERY({source}, {path}))"
        value, order = f"JSON_VALUE({pairs}[dimension]) AS value", "dimension"
        origins = f"UNNEST(JSON_KEYS({pairs}, 1)) AS dimension"
        if get_origin(get_args(annotation)[1]) is list:
            value, order = "value", "dimension, value"
            origins += f",\n{indent}    UNNEST(JSON_VALUE_ARRAY({pairs}[dimension])) AS value"
        return (
            f"ARRAY(\n{indent}  SELECT AS STRUCT dimension, {value}\n{indent}  FROM {origins}\n"
            f"{indent}  ORDER BY {order}\n{indent})"
        )
    if kind == "STRINGS":
        return f"ARRAY(SELECT element FROM UNNEST(JSON_VALUE_ARRAY({source}, {path})) AS element)"
    text = f"JSON_VALUE({source}, {path})"
    if kind == "STRING":
        return text
    return f"SAFE_CAST({text} AS {({'INTEGER': 'INT64', 'FLOAT': 'FLOAT64', 'BOOLEAN': 'BOOL'}).get(kind, kind)})"
