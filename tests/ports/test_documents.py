"""The `Documents` port: what both stores promise."""

from __future__ import annotations

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
)
from tests.ports.stored import data_of, in_threads

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

    def test_get_many_reads_only_the_fields_that_are_asked_for(self, documents: Documents) -> None:
        kept: dict[str, Any] = {
            "head": {"n": 1, "at": datetime(2026, 1, 1, tzinfo=UTC)},
            "large": "x" * 1000,
            "odd.name": [1],
            "no": None,
        }
        documents.commit([Put("things/a", kept), Put("things/b", {"large": "y"})])
        paths = ["things/a", "things/b", "things/missing"]
        for fields in (["head"], ["no", "odd.name"], ["head", "unknown"], []):
            found = documents.get_many(paths, fields)
            wanted = {name: value for name, value in kept.items() if name in fields}
            assert {path: document.data for path, document in found.items()} == {"things/a": wanted, "things/b": {}}
        whole = documents.get_many(paths)
        assert {path: one.version for path, one in documents.get_many(paths, ["head"]).items()} == {
            path: one.version for path, one in whole.items()
        }
        seen = documents.transact(lambda transaction: transaction.get_many(paths, ["head"]))
        assert documents.read_together(lambda reader: reader.get_many(paths, ["head"])) == seen
        assert seen["things/a"].data == {"head": kept["head"]}

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
