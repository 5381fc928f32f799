"""Reads which option somebody means who writes instead of pressing one: "a", "B)", "2nd", or an option's words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

MOST_READ: Final = 400
_WORD: Final = re.compile(r"[^\W_]+")
_APOSTROPHE: Final = re.compile(r"['’`´]")


def _listed(words: str) -> list[str]:
    return words.split()


_FILLERS: Final = frozenset(
    _listed(
        "option answer number no the one is its it i id im think guess say go going for with letter must be "
        "maybe probably please that would choose pick mate ok okay um er "
    )
)
_NAMES: Final = (
    ("a", "1", "1st", "first"),
    ("b", "2", "2nd", "second"),
    ("c", "3", "3rd", "third"),
    ("d", "4", "4th", "fourth"),
)
_FEWEST_LETTERS: Final = 4
"""Of what is taken for a part of an option."""


def chosen_option(text: str, options: Sequence[str]) -> int | None:
    """Returns which option is meant, the first being 1; None where none is, or more than one may be."""
    said = _words(text)
    named = [word for word in said if word not in _FILLERS]
    if len(named) == 1:
        found = [number for number, names in enumerate(_NAMES, 1) if named[0] in names and number <= len(options)]
        if found:
            return found[0]
    if len(named) == 1 and named[0] == "last":
        return len(options)
    return _by_words(said, options)


def _by_words(said: list[str], options: Sequence[str]) -> int | None:
    texts = [_words(one) for one in options]
    same = [number for number, words in enumerate(texts, 1) if words and words == said]
    if same:
        return same[0] if len(same) == 1 else None
    spaced = f" {' '.join(said)} "
    if len(spaced.strip()) < _FEWEST_LETTERS:
        return None
    parts = [
        number
        for number, words in enumerate(texts, 1)
        if f" {' '.join(words)} " in spaced or spaced in f" {' '.join(words)} "
    ]
    return parts[0] if len(parts) == 1 else None


def _words(text: str) -> list[str]:
    return _WORD.findall(_APOSTROPHE.sub("", text[:MOST_READ]).casefold())
