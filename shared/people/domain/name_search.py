"""Finds people by parts of their name or id, as they are typed: in any order, in any case, with or without accents."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from unicodedata import combining, normalize

LONGEST_SEARCH = 100
"""Characters of a search that are looked at."""
MOST_PARTS = 8
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

    def among(self, people: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Returns those of (id, name) that it finds, by name; him or her alone whose id or whole name it is."""
        whole = " ".join(self._parts)
        found = [one for one in people if self.finds(one[1], one[0])]
        exactly = [one for one in found if whole in (plain_letters(one[0]), plain_letters(one[1]))]
        return exactly if len(exactly) == 1 else sorted(found, key=lambda one: (plain_letters(one[1]), one[0]))
