"""Every query that the use cases make is one that Firestore answers with the declared indexes.

Without its index a query fails in production and nowhere else: SQLite and Firestore's emulator answer everything. So a
recorder stands before the store, the use cases are asked in every way, and each recorded query is held against
Firestore's rules. A query in `shared` that no test here brings about fails the last test.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any, Literal

import pytest

from infra.declarations.pipeline import DocumentStore, load_pipeline
from shared.ports.documents import Query, Where
from tests.api.asked_queries import ROOT, Recorded, recorded

__all__ = ["recorded"]


LIVE, INTEGRATIONS = load_pipeline().documents, load_pipeline().integrations
DECLARED = DocumentStore(
    "both", {**LIVE.indexes, **INTEGRATIONS.indexes}, {**LIVE.unindexed, **INTEGRATIONS.unindexed}, {}
)
"""No collection is in both databases."""
DOCUMENTS = ROOT / "tests" / "golden" / "recorded" / "documents"
LARGE = 200
"""Characters of a field's JSON."""
INEQUALITIES = {"<", "<=", ">", ">="}


def refusal(query: Query, declared: DocumentStore = DECLARED) -> str | None:
    """Why Firestore would refuse a query, None if it would not.

    It keeps an index of every single field by itself, and merges those for conditions of equality. Conditions together
    with an order need composite indexes that end with just that order and begin with conditions of the query only;
    several that end alike are merged. (https://firebase.google.com/docs/firestore/query-data/index-overview)
    """
    equal = {where.field for where in query.where if where.operator in ("==", "in")}
    arrays = {where.field for where in query.where if where.operator == "array_contains"}
    ranges = {where.field for where in query.where if where.operator in INEQUALITIES}
    order = list(query.order_by) or [(name, "asc") for name in sorted(ranges)]
    ordered = [name for name, _ in order]
    collection = query.collection.rsplit("/", 1)[-1]
    exempt = {*equal, *arrays, *ranges, *ordered} & set(declared.unindexed.get(collection, ()))
    if exempt:
        return f"{', '.join(sorted(exempt))} has no index"
    if len(arrays) > 1 or len(ranges) > 1:
        return "more than one array, or ranges over more than one field"
    if ranges and ordered[0] not in ranges:
        return f"a range over {', '.join(ranges)} with an order that begins with {ordered[0]}"
    conditions = {*equal, *(f"{name}[]" for name in arrays)}
    if not order or (not conditions and len(order) == 1):
        return None
    end = tuple(f"-{name}" if direction == "desc" else name for name, direction in order)
    served: set[str] = set()
    for index in declared.indexes.get(collection, ()):
        begin, rest = index[: -len(end)], index[-len(end) :]
        if rest == end and set(begin) <= conditions:
            served |= set(begin)
            if conditions == served:
                return None
    return f"no index with {', '.join(sorted(conditions - served)) or 'nothing'} before {', '.join(end)}"


def store(**indexes: Sequence[Sequence[str]]) -> DocumentStore:
    made = {name: tuple(tuple(index) for index in lists) for name, lists in indexes.items()}
    return DocumentStore("live", made, {"events": ("payload",)}, {})


BY_PERSON = [Where("employee_id", "==", "e1")]
NEWEST: list[tuple[str, Literal["asc", "desc"]]] = [("occurred_at", "desc")]


