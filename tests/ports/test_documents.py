"""The `Documents` port: what both stores promise."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from shared.ports.documents import (
    DELETE_FIELD,
    AlreadyExists,
    Create,
    Delete,
    Documents,
    DocumentTooLarge,
    Merge,
    PreconditionFailed,
    Put,
    Query,
    Reader,
    Transaction,
    Where,
)

NAIVE = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
ODD_NAMES = [
    "plain",
    "with.dot",
    ".",
    "..",
    "with space",
    "`backticks`",
    'double"quote',
    "single'quote",
    "back\\slash",
    "percent%20",
    "naïve-日本語-🧰",
    "[0]",
    "$ref",
    "#hash",
    "*",
    "~tilde~1",
    "-",
    "a" * 300,
    "__reserved__",
]


def in_threads(count: int, work: Callable[[int], None]) -> None:
    """Runs work(0) … work(count - 1) at once; raises the first error."""
    errors: list[BaseException] = []
    barrier = threading.Barrier(count)

    def run(number: int) -> None:
        barrier.wait()
        try:
            work(number)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def data_of(reader: Reader, path: str) -> dict[str, Any] | None:
    document = reader.get(path)
    return document.data if document else None


class TestReadingBack:
    def test_a_document_comes_back_as_it_was_written(self, documents: Documents) -> None:
        data: dict[str, Any] = {
            "text": "naïve 日本語 🧰 <b>'; DROP TABLE documents; --",
            "empty": "",
            "controls": "\x01\x02\t\n",
            "true": True,
            "false": False,
            "none": None,
            "zero": 0,
            "one": 1,
            "float": 0.1,
            "whole_float": 2.0,
            "large": 2**63 - 1,
            "small": -(2**63),
            "list": [1, "two", None, {"three": 3.5}, []],
            "empty_map": {},
            "map": {"a": {"b": {"c": []}}},
        }
        documents.commit([Put("things/one", data)])
        document = documents.get("things/one")
        assert document is not None
        assert document.data == data
        assert document.path == "things/one"
        assert document.id == "one"
        assert [type(document.data[key]) for key in ("true", "one")] == [bool, int]

    def test_a_list_may_hold_lists(self, documents: Documents) -> None:
        documents.commit([Put("things/one", {"rows": [[1, 2], [], [[3]]]})])
        assert data_of(documents, "things/one") == {"rows": [[1, 2], [], [[3]]]}

    def test_datetimes_keep_their_microseconds_and_come_back_in_utc(self, documents: Documents) -> None:
        summer = timezone(timedelta(hours=2))
        times = {
            "now": datetime(2026, 11, 23, 7, 23, 52, 123456, tzinfo=UTC),
            "whole": datetime(2026, 1, 1, tzinfo=UTC),
            "elsewhere": datetime(2026, 7, 1, 12, 0, 0, 1, tzinfo=summer),
            "long_ago": datetime(1970, 1, 1, 0, 0, 0, 999999, tzinfo=UTC),
        }
        documents.commit([Put("things/one", {**times, "nested": {"list": [times["now"]]}})])
        data = data_of(documents, "things/one")
        assert data is not None
        assert data == {**times, "nested": {"list": [times["now"]]}}
        assert {data[key].utcoffset() for key in times} == {timedelta(0)}

    def test_strings_that_look_like_times_stay_strings(self, documents: Documents) -> None:
        data = {"a": "2026-11-23T07:23:52Z", "b": "\x012026-11-23T07:23:52.000000+00:00", "c": "\x02\x01"}
        documents.commit([Put("things/one", data)])
        assert data_of(documents, "things/one") == data

    @pytest.mark.parametrize("name", ODD_NAMES)
    def test_an_id_may_hold_any_character_but_a_slash(self, documents: Documents, name: str) -> None:
        path = f"things/{name}"
        documents.commit([Create(path, {"n": 1})])
        documents.commit([Merge(path, {"m": 2})])
        document = documents.get(path)
        assert document is not None
        assert document.data == {"n": 1, "m": 2}
        assert document.id == name
        assert documents.get_many([path, "things/other"]).keys() == {path}
        assert [found.path for found in documents.query(Query("things"))] == [path]
        documents.commit([Delete(path)])
        assert documents.get(path) is None

    @pytest.mark.parametrize("path", ["things", "things/a/b", "", "/", "things/", "/things", "things//a/b"])
    def test_a_path_has_an_even_number_of_segments(self, documents: Documents, path: str) -> None:
        with pytest.raises(ValueError):
            documents.get(path)
        with pytest.raises(ValueError):
            documents.commit([Put(path, {"n": 1})])

    @pytest.mark.parametrize("name", ODD_NAMES)
    def test_a_key_is_literal(self, documents: Documents, name: str) -> None:
        documents.commit([Put("things/one", {name: 1, "map": {name: {"inner": 1}, "other": 1}})])
        documents.commit([Merge("things/one", {name: 2, "map": {name: {name: 2}}})])
        expected = {name: 2, "map": {name: {"inner": 1, name: 2}, "other": 1}}
        assert data_of(documents, "things/one") == expected
        documents.commit([Merge("things/one", {"map": {name: DELETE_FIELD}})])
        assert data_of(documents, "things/one") == {name: 2, "map": {"other": 1}}

    @pytest.mark.parametrize(
        "value",
        [float("nan"), float("inf"), 2**63, NAIVE, object(), bytes, {1: "x"}, {"": 1}],
        ids=["nan", "inf", "65 bits", "naive datetime", "object", "type", "integer key", "empty key"],
    )
    def test_what_a_document_cannot_hold_is_refused_before_anything_is_written(
        self, documents: Documents, value: Any
    ) -> None:
        with pytest.raises((ValueError, TypeError)):
            documents.commit([Put("things/good", {"n": 1}), Put("things/bad", {"value": value})])
        assert documents.get("things/good") is None

    def test_get_many_gives_those_that_exist(self, documents: Documents) -> None:
        documents.commit([Put("things/a", {"n": 1}), Put("others/b", {"n": 2}), Put("things/a/parts/c", {"n": 3})])
        found = documents.get_many(["things/a", "things/missing", "others/b", "things/a", "things/a/parts/c"])
        assert {path: document.data["n"] for path, document in found.items()} == {
            "things/a": 1,
            "others/b": 2,
            "things/a/parts/c": 3,
        }
        assert documents.get_many([]) == {}

    def test_get_many_takes_more_than_a_thousand(self, documents: Documents) -> None:
        for start in range(0, 1200, 400):
            documents.commit([Put(f"things/{number}", {"n": number}) for number in range(start, start + 400)])
        assert len(documents.get_many([f"things/{number}" for number in range(1300)])) == 1200


class TestCommit:
    def test_a_create_of_what_exists_writes_nothing(self, documents: Documents) -> None:
        documents.commit([Create("things/a", {"n": 1})])
        with pytest.raises(AlreadyExists):
            documents.commit([Merge("things/b", {"n": 1}), Create("things/a", {"n": 2}), Put("things/c", {"n": 1})])
        assert data_of(documents, "things/a") == {"n": 1}
        assert documents.get_many(["things/b", "things/c"]) == {}

    def test_of_many_who_create_the_same_document_one_wins(self, documents: Documents) -> None:
        winners: list[int] = []

        def create(number: int) -> None:
            try:
                documents.commit([Create("things/a", {"by": number}), Merge("log/a", {"by": {f"n{number}": True}})])
                winners.append(number)
            except AlreadyExists:
                pass

        in_threads(8, create)
        assert len(winners) == 1
        assert data_of(documents, "things/a") == {"by": winners[0]}
        assert data_of(documents, "log/a") == {"by": {f"n{winners[0]}": True}}

    def test_a_later_version_sorts_after_an_earlier_one(self, documents: Documents) -> None:
        versions = []
        for number in range(12):
            documents.commit([Merge("things/a", {"n": number})])
            document = documents.get("things/a")
            assert document is not None
            versions.append(document.version)
        assert versions == sorted(set(versions))

    def test_a_write_under_a_precondition_needs_that_version(self, documents: Documents) -> None:
        documents.commit([Create("things/a", {"n": 1})])
        first = documents.get("things/a")
        assert first is not None
        documents.commit([Put("things/a", {"n": 2}, if_version=first.version)])
        for write in (
            Put("things/a", {"n": 3}, if_version=first.version),
            Merge("things/a", {"n": 3}, if_version=first.version),
            Delete("things/a", if_version=first.version),
            Merge("things/missing", {"n": 3}, if_version=first.version),
            Delete("things/missing", if_version=first.version),
        ):
            with pytest.raises(PreconditionFailed):
                documents.commit([Put("things/other", {"n": 1}), write])
        assert data_of(documents, "things/a") == {"n": 2}
        assert documents.get("things/other") is None
        second = documents.get("things/a")
        assert second is not None
        documents.commit([Merge("things/a", {"m": 1}, if_version=second.version)])
        assert data_of(documents, "things/a") == {"n": 2, "m": 1}

    def test_deleting_what_is_missing_is_fine(self, documents: Documents) -> None:
        documents.commit([Delete("things/missing")])
        documents.commit([])

    def test_a_document_over_one_mebibyte_is_refused(self, documents: Documents) -> None:
        documents.commit([Put("things/large", {"text": "x" * 1_000_000})])
        with pytest.raises(DocumentTooLarge):
            documents.commit([Put("things/b", {"n": 1}), Put("things/a", {"text": "x" * 1_100_000})])
        assert documents.get("things/b") is None

    def test_a_merge_that_makes_a_document_too_large_is_refused(self, documents: Documents) -> None:
        documents.commit([Put("things/a", {"first": "x" * 600_000})])
        with pytest.raises(DocumentTooLarge):
            documents.commit([Put("things/b", {"n": 1}), Merge("things/a", {"second": "x" * 600_000})])
        assert documents.get("things/b") is None
        assert documents.get("things/a") is not None

    def test_a_batch_over_ten_mebibytes_is_refused(self, documents: Documents) -> None:
        with pytest.raises(DocumentTooLarge):
            documents.commit([Put(f"things/{number}", {"text": "x" * 1_000_000}) for number in range(11)])
        assert documents.query(Query("things")) == []


class TestMerge:
    def test_creates_a_missing_document(self, documents: Documents) -> None:
        documents.commit([Merge("things/a", {"map": {"one": 1}})])
        assert data_of(documents, "things/a") == {"map": {"one": 1}}

    def test_nested_maps_are_merged_key_by_key_and_lists_replaced(self, documents: Documents) -> None:
        documents.commit([Put("things/a", {"map": {"x": {"y": 1}}, "list": [1, 2], "kept": True})])
        documents.commit([Merge("things/a", {"map": {"x": {"z": 2}, "w": None}, "list": [3]})])
        assert data_of(documents, "things/a") == {
            "map": {"x": {"y": 1, "z": 2}, "w": None},
            "list": [3],
            "kept": True,
        }

    def test_an_empty_map_creates_or_leaves_a_map(self, documents: Documents) -> None:
        documents.commit([Merge("things/a", {"observations": {}})])
        assert data_of(documents, "things/a") == {"observations": {}}
        documents.commit([Merge("things/a", {"observations": {"e1": "x"}})])
        documents.commit([Merge("things/a", {"observations": {}})])
        assert data_of(documents, "things/a") == {"observations": {"e1": "x"}}

    def test_delete_field_removes_a_field_and_leaves_the_rest(self, documents: Documents) -> None:
        documents.commit([Put("things/a", {"map": {"x": 1, "y": 2, "z": 3}, "n": 1})])
        documents.commit([Merge("things/a", {"map": {"x": DELETE_FIELD, "missing": DELETE_FIELD, "z": None}})])
        assert data_of(documents, "things/a") == {"map": {"y": 2, "z": None}, "n": 1}
        documents.commit([Merge("things/a", {"n": DELETE_FIELD})])
        assert data_of(documents, "things/a") == {"map": {"y": 2, "z": None}}

    def test_a_time_replaces_a_map_and_a_map_a_time(self, documents: Documents) -> None:
        now = datetime(2026, 11, 23, tzinfo=UTC)
        documents.commit([Put("things/a", {"one": {"x": 1}, "two": now})])
        documents.commit([Merge("things/a", {"one": now, "two": {"x": 1}})])
        assert data_of(documents, "things/a") == {"one": now, "two": {"x": 1}}

    def test_merges_from_eight_threads_lose_nothing(self, documents: Documents) -> None:
        def merge(number: int) -> None:
            for step in range(5):
                documents.commit([Merge("states/a", {"observations": {f"e{number}.{step}": f"{number}:{step}"}})])

        in_threads(8, merge)
        assert data_of(documents, "states/a") == {
            "observations": {f"e{number}.{step}": f"{number}:{step}" for number in range(8) for step in range(5)}
        }


def events() -> list[Put]:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        Put(
            f"events/e{number:02d}",
            {
                "person": f"p{number % 2}",
                "kind": ["field", "validation", "learning"][number % 3],
                "at": start + timedelta(hours=number // 4),
                "score": number * 1.5,
                "held": number % 5 == 0,
                "tags": [f"t{number % 4}", "all"],
                "payload": {"large": "x" * 100},
            },
        )
        for number in range(24)
    ]


def ids(documents: Reader, query: Query) -> list[str]:
    return [document.id for document in documents.query(query)]


class TestQuery:
    @pytest.fixture(autouse=True)
    def _events(self, documents: Documents) -> None:
        documents.commit(events())

    def test_reads_one_collection_and_not_those_below(self, documents: Documents) -> None:
        documents.commit([Put("events/e00/parts/x", {"person": "p0"}), Put("other/e99", {"person": "p0"})])
        assert ids(documents, Query("events")) == [f"e{number:02d}" for number in range(24)]
        assert ids(documents, Query("events/e00/parts")) == ["x"]
        assert ids(documents, Query("nothing")) == []

    def test_conditions_hold_together(self, documents: Documents) -> None:
        found = ids(documents, Query("events", where=[Where("person", "==", "p1"), Where("kind", "==", "field")]))
        assert found == ["e03", "e09", "e15", "e21"]

    def test_orders_by_a_time_with_ties_in_the_direction_of_the_ids(self, documents: Documents) -> None:
        query = Query("events", where=[Where("person", "==", "p0")], order_by=[("at", "desc")], limit=5)
        assert ids(documents, query) == ["e22", "e20", "e18", "e16", "e14"]

    @pytest.mark.parametrize("direction", ["asc", "desc"])
    def test_pages_over_ties_show_each_document_once(self, documents: Documents, direction: Any) -> None:
        seen: list[str] = []
        after: list[Any] | None = None
        while True:
            page = documents.query(
                Query(
                    "events",
                    where=[Where("person", "==", "p0")],
                    order_by=[("at", direction)],
                    limit=5,
                    after=after,
                )
            )
            if not page:
                break
            seen += [document.id for document in page]
            after = [page[-1].data["at"], page[-1].id]
        everything = [f"e{number:02d}" for number in range(0, 24, 2)]
        assert seen == (everything if direction == "asc" else everything[::-1])

    def test_pages_without_an_order_go_by_id(self, documents: Documents) -> None:
        assert ids(documents, Query("events", limit=3, after=["e20"])) == ["e21", "e22", "e23"]

    def test_ranges(self, documents: Documents) -> None:
        noon = datetime(2026, 1, 1, 3, tzinfo=UTC)
        query = Query(
            "events",
            where=[Where("person", "==", "p0"), Where("at", ">=", noon), Where("at", "<", noon + timedelta(hours=1))],
            order_by=[("at", "asc")],
        )
        assert ids(documents, query) == ["e12", "e14"]
        query = Query("events", where=[Where("score", ">", 33), Where("score", "<=", 34.5)])
        assert ids(documents, query) == ["e23"]

    def test_in(self, documents: Documents) -> None:
        query = Query("events", where=[Where("kind", "in", ["field", "learning", "unheard of"])])
        assert ids(documents, query) == [f"e{number:02d}" for number in range(24) if number % 3 != 1]

    def test_array_contains(self, documents: Documents) -> None:
        assert ids(documents, Query("events", where=[Where("tags", "array_contains", "t3")])) == [
            f"e{number:02d}" for number in range(3, 24, 4)
        ]
        assert ids(documents, Query("events", where=[Where("kind", "array_contains", "field")])) == []

    def test_a_condition_compares_within_a_type(self, documents: Documents) -> None:
        documents.commit(
            [
                Put("mixed/bool", {"v": True}),
                Put("mixed/int", {"v": 1}),
                Put("mixed/float", {"v": 1.0}),
                Put("mixed/text", {"v": "1"}),
                Put("mixed/none", {"v": None}),
                Put("mixed/time", {"v": datetime(2026, 1, 1, tzinfo=UTC)}),
                Put("mixed/without", {"w": 1}),
            ]
        )

        def matching(operator: Any, value: Any) -> list[str]:
            return sorted(ids(documents, Query("mixed", where=[Where("v", operator, value)])))

        assert matching("==", True) == ["bool"]
        assert matching("==", 1) == ["float", "int"]
        assert matching("==", "1") == ["text"]
        assert matching("==", None) == ["none"]
        assert matching("<", 5) == ["float", "int"]
        assert matching(">", datetime(2025, 1, 1, tzinfo=UTC)) == ["time"]
        assert matching(">=", "") == ["text"]
        assert matching("in", [1, "1"]) == ["float", "int", "text"]

    def test_documents_without_a_sort_field_are_left_out(self, documents: Documents) -> None:
        documents.commit([Put("mixed/a", {"v": 2}), Put("mixed/b", {"v": 1}), Put("mixed/c", {"w": 0})])
        assert ids(documents, Query("mixed", order_by=[("v", "asc")])) == ["b", "a"]

    def test_a_mask_reads_only_some_fields(self, documents: Documents) -> None:
        documents.commit([Put("events/e00", {"person": "p0", "nothing": None})])
        found = documents.query(Query("events", where=[Where("person", "==", "p0")], fields=["score", "nothing"]))
        assert found[0].data == {"nothing": None}
        assert found[1].data == {"score": 3.0}


class TestTransact:
    def test_increments_from_many_threads_all_count(self, documents: Documents) -> None:
        documents.commit([Put("counters/a", {"n": 0})])

        def increment(transaction: Transaction) -> None:
            document = transaction.get("counters/a")
            assert document is not None
            transaction.write(Put("counters/a", {"n": document.data["n"] + 1}))

        def increment_thrice(_: int) -> None:
            for _ in range(3):
                documents.transact(increment)

        in_threads(4, increment_thrice)
        assert data_of(documents, "counters/a") == {"n": 12}

    def test_thirty_at_once_on_one_document_all_count(self, documents: Documents) -> None:
        documents.commit([Put("counters/a", {"n": 0})])

        def increment(transaction: Transaction) -> None:
            document = transaction.get("counters/a")
            assert document is not None
            transaction.write(Put("counters/a", {"n": document.data["n"] + 1}))

        in_threads(30, lambda _: documents.transact(increment))
        assert data_of(documents, "counters/a") == {"n": 30}

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


class TestCollections:
    def test_are_those_that_hold_something_at_the_root(self, documents: Documents) -> None:
        assert documents.collections() == []
        documents.commit([Put("people/ann", {"n": 1}), Put("people/bob", {"n": 1}), Put("b-calls/1", {"n": 1})])
        documents.commit([Put("people/ann/notes/1", {"n": 1}), Put("__odd__/1", {"n": 1})])
        assert documents.collections() == ["__odd__", "b-calls", "people"]
        documents.commit([Delete("b-calls/1")])
        assert documents.collections() == ["__odd__", "people"]

    def test_are_gone_through_page_by_page_in_the_order_of_ids(self, documents: Documents) -> None:
        documents.commit([Put(f"people/{name}", {"n": 1}) for name in ("b", "a@x.test", "c", "B")])
        seen: list[str] = []
        while page := documents.query(Query("people", limit=2, after=[seen[-1]] if seen else None)):
            seen += [document.id for document in page]
        assert seen == ["B", "a@x.test", "b", "c"]
