"""Finds the meaning of free words: of a picklist, of somebody's title, of a line item, of a stage.

A group of phrases has one meaning. The groups stand in order: the first of which a phrase is found decides. A phrase is
one or more words that follow each other; `*` at a word's end or beginning stands for any letters (`clinic*`, `*bank`).
Case, accents and punctuation are apart, and so are the small words that join others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from unicodedata import combining, normalize

from shared.kernel.json_values import Json, JsonObject
from shared.kernel.unicode_form import folded

MOST_LETTERS: Final = 200
"""Of a text that are looked at."""
MOST_WORDS: Final = 40
REMEMBERED: Final = 4_096
"""Texts whose meaning is kept: the same industries and titles come again and again."""
JOINING: Final = frozenset(
    ("and", "de", "del", "della", "der", "des", "di", "du", "et", "for", "la", "le", "les", "of", "the", "und", "von")
)
"""Words that join others, and are in no phrase."""


@dataclass(frozen=True, slots=True)
class PhraseGroup:
    """Phrases that mean the same. means: a value of the dimension, or a stage"""

    means: str
    phrases: tuple[str, ...]

    def to_dict(self) -> JsonObject:
        """Returns the group as plain JSON values."""
        return {"means": self.means, "phrases": list(self.phrases)}


def groups_from(data: Sequence[JsonObject]) -> tuple[PhraseGroup, ...]:
    """Returns the groups that `to_dict` wrote."""
    return tuple(PhraseGroup(str(one["means"]), tuple(map(str, _listed(one["phrases"])))) for one in data)


def reader_of(groups: Sequence[PhraseGroup]) -> Callable[[str], str | None]:
    """Returns what finds the meaning of a text; None where no phrase is in it."""
    read = [(one.means, [words_of(phrase) for phrase in one.phrases]) for one in groups]

    @lru_cache(REMEMBERED)
    def meaning(text: str) -> str | None:
        words = words_of(text)
        return next((means for means, phrases in read if any(_stands_in(one, words) for one in phrases)), None)

    return meaning


def words_of(text: str) -> tuple[str, ...]:
    """Returns a text's words as they are compared: without case, accents and what joins them."""
    plain = "".join(letter for letter in normalize("NFKD", folded(text[:MOST_LETTERS])) if not combining(letter))
    spaced = "".join(letter if letter.isalnum() or letter == "*" else " " for letter in plain.replace("ß", "ss"))
    return tuple(word for word in spaced.split() if word not in JOINING)[:MOST_WORDS]


def _stands_in(phrase: Sequence[str], words: Sequence[str]) -> bool:
    length = len(phrase)
    return length > 0 and any(
        all(map(_fits, phrase, words[begin : begin + length])) for begin in range(len(words) - length + 1)
    )


def _fits(part: str, word: str) -> bool:
    if part.startswith("*"):
        return part.strip("*") in word if part.endswith("*") else word.endswith(part[1:])
    return word.startswith(part[:-1]) if part.endswith("*") else word == part


def _listed(value: Json) -> Sequence[Json]:
    return value if isinstance(value, (list, tuple)) else ()
