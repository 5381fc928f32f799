"""A figure is the same however it is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.analysts.lexical.spoken_figures import figures_said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It took forty-six days, forty six of them.", {"forty six"}),
        ("seven hundred and twenty a day", {"seven hundred twenty"}),
        ("2,400 hours and 74 variants", {"2,400", "74"}),
        ("six weeks, two people, one of them", {"six week", "two people"}),
        ("3 weeks at 5 percent", {"3 week", "5 percent"}),
        ("one thing, two of those", set()),
        ("the height of a weight, tenth, v2", set()),
    ],
)
def test_examples(text: str, expected: set[str]) -> None:
    assert figures_said(text) == expected


WORDS = st.sampled_from(("seven", "hundred", "and", "forty-six", "2,400", "weeks", "percent", "one", "of", "v2", "."))


@given(st.lists(WORDS | st.text(max_size=6), max_size=40).map(" ".join))
def test_any_text_is_read(text: str) -> None:
    found = figures_said(f"{text}\nIt took forty-six days.")
    assert "forty six" in found
    assert all(figure.strip() for figure in found)
