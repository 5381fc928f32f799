"""Values, names and paths survive the way into Firestore's protobufs and back."""

from __future__ import annotations

from datetime import UTC, datetime, timezone
from typing import Any

import pytest
from google.cloud.firestore_v1 import types
from google.cloud.firestore_v1.field_path import FieldPath
from hypothesis import given
from hypothesis import strategies as st

from infra.gcp.firestore_values import (
    ESCAPE,
    field_path,
    leaf_paths,
    plain_path,
    read_fields,
    stored_path,
    version_of,
    write_fields,
    write_version,
)
from shared.ports.documents import DELETE_FIELD, FieldChange

NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8) | st.sampled_from(
    ["__a__", "____", ESCAPE, ESCAPE + "__a__", ESCAPE + "[]", "[]", ".", "a.b", "`", "\\"]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
    | st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8
)


def through(data: dict[str, Any]) -> dict[str, Any]:
    document = types.Document.pb()()
    write_fields(document.fields, data)
    return read_fields(type(document).FromString(document.SerializeToString()).fields)


@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_what_is_written_is_read(data: dict[str, Any]) -> None:
    assert through(data) == data


@given(st.lists(NAMES.filter(lambda name: "/" not in name), min_size=2, max_size=4))
def test_a_path_comes_back(names: list[str]) -> None:
    path = "/".join(names)
    assert plain_path(stored_path(path)) == path


@given(st.lists(st.text(max_size=6).filter(lambda name: stored_path(name) == name != ""), min_size=1, max_size=3))
def test_a_field_path_is_quoted_as_google_quotes_it(names: list[str]) -> None:
    assert field_path(*names) == FieldPath(*names).to_api_repr()


def test_reserved_names_are_escaped_and_others_are_not() -> None:
    assert stored_path("events/__all__/parts/..") == f"events/{ESCAPE}__all__/parts/{ESCAPE}.."
    assert stored_path("events/a__b") == "events/a__b"


def test_the_leaves_of_a_merge() -> None:
    data: dict[str, FieldChange] = {"a": {"b": 1, "c.d": {}, "e": {"f": DELETE_FIELD}}, "g": [{"h": 1}], "i": None}
    assert list(leaf_paths(data)) == [("a", "b"), ("a", "c.d"), ("a", "e", "f"), ("g",), ("i",)]


def test_a_time_elsewhere_is_stored_in_utc() -> None:
    from datetime import timedelta

    here = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    assert through({"at": here})["at"].isoformat() == "2026-07-01T10:00:00+00:00"


@pytest.mark.parametrize(
    "value",
    [datetime(2026, 1, 1), 2**63, float("nan"), float("inf"), b"bytes", {1: 2}, {"": 1}, {1, 2}],  # noqa: DTZ001
)
def test_what_no_document_holds_is_refused(value: Any) -> None:
    with pytest.raises(ValueError):
        through({"value": value})


def test_twenty_levels_are_the_limit() -> None:
    nested: Any = 1
    for _ in range(19):
        nested = {"a": nested}
    assert through({"a": nested}) == {"a": nested}
    with pytest.raises(ValueError, match="deeper"):
        through({"a": {"a": nested}})


def test_versions_sort_as_times_do_and_come_back() -> None:
    stamp = type(types.Document.pb()().update_time)
    texts = [version_of(stamp(seconds=seconds, nanos=nanos)) for seconds, nanos in [(9, 999), (10, 5), (10, 40)]]
    assert texts == sorted(texts)
    again = stamp()
    write_version(again, texts[1])
    assert (again.seconds, again.nanos) == (10, 5)
