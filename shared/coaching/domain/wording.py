"""Reads what somebody typed with cold fingers: in one spelling, one token a word, without a language model.

Bounded: the text is cut first, every step takes time in proportion to what is left, and no pattern repeats a part that
could match in two ways.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Final

from shared.coaching.domain.inbound import MOST_TEXT

END: Final = "."
"""The token that ends a sentence."""
ASKED: Final = "?"
"""The token that ends a question."""
MOST_WORD: Final = 40
"""Characters of a word; what is longer is no word, and is cut."""

_GONE: Final = re.compile("[\u200b-\u200f\u2060-\u2064\ufe0e\ufe0f\u00ad'’‘`´]")
_THE: Final = re.compile(r"\bt['’](?=\w{3})")
"""The article of the north: t'cable."""
_TOKEN: Final = re.compile(r"[^\W_]+|[?]|[.!;:\n]")
_ENDS: Final = frozenset(".!;\n")
_UNIT: Final = re.compile(r"\d+(?:k?v|volts?|kw|m|mm|cm|ft|in|amps?|a|ma|h|hrs?|mins?|am|pm|st|nd|rd|th|s|x|g)")
_LEET: Final = str.maketrans("013457", "oieast")
_SIGNS: Final = str.maketrans({"@": "a", "$": "s", "€": "e"})
_PLAIN: Final = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})
_LOOKALIKE: Final = str.maketrans("авсекмнорстухіј", "abcekmhopctyxij")
_LATIN: Final = re.compile(r"[a-z]")
_REPEATED: Final = re.compile(r"(.)\1{2,}")
_SHORT: Final = 5
_LONG: Final = 9


def tokens_of(text: str, pictures: Mapping[str, str]) -> list[str]:
    """Returns the words of a text in one spelling, with the tokens that end its sentences.

    pictures: words for emoji, e.g. an ambulance. Words lose case, accents, apostrophes, invisible and repeated letters;
    digits that stand for letters become them, letters typed apart come together.
    """
    folded = unicodedata.normalize("NFKD", text[:MOST_TEXT]).casefold()[: 2 * MOST_TEXT]
    spelt = "".join(
        f" {pictures[one]} " if one in pictures else one for one in folded if not unicodedata.combining(one)
    )
    found = _TOKEN.findall(_GONE.sub("", _THE.sub("", spelt).translate(_SIGNS).translate(_PLAIN)))
    return _together([_ended(one) for one in found if one != ":"])


def _ended(token: str) -> str:
    if token == ASKED or token in _ENDS:
        return ASKED if token == ASKED else END
    return _spelt(token[:MOST_WORD])


def _spelt(word: str) -> str:
    if _LATIN.search(word):
        word = word.translate(_LOOKALIKE)
        if not word.isalpha() and not _UNIT.fullmatch(word):
            word = word.translate(_LEET)
    return word if word.isdigit() else _REPEATED.sub(r"\1", word)


def _together(tokens: list[str]) -> list[str]:
    """Returns the tokens, three or more single letters in a row as the word that they spell; full stops among them."""
    found: list[str] = []
    run: list[str] = []
    for token in [*tokens, "", ""]:
        if len(token) == 1 and (token.isalpha() or (run and token == END and run[-1] != END)):
            run.append(token)
            continue
        letters = "".join(one for one in run if one != END)
        found.extend(
            [letters, *run[-1:]] if len(letters) > 2 and run[-1] == END else [letters] if len(letters) > 2 else run
        )
        run = []
        if token:
            found.append(token)
    return found


class Spelling:
    """Mends misspelt words of the trade: one letter wrong, missing, too many or two exchanged; two in a long word."""

    def __init__(self, trade: Iterable[str], ordinary: Iterable[str]) -> None:
        self._known = frozenset(trade) | frozenset(ordinary)
        self._by_rest: dict[str, str] = {}
        for word in sorted(one for one in set(trade) if len(one) >= _SHORT):
            for rest in _rests(word):
                self._by_rest.setdefault(rest, word)

    def mended(self, word: str) -> str:
        """Returns the word of the trade that is meant; the word itself where it is known, or nothing is near."""
        if len(word) < _SHORT or word in self._known or not word.isalpha():
            return word
        for rest in _rests(word):
            meant = self._by_rest.get(rest)
            if meant is not None and meant[0] == word[0] and abs(len(meant) - len(word)) <= _allowed(meant):
                return meant
        return word


def _allowed(word: str) -> int:
    return 2 if len(word) >= _LONG else 1


def _rests(word: str) -> Iterator[str]:
    """Yields what is left of a word without none, one or, of a long one, two of its letters."""
    short = word[: _LONG + 7]
    for number in range(_allowed(short) + 1):
        for without in combinations(range(len(short)), number):
            yield "".join(letter for place, letter in enumerate(short) if place not in without)


def pattern_of(terms: Iterable[str]) -> re.Pattern[str]:
    """Returns what finds any of the terms among tokens with a space around each.

    A term is one or more words; `stem*` is every word that begins so, `~` up to four words of the same sentence.
    """
    return re.compile(f" (?:{'|'.join(_term(one) for one in sorted(set(terms), key=len, reverse=True))})(?= )")


def _term(term: str) -> str:
    found = ""
    gap = False
    for word in term.split():
        if word == "~":
            gap = True
            continue
        between = "" if not found else "(?: [^ .?]+){0,4}? " if gap else " "
        gap = False
        spelt = re.escape(word.removesuffix("*"))
        found += between + (f"{spelt}[^ .?]*" if word.endswith("*") else spelt)
    return found
