"""The sentence around words is found whole, however long a speaker goes on."""

from __future__ import annotations

import pytest

from shared.conversations.domain.sentences import MOST_WORDS_BESIDE, sentence_around


@pytest.mark.parametrize(
    ("text", "words", "wrapped", "sentence"),
    [
        ("Right. You will not save a day. Bye.", "save a day", False, "You will not save a day."),
        ("you will not save a day", "save a day", False, "you will not save a day"),
        ("It is 3.5 times faster? Not yet.", "times faster", False, "It is 3.5 times faster?"),
        ("we never said\nit is faster", "it is faster", False, "it is faster"),
        ("we never said\nit is faster", "it is faster", True, "we never said\nit is faster"),
        ("we never said\n\nit is faster", "it is faster", True, "it is faster"),
        ("One. Two three. Four.", "Two three. Four", False, "Two three. Four."),
        ("速くなりません。高いです。", "速く", False, "速くなりません。"),
    ],
)
def test_sentence(text: str, words: str, wrapped: bool, sentence: str) -> None:
    at = text.index(words)
    start, end = sentence_around(text, at, at + len(words), wrapped=wrapped)
    assert text[start:end] == sentence


def test_speech_without_punctuation_is_cut_beside_the_quote() -> None:
    text = f"{'before ' * 900}the quote{' after' * 900}"
    at = text.index("the quote")
    start, end = sentence_around(text, at, at + len("the quote"))
    assert len(text[start:end].split()) == 2 * MOST_WORDS_BESIDE + 2
    assert "the quote" in text[start:end]
