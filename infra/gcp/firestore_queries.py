"""Says a query of the port in Firestore's own terms."""

from __future__ import annotations

from typing import Any, Final, Literal

from infra.gcp.firestore_values import field_path, stored_name, stored_path, write_value
from shared.ports.documents import Query, Where

_OPERATORS: Final = {
    "==": "EQUAL",
    "<": "LESS_THAN",
    "<=": "LESS_THAN_OR_EQUAL",
    ">": "GREATER_THAN",
    ">=": "GREATER_THAN_OR_EQUAL",
    "in": "IN",
    "array_contains": "ARRAY_CONTAINS",
}
_INEQUALITIES: Final = ("<", "<=", ">", ">=")


def check(query: Query) -> None:
    """Refuses a query that means nothing. Raises ValueError."""
    if not query.collection or query.collection.count("/") % 2:
        raise ValueError(f"{query.collection!r} is not the path of a collection")
    if query.limit is not None and query.limit < 0:
        raise ValueError(f"a limit of {query.limit}")
    if query.after is not None and len(query.after) != len(query.order_by) + 1:
        raise ValueError(f"a cursor of {len(query.after)} values for {len(query.order_by) + 1} sort keys")


def structure(structured: Any, parent: str, collection: str, query: Query) -> None:
    """Fills a StructuredQuery, Firestore's own, from the port's."""
    structured.from_.add().collection_id = stored_name(collection)
    if query.fields is not None:
        for name in query.fields or ("__name__",):
            structured.select.fields.add().field_path = name if name == "__name__" else field_path(name)
    if query.where:
        structured.where.composite_filter.op = structured.where.composite_filter.AND
        for where in query.where:
            _add_condition(structured.where.composite_filter.filters.add(), where)
    for name, direction in query.order_by:
        _add_order(structured, field_path(name), direction)
    ordered_by_field = query.order_by or any(where.operator in _INEQUALITIES for where in query.where)
    if query.after is not None or not ordered_by_field:
        # The same order that Firestore implies, so it needs no other index; a cursor may name the id only if it is
        # spelled out.
        _add_order(structured, "__name__", query.order_by[-1][1] if query.order_by else "asc")
    if query.after is not None:
        *values, identifier = query.after
        for value in values:
            write_value(structured.start_at.values.add(), value)
        structured.start_at.values.add().reference_value = f"{parent}/{stored_path(f'{collection}/{identifier}')}"
    if query.limit is not None:
        structured.limit.value = query.limit


def _add_condition(target: Any, where: Where) -> None:
    if where.value is None:
        if where.operator != "==":
            raise ValueError(f"null has no order: {where.field} {where.operator} null")
        target.unary_filter.op = target.unary_filter.IS_NULL
        target.unary_filter.field.field_path = field_path(where.field)
        return
    condition = target.field_filter
    condition.field.field_path = field_path(where.field)
    condition.op = condition.Operator.Value(_OPERATORS[where.operator])
    write_value(condition.value, list(where.value) if where.operator == "in" else where.value)


def _add_order(structured: Any, path: str, direction: Literal["asc", "desc"]) -> None:
    order = structured.order_by.add()
    order.field.field_path = path
    order.direction = {"asc": 1, "desc": 2}[direction]


def rank(value: Any) -> tuple[int, Any]:
    """Returns a scalar's place in Firestore's order across types: null, booleans, numbers, times, strings."""
    if value is None:
        return (0, 0)
    if isinstance(value, bool):
        return (1, value)
    if isinstance(value, int | float):
        return (2, value)
    return (4, value) if isinstance(value, str) else (3, value)
