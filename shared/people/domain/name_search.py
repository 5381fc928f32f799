"""Finds people by parts of their name or id, as they are typed: in any order, in any case, with or without accents.

Among people who are at hand a part may stand anywhere; where the store looks, it begins a word (`beginnings`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from unicodedata import combining, normalize

LONGEST_SEARCH = 100
"""Characters of a search that are looked at."""
MOST_PARTS = 8
LONGEST_BEGINNING = 12
"""Letters of a word that the store looks for."""
MOST_WORDS = 12
"""Words of a name and an id that the store looks through."""
_WORD = re.compile(r"\w+")
_STROKES = {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
_MARKS = {"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u2010": "-", "\u2011": "-", "\u2013": "-"}
_AS_TYPED = str.maketrans(_STROKES | _MARKS)
"""Letters that are not a letter and an accent, and the apostrophes and hyphens that editors put for the typed ones."""


@lru_cache(maxsize=20_000)
def plain_letters(text: str) -> str:
    """Returns text in lower case without accents, with one space between its words and plain apostrophes and
    hyphens: `Lefèvre` → `lefevre`, `O’Brien` → `o'brien`."""
    if text.isascii():
        return " ".join(text.lower().split())
    decomposed = normalize("NFKD", text.casefold())
    letters = "".join(letter for letter in decomposed if not combining(letter))
    return " ".join(letters.translate(_AS_TYPED).split())


def beginnings(name: str, employee_id: str) -> list[str]:
    """Returns how each word of a name, and of an address before its host, begins, sorted; a store finds by it."""
    words = _words(name, employee_id)
    return sorted({word[:length] for word in words for length in range(1, min(len(word), LONGEST_BEGINNING) + 1)})


def _words(name: str, employee_id: str) -> list[str]:
    return _WORD.findall(f"{plain_letters(name)} {plain_letters(employee_id).partition('@')[0]}")[:MOST_WORDS]


class NameSearch:
    """Holds what is looked for."""

    def __init__(self, text: str) -> None:
        self._parts = plain_letters(text[:LONGEST_SEARCH]).replace(",", " ").split()[:MOST_PARTS]

    def finds(self, name: str, employee_id: str) -> bool:
        """Tells whether a name or an id holds every part; that of nothing holds in all."""
        if not self._parts:
            return True
        looked_in = f"{plain_letters(name)} {plain_letters(employee_id)}"
        return all(part in looked_in for part in self._parts)

    @property
    def beginning(self) -> str | None:
        """Returns what a store looks for, among `beginnings`; None where everybody is found."""
        words = [word[:LONGEST_BEGINNING] for part in self._parts for word in _WORD.findall(part.partition("@")[0])]
        return max(words, key=len, default=None)

    def begins(self, name: str, employee_id: str) -> bool:
        """Tells whether every part begins a word of a name or an id; one with an @, the id itself."""
        words, whole = _words(name, employee_id), plain_letters(employee_id)
        return all(
            whole.startswith(part)
            if "@" in part
            else all(any(word.startswith(one) for word in words) for one in _WORD.findall(part))
            for part in self._parts
        )

    def among(self, people: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Returns those of (id, name) that it finds, by name; him or her alone whose id or whole name it is."""
        whole = " ".join(self._parts)
        found = [one for one in people if self.finds(one[1], one[0])]
        exactly = [one for one in found if whole in (plain_letters(one[0]), plain_letters(one[1]))]
        return exactly if len(exactly) == 1 else sorted(found, key=lambda one: (plain_letters(one[1]), one[0]))
