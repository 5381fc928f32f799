"""Transactions and reads of one moment behind the documents port."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from shared.ports.documents import (
    AlreadyExists,
    Create,
    Documents,
    Put,
    Query,
    Reader,
    Transaction,
)
from tests.ports.stored import data_of, ids, in_threads


class TestTransact:
    def test_increments_from_many_threads_all_count(self, documents: Documents) -> None:
        documents.commit([Put("counters/a", {"n": 0})])

        def increment(transaction: Transaction) -> None:
            document = transaction.get("counters/a")
            assert document is not None
            transaction.write(Put("counters/a", {"n": document.data["n"] + 1}))

        def increment_twice(_: int) -> None:
            for _ in range(2):
                documents.transact(increment)

        in_threads(3, increment_twice)
        assert data_of(documents, "counters/a") == {"n": 6}

    def test_thirty_at_once_on_one_document_all_count(self, documents: Documents) -> None:
        documents.commit([Put("counters/a", {"n": 0})])

        def increment(transaction: Transaction) -> None:
            document = transaction.get("counters/a")
            assert document is not None
            transaction.write(Put("counters/a", {"n": document.data["n"] + 1}))

        in_threads(30, lambda _: documents.transact(increment))
        assert data_of(documents, "counters/a") == {"n": 30}

    def test_runs_again_when_it_took_too_long(self, documents: Any) -> None:
        """Whoever decides a moment inside a transaction relies on it: nothing of an attempt is seen after its time."""
        documents.transaction_seconds = 0.2
        tried: list[int] = []

        def work(transaction: Transaction) -> None:
            transaction.get("things/slow")
            tried.append(len(tried))
            if len(tried) == 1:
                time.sleep(0.3)
            transaction.write(Put("things/slow", {"attempt": len(tried)}))

        documents.transact(work)
        assert tried == [0, 1]
        assert data_of(documents, "things/slow") == {"attempt": 2}

    def test_runs_again_when_what_it_read_has_changed(self, documents: Documents) -> None:
        documents.commit([Put("things/a", {"n": 1})])
        seen: list[int] = []

        def work(transaction: Transaction) -> int:
            document = transaction.get("things/a")
            assert document is not None
            seen.append(document.data["n"])
            if len(seen) == 1:
                interfere(documents, Put("things/a", {"n": 5}))
            transaction.write(Put("things/copy", {"n": document.data["n"]}))
            return int(document.data["n"])

        result = documents.transact(work)
        assert result == seen[-1]
        assert data_of(documents, "things/copy") == {"n": result}

    def test_a_document_that_appears_counts_as_a_change(self, documents: Documents) -> None:
        interference: list[threading.Thread] = []

        def work(transaction: Transaction) -> None:
            missing = transaction.get("things/late") is None
            if not interference:
                interference.append(interfere(documents, Put("things/late", {"n": 1})))
            transaction.write(Put("things/verdict", {"was_missing": missing}))

        documents.transact(work)
        interference[0].join()
        late = documents.get("things/late")
        verdict = documents.get("things/verdict")
        assert late is not None
        assert verdict is not None
        assert verdict.data["was_missing"] is (late.version > verdict.version)

    def test_what_it_did_not_read_may_change(self, documents: Documents) -> None:
        attempts = 0

        def work(transaction: Transaction) -> None:
            nonlocal attempts
            attempts += 1
            transaction.get("things/a")
            interfere(documents, Put("things/unrelated", {"n": attempts}))
            transaction.write(Put("things/b", {"n": attempts}))

        documents.transact(work)
        assert attempts == 1

    def test_an_error_in_the_work_writes_nothing(self, documents: Documents) -> None:
        def work(transaction: Transaction) -> None:
            transaction.write(Put("things/a", {"n": 1}))
            raise LookupError("the work failed")

        with pytest.raises(LookupError, match="the work failed"):
            documents.transact(work)
        assert documents.get("things/a") is None
        documents.commit([Put("things/a", {"n": 2})])

    def test_without_writes_it_is_a_consistent_read(self, documents: Documents) -> None:
        documents.commit([Put("things/a", {"n": 1})])
        assert documents.transact(lambda transaction: data_of(transaction, "things/a")) == {"n": 1}

    def test_a_create_inside_says_that_it_exists(self, documents: Documents) -> None:
        documents.commit([Put("things/a", {"n": 1})])
        with pytest.raises(AlreadyExists):
            documents.transact(lambda transaction: transaction.write(Create("things/a", {"n": 2})))
        assert data_of(documents, "things/a") == {"n": 1}


class TestReadTogether:
    def test_all_reads_see_one_point_in_time(self, documents: Documents) -> None:
        documents.commit([Put("things/a", {"n": 1}), Put("things/b", {"n": 1})])

        def work(reader: Reader) -> list[Any]:
            first = reader.get("things/a")
            interfere(documents, Put("things/a", {"n": 2}), Put("things/b", {"n": 2}), Put("things/c", {"n": 2}))
            second = reader.get_many(["things/b"])["things/b"]
            assert first is not None
            return [first.data["n"], second.data["n"], ids(reader, Query("things"))]

        assert documents.read_together(work) == [1, 1, ["a", "b"]]
        assert data_of(documents, "things/b") == {"n": 2}


def interfere(documents: Documents, *writes: Put) -> threading.Thread:
    """Another writer, in between. Waits a moment only: a store that locks what a transaction reads writes it later."""
    thread = threading.Thread(target=lambda: documents.commit(writes))
    thread.start()
    thread.join(timeout=1)
    return thread
