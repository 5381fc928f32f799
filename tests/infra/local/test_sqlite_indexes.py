"""Queries are served by indexes, and excerpts by no more than they show."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest

from infra.declarations.pipeline import load_pipeline
from infra.local.documents.queries import statement
from infra.local.sqlite_documents import SqliteDocuments
from shared.ports.documents import (
    DELETE_FIELD,
    Create,
    Delete,
    Merge,
    Put,
    Query,
    Transaction,
    Where,
)
from tests.infra.local.document_store import store

__all__ = ["store"]


NOW = datetime(2026, 11, 23, tzinfo=UTC)


def plan(store: SqliteDocuments, query: Query) -> str:
    """How SQLite says it would answer."""
    sql, parameters = statement(query)
    rows = store._connection().execute("EXPLAIN QUERY PLAN " + sql, parameters).fetchall()
    return "; ".join(row[3] for row in rows)


class TestExcerpts:
    """Fields that stand beside an index are what the documents hold."""

    EXCERPTS: ClassVar = {"events": {"employee_id": ("entry", "at")}}
    VALUES = (
        "[1,2]", [1, 2], None, True, 1, 1.5, "", "\x01x", "\x02y", NOW, {"a": [NOW, None]}, [None], "null", "é\u2028\"",
    )  # fmt: skip

    @pytest.fixture
    def both(self, tmp_path: Path) -> Iterator[tuple[SqliteDocuments, SqliteDocuments]]:
        """A store with excerpts, and one without, on a file each."""
        stores = (
            SqliteDocuments(tmp_path / "with.sqlite", excerpts=self.EXCERPTS),
            SqliteDocuments(tmp_path / "without.sqlite"),
        )
        yield stores
        for one in stores:
            one.close()

    def test_a_query_gives_the_same_with_and_without(self, both: tuple[SqliteDocuments, SqliteDocuments]) -> None:
        writes: list[Any] = []
        for number, value in enumerate(self.VALUES):
            for employee in ("e1", "e2", "[e]", 7, None, NOW):
                writes.append(
                    Create(f"events/{number}-{employee}", {"employee_id": employee, "entry": value, "at": NOW})
                )
            writes.append(Create(f"events/{number}-other", {"employee_id": "e1", "other": value}))
            writes.append(Create(f"events/{number}-list", {"employee_id": ["e1"], "entry": value}))
        for made in both:
            made.commit(writes)
            made.commit([Merge("events/0-e1", {"entry": "later", "at": DELETE_FIELD}), Delete("events/1-e1")])
        for employee in ("e1", "e2", "[e]", '["e1"]', 7, None, NOW, "nobody"):
            for fields in (["entry"], ["at"], ["entry", "at"], ["at", "entry"], ["other"], [], None):
                for limit in (None, 3):
                    query = Query("events", [Where("employee_id", "==", employee)], limit=limit, fields=fields)
                    excerpt, plain = (store.query(query) for store in both)
                    assert excerpt == plain
        assert len(both[0].query(Query("events", [Where("employee_id", "==", "e1")], fields=["entry"]))) == 27

    def test_a_cursor_without_its_values_is_refused_with_and_without(
        self, both: tuple[SqliteDocuments, SqliteDocuments]
    ) -> None:
        query = Query("events", [Where("employee_id", "==", "e1")], fields=["entry"], after=[])
        for made in both:
            with pytest.raises(ValueError, match="cursor"):
                made.query(query)

    def test_a_transaction_notices_that_one_has_changed(self, both: tuple[SqliteDocuments, SqliteDocuments]) -> None:
        store, _ = both
        store.commit([Put("events/1", {"employee_id": "e1", "entry": "a", "at": 1})])
        query = Query("events", [Where("employee_id", "==", "e1")], fields=["entry"])
        seen: list[str] = []

        def work(transaction: Transaction) -> None:
            seen.append(transaction.query(query)[0].data["entry"])
            if len(seen) == 1:
                connection = sqlite3.connect(store.file.path, timeout=10)
                connection.execute("UPDATE documents SET data = json_set(data, '$.entry', 'b'), version = 99")
                connection.commit()
                connection.close()
            transaction.write(Put("events/2", {"employee_id": "e2"}))

        store.transact(work)
        assert seen == ["a", "b"]

    def test_the_documents_are_left_alone(self, both: tuple[SqliteDocuments, SqliteDocuments]) -> None:
        """Whatever stands in the document's own text: the answer is the index's."""
        store, _ = both
        store.commit([Put("events/1", {"employee_id": "e1", "entry": "a", "at": 1, "payload": "p" * 50_000})])
        read: list[str] = []
        connection = store._connection()
        connection.set_trace_callback(read.append)
        query = Query("events", [Where("employee_id", "==", "e1")], fields=["entry", "at"])
        assert store.query(query)[0].data == {"entry": "a", "at": 1}
        connection.set_trace_callback(None)
        (statement,) = read
        assert "SELECT id, version, json_extract(" in statement
        ((*_, plan),) = connection.execute("EXPLAIN QUERY PLAN " + statement).fetchall()
        # Newer versions of SQLite call the index a covering one.
        assert plan.endswith("INDEX by_events__employee_id_with_entry_at (collection=? AND <expr>=?)")
        steps = connection.execute("EXPLAIN " + statement).fetchall()
        index = {cursor for _, step, cursor, *_ in steps if step == "SeekGE"}
        assert {cursor for _, step, cursor, *_ in steps if step == "Column"} == index

    def test_the_ledger_of_the_platform_is_read_so(self) -> None:
        declared = load_pipeline().documents
        assert declared.excerpts == {"events": {"employee_id": ("entry",)}}


class TestIndexes:
    @pytest.mark.parametrize(
        ("query", "index"),
        [
            (
                Query("events", [Where("employee_id", "==", "e1")], [("occurred_at", "desc")], 50),
                "by_events__employee_id__down_occurred_at",
            ),
            (
                Query("events", [Where("employee_id", "==", "e1")], [("occurred_at", "desc")], 50, after=[NOW, "x"]),
                "by_events__employee_id__down_occurred_at",
            ),
            (
                Query(
                    "events",
                    [Where("employee_id", "==", "e1"), Where("kind", "==", "field")],
                    [("occurred_at", "desc")],
                    50,
                ),
                "by_events__employee_id__kind__down_occurred_at",
            ),
            (
                Query("employees", [Where("active", "==", True)], [("employee_id", "asc")], 100, after=["e1", "e1"]),
                "by_employees__active__employee_id",
            ),
            (
                Query(
                    "audit", [Where("actor", "==", "a@acme.com"), Where("at", ">=", NOW)], [("at", "desc")], limit=50
                ),
                "by_audit__actor__down_at",
            ),
        ],
    )
    def test_a_declared_index_serves_its_query_in_order(self, store: SqliteDocuments, query: Query, index: str) -> None:
        described = plan(store, query)
        assert f"USING INDEX {index} " in described
        assert "TEMP B-TREE" not in described

    def test_a_page_deep_in_a_history_costs_what_the_first_costs(self, store: SqliteDocuments) -> None:
        described = plan(
            store,
            Query("events", [Where("employee_id", "==", "e1")], [("occurred_at", "desc")], 50, after=[NOW, "x"]),
        )
        assert "<expr>=? AND <expr><?" in described

    def test_several_people_are_found_by_the_index(self, store: SqliteDocuments) -> None:
        assert "by_employees__manager_id__employee_id" in plan(
            store, Query("employees", [Where("manager_id", "in", ["m1", "m2"])])
        )

    def test_an_index_that_is_no_longer_declared_is_dropped(self, tmp_path: Path) -> None:
        path = tmp_path / "documents.sqlite"
        SqliteDocuments(path, indexes={"events": [["a"], ["b", "-c"]]}).close()
        SqliteDocuments(path, indexes={"events": [["a"], ["-d"]]}).close()
        connection = sqlite3.connect(path)
        names = {
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql > ''")
        }
        connection.close()
        assert names == {"by_events__a", "by_events__down_d"}

    def test_what_an_array_contains_is_looked_for_behind_the_other_conditions(self, store: SqliteDocuments) -> None:
        query = Query(
            "events",
            [Where("employee_id", "==", "e1"), Where("kind", "==", "f"), Where("competencies", "array_contains", "c")],
            [("occurred_at", "desc")],
        )
        assert "by_events__employee_id__kind__down_occurred_at" in plan(store, query)
        store.commit(
            [Put("events/1", {"employee_id": "e1", "kind": "f", "competencies": ["b", "c"], "occurred_at": NOW})]
        )
        store.commit([Put("events/2", {"employee_id": "e1", "kind": "f", "competencies": ["b"], "occurred_at": NOW})])
        assert [document.id for document in store.query(query)] == ["1"]

    @pytest.mark.parametrize("name", ['a"b', "a\\b", "", "a\nb"])
    def test_a_field_that_sqlite_cannot_name_is_refused(self, store: SqliteDocuments, name: str) -> None:
        with pytest.raises(ValueError, match="cannot be queried"):
            store.query(Query("things", [Where(name, "==", 1)]))

    def test_a_quote_in_names_and_values_is_only_a_quote(self, store: SqliteDocuments) -> None:
        store.commit([Put("it's/one", {"o'clock": "'; DROP TABLE documents; --"})])
        found = store.query(Query("it's", [Where("o'clock", "==", "'; DROP TABLE documents; --")], fields=["o'clock"]))
        assert [document.id for document in found] == ["one"]
