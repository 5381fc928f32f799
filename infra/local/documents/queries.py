"""Writes a query as SQL that the declared indexes serve.

A condition compares within a type, as Firestore does. SQLite would compare a text with a number, and knows neither
truth values nor times, so most conditions ask the document for the field's JSON type as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from infra.local.documents.table import json_path, kind_of, literal, sort_key
from infra.local.documents.values import encode_scalar
from shared.ports.documents import Query, Where

Value = str | float | None
"""A parameter of a statement."""


class _Condition(NamedTuple):
    """A part of a statement's WHERE, with the values for its question marks."""

    sql: str
    values: Sequence[Value] = ()


class _Order(NamedTuple):
    """An expression that a statement sorts by."""

    expression: str
    descending: bool


def statement(
    query: Query, columns: str = "id, version, data", *, ids_from_index: bool = False
) -> tuple[str, list[Value]]:
    """Returns the SELECT of some columns, and its parameters. Raises ValueError for what cannot be asked.

    ids_from_index: the index that serves the only condition gives the documents in the order of their ids
    """
    if not query.collection or query.collection.count("/") % 2:
        raise ValueError(f"{query.collection!r} is not the path of a collection")
    order = _order(query)
    # The name stands as a literal: SQLite uses a partial index only when it can see that the condition holds.
    conditions = [_Condition(f"collection = ? AND kind = {literal(kind_of(query.collection))}", [query.collection])]
    conditions += [_condition(where) for where in query.where]
    conditions += [_Condition(f"json_type(data, {json_path(field)}) IS NOT NULL") for field, _ in query.order_by]
    if query.after is not None:
        conditions += _behind(query.after, order)
    by = ", ".join(f"{expression} {'DESC' if descending else 'ASC'}" for expression, descending in order)
    if query.where and not query.order_by and not ids_from_index:
        # The plus keeps SQLite from walking the whole collection in the order of ids where a field's index finds few.
        by = f"+{by}"
    sql = f"SELECT {columns} FROM documents WHERE {' AND '.join(part.sql for part in conditions)} ORDER BY {by}"
    parameters = [value for part in conditions for value in part.values]
    if query.limit is None:
        return sql, parameters
    if query.limit < 0:
        raise ValueError(f"a limit of {query.limit}")
    return f"{sql} LIMIT ?", [*parameters, query.limit]


def _order(query: Query) -> list[_Order]:
    """Returns what a query sorts by: its fields, then the id in the last one's direction."""
    order = [_Order(sort_key(field), direction == "desc") for field, direction in query.order_by]
    return [*order, _Order("id", bool(order) and order[-1].descending)]


def _behind(after: Sequence[Any], order: Sequence[_Order]) -> list[_Condition]:
    """Returns the conditions for what comes behind a cursor: a key that goes on, all before it being equal."""
    if len(after) != len(order):
        raise ValueError(f"a cursor of {len(after)} values for {len(order)} sort keys")
    cursor = [*map(comparable, after[:-1]), after[-1]]
    alternatives: list[str] = []
    values: list[Value] = []
    for position, (expression, descending) in enumerate(order):
        equal = "".join(f"{earlier.expression} = ? AND " for earlier in order[:position])
        alternatives.append(f"({equal}{expression} {'<' if descending else '>'} ?)")
        values += cursor[: position + 1]
    # The first key alone bounds the range that the index scans; the alternatives then cut to the exact place.
    bound = _Condition(f"{order[0].expression} {'<=' if order[0].descending else '>='} ?", [cursor[0]])
    return [bound, _Condition(f"({' OR '.join(alternatives)})", values)]


# --- conditions


def _condition(where: Where) -> _Condition:
    if where.operator == "in":
        return _one_of(where)
    if where.operator == "array_contains":
        path = json_path(where.field)
        return _Condition(
            f"json_type(data, {path}) = 'array' AND EXISTS (SELECT 1 FROM json_each(documents.data, {path}) AS item "
            f"WHERE item.type {_json_types(where.value)} AND ifnull(item.value, -9e999) = ?)",
            [comparable(where.value)],
        )
    if where.operator == "==":
        return _equal(where.field, where.value)
    return _ranges(where)


def _equal(field: str, value: Any) -> _Condition:
    key, values = sort_key(field), [comparable(value)]
    if says_its_type(value):
        return _Condition(f"{key} = ?", values)
    return _Condition(f"{key} = ? AND {_is_of_type(field, value)}", values)


def _ranges(where: Where) -> _Condition:
    key, value = sort_key(where.field), where.value
    sql = f"{key} {where.operator} ? AND {_is_of_type(where.field, value)}"
    if isinstance(value, str | datetime):
        # Times and strings are both text in the file.
        sql += f" AND substr({key}, 1, 1) {'=' if isinstance(value, datetime) else '<>'} char(1)"
    return _Condition(sql, [comparable(value)])


def _one_of(where: Where) -> _Condition:
    alternatives = [_equal(where.field, item) for item in where.value]
    if not alternatives:
        return _Condition("FALSE")
    values = [value for alternative in alternatives for value in alternative.values]
    if len({type(item) for item in where.value}) > 1:
        return _Condition(f"({' OR '.join(f'({alternative.sql})' for alternative in alternatives)})", values)
    # One list for one type: SQLite walks the index once per value.
    sql = f"{sort_key(where.field)} IN ({','.join('?' * len(values))})"
    if not all(map(says_its_type, where.value)):
        sql += f" AND {_is_of_type(where.field, where.value[0])}"
    return _Condition(sql, values)


# --- values


_JSON_TYPES: Final[dict[type, str]] = {
    bool: "IN ('true', 'false')",
    int: "IN ('integer', 'real')",
    float: "IN ('integer', 'real')",
    str: "= 'text'",
    datetime: "= 'text'",
    type(None): "= 'null'",
}
"""The JSON types that a value is compared with: others never match."""


def _json_types(value: Any) -> str:
    for kind, types in _JSON_TYPES.items():
        if isinstance(value, kind):
            return types
    raise ValueError(f"a query compares with JSON scalars and datetimes, not with {type(value).__name__}")


def _is_of_type(field: str, value: Any) -> str:
    return f"json_type(data, {json_path(field)}) {_json_types(value)}"


def says_its_type(value: Any) -> bool:
    """Tells whether only a string or a time can equal a value in SQL: the text of a map or a list begins otherwise.
    Asking each document for the type means to read it, which costs more than all the rest."""
    return isinstance(value, datetime) or (isinstance(value, str) and value[:1] not in ("{", "["))


def comparable(value: Any) -> Value:
    """Returns a value as `sort_key` gives it for a document that holds it. Raises ValueError for a map or a list."""
    _json_types(value)
    encoded = encode_scalar(value, "the query")
    return float("-inf") if encoded is None else encoded