@pytest.mark.parametrize(
    ("query", "indexes", "reason"),
    [
        (Query("events"), [], None),
        (Query("events", BY_PERSON), [], None),
        (Query("events", [*BY_PERSON, Where("kind", "==", "field")]), [], None),
        (Query("events", order_by=NEWEST), [], None),
        (Query("events", [Where("occurred_at", ">", 1)]), [], None),
        (Query("events", [Where("payload", "==", 1)]), [], "payload has no index"),
        (Query("events", BY_PERSON, NEWEST), [], "no index with employee_id before -occurred_at"),
        (Query("events", BY_PERSON, NEWEST), [["employee_id", "occurred_at"]], "no index with employee_id"),
        (Query("events", BY_PERSON, NEWEST), [["employee_id", "kind", "-occurred_at"]], "no index with employee_id"),
        (Query("events", BY_PERSON, NEWEST), [["employee_id", "-occurred_at"]], None),
        (Query("events", [*BY_PERSON, Where("occurred_at", ">", 1)]), [], "employee_id before occurred_at"),
        (Query("events", [*BY_PERSON, Where("received_at", ">", 1)], NEWEST), [], "a range over received_at"),
        (
            Query("events", [*BY_PERSON, Where("competencies", "array_contains", "c")], NEWEST),
            [["employee_id", "competencies", "-occurred_at"]],
            r"competencies\[\], employee_id before",
        ),
        (
            Query("events", [*BY_PERSON, Where("competencies", "array_contains", "c")], NEWEST),
            [["employee_id", "competencies[]", "-occurred_at"]],
            None,
        ),
        (
            Query("events", [*BY_PERSON, Where("a", "==", 1), Where("b", "==", 1)], NEWEST),
            [["employee_id", "a", "-occurred_at"], ["employee_id", "b", "-occurred_at"]],
            None,
        ),
        (
            Query("events", [*BY_PERSON, Where("a", "==", 1), Where("b", "==", 1)], NEWEST),
            [["employee_id", "a", "-occurred_at"], ["b", "-received_at"]],
            "no index with b before",
        ),
    ],
)
def test_the_rules(query: Query, indexes: list[list[str]], reason: str | None) -> None:
    found = refusal(query, store(events=indexes))
    if reason is None:
        assert found is None
    else:
        with pytest.raises(AssertionError, match=reason):
            raise AssertionError(found)


def test_every_query_is_served_by_the_declared_indexes(recorded: Recorded) -> None:
    refused = {f"{place[0]} {place[1]}: {refusal(query)}" for place, query in recorded.queries if refusal(query)}
    assert refused == set()


def test_a_history_was_asked_with_every_combination_of_its_filters(recorded: Recorded) -> None:
    histories = {frozenset(where.field for where in query.where) for query in recorded.of("events") if query.order_by}
    optional = ("source", "competencies", "standing")
    for size in range(len(optional) + 1):
        for chosen in combinations(optional, size):
            assert {"employee_id", "kind", *chosen} in histories
            assert {"employee_id", "kind", "occurred_at", *chosen} in histories


def stored(collection: str) -> list[Mapping[str, Any]]:
    """The documents of a collection as they are stored."""
    found = json.loads((DOCUMENTS / f"{collection}.json").read_text("utf-8"))
    return [document.get("data", document) for document in found.values()]


def queried(recorded: Recorded, collection: str) -> set[str]:
    asked = recorded.of(collection)
    return {where.field for query in asked for where in query.where} | {
        field for query in asked for field, _ in query.order_by
    }


def test_what_is_never_asked_of_an_event_has_no_index(recorded: Recorded) -> None:
    """Firestore indexes every field twice, and every entry of a map by itself: for an event as much as its content."""
    fields = {field for document in stored("events") for field in document}
    assert len(fields) > 10
    assert fields - queried(recorded, "events") == fields & set(DECLARED.unindexed["events"])


def test_what_is_large_and_never_asked_for_has_no_index(recorded: Recorded) -> None:
    indexed = {}
    for path in DOCUMENTS.glob("*.json"):
        *_, collection = path.stem.split("~")
        documents = stored(path.stem)
        for field in {field for document in documents for field in document} - queried(recorded, collection):
            sizes = [len(json.dumps(document[field])) for document in documents if field in document]
            if field not in DECLARED.unindexed.get(collection, ()) and max(sizes) > LARGE:
                indexed[f"{collection}.{field}"] = max(sizes)
    assert indexed == {}


UNMERGED = {("events", ("employee_id", "kind", "-occurred_at"))}
"""Firestore can merge two others into it. SQLite merges none, and would walk through everybody's events."""


def test_every_declared_index_is_needed(recorded: Recorded) -> None:
    """An index costs at every write; one that no query needs is an error of the declaration."""
    for collection, indexes in DECLARED.indexes.items():
        for index in indexes:
            if len(index) == 1 or (collection, index) in UNMERGED:
                continue
            without = dict(DECLARED.indexes) | {collection: tuple(other for other in indexes if other != index)}
            fewer = replace(DECLARED, indexes=without)
            asked_of_it = recorded.of(collection)
            assert any(refusal(query, fewer) for query in asked_of_it), f"{collection}: {index} serves no query"


def test_no_query_of_the_use_cases_went_unasked(recorded: Recorded) -> None:
    written = set()
    for path in sorted((ROOT / "shared").rglob("*.py")):
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef) and any(
                isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Query"
                for call in ast.walk(function)
            ):
                written.add((path.relative_to(ROOT).as_posix(), function.name))
    assert written
    assert written <= {place for place, _ in recorded.queries}
