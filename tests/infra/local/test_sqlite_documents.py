"""The SQLite store beyond its port: indexes, merging, kill -9, and what a store counts."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.declarations.pipeline import load_pipeline
from infra.local import sqlite_documents
from infra.local.documents.queries import statement
from infra.local.documents.writes import encoded, merged
from infra.local.sqlite_documents import SqliteDocuments
from shared.kernel.errors import Retryable
from shared.ports.documents import (
    DELETE_FIELD,
    Contended,
    Create,
    Delete,
    Merge,
    Put,
    Query,
    Transaction,
    Where,
)
from tests.harness.counting import counting
from tests.harness.speed import examples

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteDocuments]:
    declared = load_pipeline().documents
    opened = SqliteDocuments(tmp_path / "documents.sqlite", indexes=declared.indexes, excerpts=declared.excerpts)
    yield opened
    opened.close()


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
        for store in both:
            store.commit(writes)
            store.commit([Merge("events/0-e1", {"entry": "later", "at": DELETE_FIELD}), Delete("events/1-e1")])
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
        for store in both:
            with pytest.raises(ValueError, match="cursor"):
                store.query(query)

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


scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False)
) | st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
names = st.sampled_from(["a", "b", "a.b", "ключ", '"', "\\", "é", "\x01", "$", "[0]", " "])
values = st.recursive(
    scalars | st.datetimes(timezones=st.just(UTC)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)
documents = st.dictionaries(names, values, max_size=4)
patches = st.dictionaries(
    names,
    values | st.just(DELETE_FIELD) | st.dictionaries(names, values | st.just(DELETE_FIELD), max_size=3),
    max_size=4,
)


class TestMerging:
    @settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(existing=documents, patch=patches)
    def test_a_merge_stores_what_merging_gives(
        self, store: SqliteDocuments, existing: dict[str, Any], patch: dict[str, Any]
    ) -> None:
        store.commit([Put("things/one", existing), Merge("things/one", patch)])
        document = store.get("things/one")
        assert document is not None
        assert document.data == merged(existing, patch)

    def test_a_merge_keeps_numbers_as_they_are(self, store: SqliteDocuments) -> None:
        numbers = {"whole": 2.0, "large": 2**63 - 1, "small": 1e-300, "tenth": 0.1}
        store.commit([Put("things/one", numbers), Merge("things/one", {"other": 1})])
        document = store.get("things/one")
        assert document is not None
        assert json.dumps(document.data) == json.dumps({**numbers, "other": 1})


class TestTransactions:
    def test_gives_up_when_it_loses_every_time(self, tmp_path: Path) -> None:
        pauses: list[float] = []
        store = SqliteDocuments(tmp_path / "documents.sqlite", sleep=pauses.append)
        other = SqliteDocuments(tmp_path / "documents.sqlite")

        def work(transaction: Transaction) -> None:
            transaction.get("things/a")
            other.commit([Merge("things/a", {"n": len(pauses)})])
            transaction.write(Put("things/b", {"n": 1}))

        with pytest.raises(Contended):
            store.transact(work)
        assert len(pauses) == sqlite_documents.ATTEMPTS - 1
        assert all(0 <= pause <= 0.1 for pause in pauses)
        assert store.get("things/b") is None
        store.close()
        other.close()

    def test_a_document_that_enters_a_query_is_a_change(self, store: SqliteDocuments, tmp_path: Path) -> None:
        other = SqliteDocuments(tmp_path / "documents.sqlite", indexes=load_pipeline().documents.indexes)
        seen: list[int] = []

        def work(transaction: Transaction) -> None:
            seen.append(len(transaction.query(Query("things", [Where("open", "==", True)]))))
            if len(seen) == 1:
                other.commit([Put("things/late", {"open": True})])
            transaction.write(Put("counts/open", {"n": seen[-1]}))

        store.transact(work)
        other.close()
        assert seen == [0, 1]

    def test_a_commit_inside_the_work_is_a_mistake(self, store: SqliteDocuments) -> None:
        def work(transaction: Transaction) -> None:
            transaction.get("things/a")
            store.commit([Put("things/b", {"n": 1})])

        with pytest.raises(RuntimeError, match="inside"):
            store.transact(work)
        store.commit([Put("things/b", {"n": 2})])

    def test_reads_after_writes_are_a_mistake(self, store: SqliteDocuments) -> None:
        def work(transaction: Transaction) -> None:
            transaction.write(Put("things/b", {"n": 1}))
            transaction.get("things/a")

        with pytest.raises(RuntimeError, match="before"):
            store.transact(work)

    def test_a_full_disk_means_later(self, store: SqliteDocuments) -> None:
        (pages,) = store.file.writing.execute("PRAGMA page_count").fetchone()
        store.file.writing.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(Retryable):
            store.commit([Put(f"things/{number}", {"text": "x" * 100_000}) for number in range(5)])


class TestWriting:
    def test_a_path_that_is_not_unicode_is_refused_before_it_meets_other_commits(self) -> None:
        with pytest.raises(UnicodeEncodeError):
            encoded([Delete("things/\ud800")])


WRITER = """
import sys
from pathlib import Path
from infra.local.sqlite_documents import SqliteDocuments
from shared.ports.documents import Create, Merge

