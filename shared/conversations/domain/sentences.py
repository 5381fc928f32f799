"""Finds the sentence around words, so that no "not" of it is cut off."""

from __future__ import annotations

_ENDS = frozenset(".?!…。？！")
MOST_WORDS_BESIDE = 20
"""On either side of a quote in speech without punctuation, where no sentence ends for minutes."""


def sentence_around(text: str, start: int, end: int, *, wrapped: bool = False) -> tuple[int, int]:
    """Returns the span of the sentences that a span lies in.

    wrapped: whether a single line break is no end, as in a written message whose lines are wrapped
    """
    left = start
    while left > 0 and not _ends(text, left - 1, wrapped):
        left -= 1
    right = end
    while right < len(text) and not _ends(text, right - 1, wrapped):
        right += 1
    return _from(text, left, start), _until(text, end, right)


def _ends(text: str, at: int, wrapped: bool) -> bool:
    """Tells whether the character is the last of its sentence."""
    after = text[at + 1 : at + 2]
    if text[at] == "\n":
        return not wrapped or after in {"\n", ""} or text[at - 1 : at] == "\n"
    return text[at] in _ENDS and (not after or after.isspace() or text[at] in "。？！")


def _from(text: str, left: int, start: int) -> int:
    before = text[left:start]
    words = before.rsplit(None, MOST_WORDS_BESIDE)
    if len(words) > MOST_WORDS_BESIDE:
        left += len(words[0])
    return start - len(text[left:start].lstrip())


def _until(text: str, end: int, right: int) -> int:
    after = text[end:right]
    words = after.split(None, MOST_WORDS_BESIDE)
    if len(words) > MOST_WORDS_BESIDE:
        after = after[: len(after) - len(words[-1])]
    return end + len(after.rstrip())
