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


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("the cafe\u0301 in Zürich", "the café", "the cafe\u0301"),
        ("the café in Zürich", "cafe\u0301 in Zu\u0308rich", "café in Zürich"),
        ("an ef\ufb01cient of\ufb01ce", "efficient office", "ef\ufb01cient of\ufb01ce"),
        ("a depl\u00adoy\u00adment a day", "deployment a day", "depl\u00adoy\u00adment a day"),
        ("two\u200b days\ufeff less", "two days less", "two\u200b days\ufeff less"),
        ("ＡＰＩ　ｋｅｙｓ of ½ a year", "api keys of 1⁄2 a year", "ＡＰＩ　ｋｅｙｓ of ½ a year"),
        ("so\u2011called ‘zero′ days", "so-called 'zero' days", "so\u2011called ‘zero′ days"),
        ("ｶﾞｲﾄﾞ です", "ガイド です", "ｶﾞｲﾄﾞ です"),
        ("\u1112\u1161\u11ab\u1100\u1173\u11af", "한글", "\u1112\u1161\u11ab\u1100\u1173\u11af"),
        ("a café", "a cafe", None),
        ("a not e", "a note", None),
    ],
)
def test_found_in_whatever_form_unicode_has_for_it(text: str, words: str, found: str | None) -> None:
    span = find(text, words)
    assert (None if span is None else text[slice(*span)]) == found


def test_endless_marks_take_no_endless_time() -> None:
    endless = "a" + "\u0301\u0316" * 50_000
    assert len(plain(endless).ends) == len(plain(endless).text)


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