store = SqliteDocuments(Path(sys.argv[1]))
for number in range(int(sys.argv[2]), int(sys.argv[2]) + 100_000):
    store.commit([Create(f"events/{number}", {"n": number}), Merge("states/one", {"seen": {str(number): True}})])
    print(number, flush=True)
"""


def test_kill_9_loses_no_commit_and_leaves_none_in_half(tmp_path: Path) -> None:
    path = tmp_path / "documents.sqlite"
    committed: set[str] = set()
    for generation in range(4):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), str(generation * 100_000)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert process.stdout is not None
        lines = [process.stdout.readline()]
        time.sleep(random.uniform(0.01, 0.15))
        process.kill()
        lines += process.stdout.readlines()
        process.wait(10)
        process.stdout.close()
        committed |= {line.strip() for line in lines if line.endswith("\n")}
    store = SqliteDocuments(path)
    events = {document.id for document in store.query(Query("events"))}
    state = store.get("states/one")
    store.close()
    assert len(committed) > 10
    assert state is not None
    assert events == state.data["seen"].keys()
    assert events >= committed


class TestCounting:
    def test_counts_what_a_store_bills(self, store: SqliteDocuments) -> None:
        counted = counting(store)
        counted.commit([Create("things/a", {"n": 1}), Create("things/b", {"n": 2})])
        counted.get("things/a")
        counted.get("things/missing")
        counted.get_many(["things/a", "things/b", "things/a"])
        counted.query(Query("things"))
        counted.query(Query("nothing"))
        assert (counted.counted.reads, counted.counted.writes) == (7, 2)
        assert counted.counted.by_path == {
            "things/a": 4,
            "things/b": 3,
            "things/missing": 1,
            "nothing": 1,
        }

    def test_each_attempt_of_a_transaction_reads_and_only_the_last_writes(self, store: SqliteDocuments) -> None:
        counted = counting(store)
        store.commit([Put("things/a", {"n": 0})])
        attempts: list[int] = []
        other = SqliteDocuments(store.file.path)

        def work(transaction: Transaction) -> None:
            transaction.get("things/a")
            attempts.append(1)
            if len(attempts) == 1:
                other.commit([Put("things/a", {"n": 1})])
            transaction.write(Put("things/a", {"n": 2}), Delete("things/b"))

        counted.transact(work)
        other.close()
        assert len(attempts) == 2
        assert (counted.counted.reads, counted.counted.writes) == (2, 2)

    def test_reads_together_are_counted_and_failed_commits_are_not(self, store: SqliteDocuments) -> None:
        counted = counting(store)
        store.commit([Put("things/a", {"n": 0})])
        assert counted.read_together(lambda reader: len(reader.query(Query("things")))) == 1
        with pytest.raises(ValueError):
            counted.commit([Put("things", {"n": 0})])
        assert (counted.counted.reads, counted.counted.writes) == (1, 0)
