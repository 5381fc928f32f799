"""Finds words again in the text they were quoted from, and exactly where.

A reader who copies out words may change the white space, the case, the apostrophes, quotation marks and dashes, write
a letter in another of Unicode's forms (composed or not, wide, a ligature), and leave out characters that cannot be seen
(soft hyphens, zero widths). Nothing else: a word that is missing or another one is no quote.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_SAME = str.maketrans(
    {
        **dict.fromkeys("’‘‛`´ʼ＇ʹ′", "'"),
        **dict.fromkeys("“”„‟«»＂″", '"'),
        **dict.fromkeys("‐‑‒–—―−﹘－", "-"),
        **dict.fromkeys("‹＜", "<"),
        **dict.fromkeys("›＞", ">"),
    }
)
_AROUND = " \"'.,;:-"
_JOINS = frozenset([*map(chr, range(0x1160, 0x1200)), "\uff9e", "\uff9f"])
"""Letters that are no marks and still become one with the letter before: Korean vowels and finals, Japanese voicing."""
_LONGEST_CLUSTER = 30
"""Of a letter with its marks, as in Unicode's stream-safe text: sorting endless marks would take quadratic time."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A text without what a copyist may change.

    origin, ends: for each character, where what it stands for begins and ends in the text.
    """

    text: str
    origin: tuple[int, ...]
    ends: tuple[int, ...]


def plain(text: str) -> Plain:
    """Returns the text in small letters, white space as one space, marks and letters in their simplest form, the
    invisible left out."""
    letters: list[str] = []
    origin: list[int] = []
    ends: list[int] = []
    for start, end, cluster in _clusters(text):
        for letter in _simplest(cluster):
            if letter == " " and letters and letters[-1] == " ":
                continue
            letters.append(letter)
            origin.append(start)
            ends.append(end)
    return Plain("".join(letters), tuple(origin), tuple(ends))


def _clusters(text: str) -> Iterator[tuple[int, int, str]]:
    """Returns each visible character with the marks that belong to it, and where both stand."""
    start, end, cluster = 0, 0, ""
    for index, character in enumerate(text):
        if not character.isspace() and not visible(character):
            continue
        if cluster and len(cluster) < _LONGEST_CLUSTER and _belongs(character):
            end, cluster = index + 1, cluster + character
            continue
        if cluster:
            yield start, end, cluster
        start, end, cluster = index, index + 1, character
    if cluster:
        yield start, end, cluster


def _belongs(character: str) -> bool:
    return not character.isascii() and (character in _JOINS or unicodedata.combining(character) > 0)


def _simplest(cluster: str) -> str:
    if cluster.isascii():
        return " " if cluster.isspace() else cluster.translate(_SAME).casefold()
    simple = unicodedata.normalize("NFKC", cluster.translate(_SAME)).casefold()
    return " ".join(unicodedata.normalize("NFKC", simple).translate(_SAME).split()) or " "


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
            return source.origin[at], source.ends[end - 1]
        at = source.text.find(wanted, at + 1)
    return None


def _edge(text: str, at: int) -> bool:
    """Tells whether a word begins or ends between the characters at - 1 and at."""
    return at == 0 or at == len(text) or not (text[at - 1].isalnum() and text[at].isalnum())
