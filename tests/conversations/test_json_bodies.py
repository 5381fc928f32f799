"""`parse_json` takes the fast way where it is the same, and the same is what the standard library reads."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.kernel.errors import Malformed
from shared.kernel.reading import DEEPEST, parse_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(), children, max_size=4),
    max_leaves=20,
)


def by_the_standard_library(raw: bytes) -> Any:
    """What the body means, by Python's own reader and in the plainest words; None: it is refused."""

    def refuse(_: str) -> Any:
        raise ValueError

    try:
        value = json.loads(raw.decode(), parse_constant=refuse)
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return None
    return value if storable(value, 1) else None


def storable(value: Any, depth: int, *, in_a_list: bool = False) -> bool:
    if isinstance(value, dict | list):
        depth += in_a_list and isinstance(value, list)
        if depth > DEEPEST:
            return False
        if isinstance(value, dict):
            return all(name and storable(child, depth + 1) for name, child in value.items())
        return all(storable(child, depth + 1, in_a_list=True) for child in value)
    return not isinstance(value, int) or -(2**63) <= value < 2**63


def read(raw: bytes) -> Any:
    try:
        return parse_json(raw)
    except Malformed:
        return None


def same(one: Any, other: Any) -> bool:
    """Equal, and of equal types: 82 is not 82.0."""
    return repr(one) == repr(other)


@given(VALUES, st.booleans(), st.sampled_from([None, 1]))
@example([[[[[[[[1]]]]]]]], False, None)
@example([[[[[[[[[1]]]]]]]]], False, None)
@example({"a": 2**63 - 1, "b": -(2**63)}, False, None)
@example({"a": 2**63}, False, None)
@example([1e308, 5e-324, 1e16, 1e-5, -0.0, 83.0], False, None)
@example({"": 1}, False, None)
def test_a_value_is_read_as_the_standard_library_reads_it(value: Any, ascii_only: bool, indent: int | None) -> None:
    try:
        raw = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()
    except UnicodeEncodeError:
        return
    assert same(read(raw), by_the_standard_library(raw))


@given(st.text(alphabet='{}[]",:\\u0dD8-+.eE1 \n\t\ufeff\x00nulltrefas', max_size=30))
@example("1e400")
@example("-1E+999")
@example('{"a":1,"a":2}')
@example('"\\ud800"')
@example('"\\ud83d\\ude00"')
@example("NaN")
@example("[Infinity]")
@example("-0")
@example("1" * 19)
@example("\ufeff{}")
@example("[" * 2000 + "]" * 2000)
def test_any_text_is_read_or_refused_as_by_the_standard_library(text: str) -> None:
    raw = text.encode("utf-8", "surrogatepass")
    assert same(read(raw), by_the_standard_library(raw))


@given(st.binary(max_size=30))
def test_any_bytes_are_read_or_refused_likewise(raw: bytes) -> None:
    assert same(read(raw), by_the_standard_library(raw))


@pytest.mark.parametrize("depth", range(1, 2 * DEEPEST))
@pytest.mark.parametrize("shape", ["dict", "list", "mixed"])
def test_the_deepest_is_the_same_depth_whatever_else_the_body_holds(depth: int, shape: str) -> None:
    value: Any = "{[" * 20
    for level in range(depth):
        inside_a_list = shape == "list" or (shape == "mixed" and level % 2)
        value = [value] if inside_a_list else {"a": value}
    raw = json.dumps(value).encode()
    assert same(read(raw), by_the_standard_library(raw))
