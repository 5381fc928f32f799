"""Finds words again in the text they were quoted from, and exactly where.

A reader who copies out words may change the white space, the case, the apostrophes, quotation marks and dashes, and
leave out characters that cannot be seen. Nothing else: a word that is missing or another one is no quote.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_SAME = str.maketrans(
    {
        **dict.fromkeys("’‘‛`´ʼ＇", "'"),
        **dict.fromkeys("“”„‟«»＂", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("‹＜", "<"),
        **dict.fromkeys("›＞", ">"),
        "…": "...",
    }
)
_AROUND = " \"'.,;:-"


@dataclass(frozen=True, slots=True)
class Plain:
    """A text without what a copyist may change. origin: for each character, the index in the text it stands for."""

    text: str
    origin: tuple[int, ...]


def plain(text: str) -> Plain:
    """Returns the text in small letters, white space as one space, marks in their simplest form, the invisible left
    out."""
    letters: list[str] = []
    origin: list[int] = []
    for index, character in enumerate(text):
        if character.isspace():
            if letters and letters[-1] != " ":
                letters.append(" ")
                origin.append(index)
            continue
        if not visible(character):
            continue
        for letter in character.translate(_SAME).casefold():
            letters.append(letter)
            origin.append(index)
    return Plain("".join(letters), tuple(origin))


def visible(character: str) -> bool:
    """Tells whether anyone can see the character: format and control characters, surrogates and tags are not."""
    return unicodedata.category(character) not in {"Cf", "Cc", "Cs", "Co", "Cn"}


def find(text: str, words: str) -> tuple[int, int] | None:
    """Tells where the words stand in the text as (start, end), end exclusive; None when they do not.

    Marks around the quoted words are the copyist's. Words are found as whole words: "he art" is not in "the art".
    """
    wanted = plain(words).text.strip(_AROUND)
    if not wanted:
        return None
    source = plain(text)
    at = source.text.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        if _edge(source.text, at) and _edge(source.text, end):
            return source.origin[at], source.origin[end - 1] + 1
        at = source.text.find(wanted, at + 1)
    return None


def _edge(text: str, at: int) -> bool:
    """Tells whether a word begins or ends between the characters at - 1 and at."""
    return at == 0 or at == len(text) or not (text[at - 1].isalnum() and text[at].isalnum())
