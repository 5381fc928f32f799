"""Words are found again where they stand, however they were copied, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.conversations.domain.verbatim import find, plain

TURN = "So  what\nhurts — the queue?\u200b It’s the “nightly” build… Straße."


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("what hurts", "what\nhurts"),
        ("WHAT HURTS - the queue", "what\nhurts — the queue"),
        ('it\'s the "nightly" build', "It’s the “nightly” build"),
        ("build... STRASSE", "build… Straße"),
        ('"the queue? It’s"', "the queue?\u200b It’s"),
        ("hat hurts", None),
        ("what hurt", None),
        ("what really hurts", None),
        (" \n", None),
        ("...", None),
    ],
)
def test_found(words: str, found: str | None) -> None:
    span = find(TURN, words)
    assert (None if span is None else TURN[slice(*span)]) == found


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_what_is_found_says_the_same(before: str, words: str, after: str) -> None:
    text = f"{before} {words} {after}"
    span = find(text, words)
    if span is None:
        assert not plain(words).text.strip(" \"'.,;:-")
    else:
        start, end = span
        assert 0 <= start < end <= len(text)
        assert plain(words).text.strip(" \"'.,;:-") in plain(text[start:end]).text
