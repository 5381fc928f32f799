"""The SQLite store beyond its port: indexes, merging, kill -9, and what a store counts."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.declarations.pipeline import load_pipeline
from infra.local import sqlite_documents
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
from tests.infra.local.document_store import names, store

__all__ = ["store"]


ROOT = Path(__file__).parents[3]
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False)
) | st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
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
