"""Knows the people of a thread by their names and addresses, as lines of a message hold them.

Nothing here knows a language: names are compared word by word, in scripts without spaces by their characters. A name
is the same without its accents and with what keyboards have in their place (`Jürgen`, `Juergen`, `Jurgen`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from unicodedata import combining, normalize

MOST_WORDS_OF_A_CLOSING = 4
SHORTEST_NAME = 3
LONGEST_ABOUT = 2_000
"""Characters of an introduction that are read for who wrote when."""
LONGEST_NAME = 80
"""Characters of a line that may be a greeting or a signature."""

TOKEN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]|[^\\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+")
EMAIL = re.compile(r"[^\s@<>\"(),;:\[\]]{1,64}@[^\s@<>\"(),;:\[\]]{1,255}")
CLOCK = re.compile(r"(?<!\d)\d{1,2}(?:[:.h]\d{2}(?!\d)|時)")
_LETTERS = str.maketrans({"ß": "ss", "ẞ": "SS", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe"})
_LETTERS |= str.maketrans({"ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "þ": "th", "Þ": "Th", "ð": "d"})
"""What Unicode takes for letters of their own, with what is written where a keyboard does not have them."""
_IN_PLACE_OF_AN_ACCENT = re.compile("([AaOoUu])e|(?<=[Aa])a")
_SOLID = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_ENDS = (".", "?", "!", ":", ";", "…", "。", "？", "！", "：", ",", ")")
_SUBJECT_PREFIX = re.compile(r"(?:\s{0,3}\w{1,5}\s?[:：])*\s*")


@lru_cache(maxsize=10_000)
def _written(word: str) -> str:
    """Returns a word as it is compared: without accents, and without what stands for them."""
    plain = word if word.isascii() else _plain(word)
    return _IN_PLACE_OF_AN_ACCENT.sub(r"\1", plain)


def _plain(word: str) -> str:
    apart = normalize("NFKD", word.translate(_LETTERS))
    return normalize("NFC", "".join(one for one in apart if not combining(one)))


@dataclass(frozen=True, slots=True)
class Names:
    """Holds names as they are compared, word by word. solid: those of scripts that put no space between words."""

    words: frozenset[str] = frozenset()
    solid: frozenset[str] = frozenset()

    @classmethod
    def of(cls, people: Iterable[tuple[str, str | None]]) -> Names:
        """Returns the words of people's names; of who has no name, or whose address has several, those of the address,
        too."""
        words: set[str] = set()
        for address, name in people:
            local = [one.capitalize() for one in tokens(address.partition("@")[0])]
            words.update(one.strip(".,;()\"'") for one in (name or "").split())
            words.update(local if not name or len(local) > 1 else ())
        solid = frozenset(one for one in words if len(one) > 1 and _SOLID.search(one))
        return cls(frozenset(_written(one) for one in words - solid if len(one) >= SHORTEST_NAME), solid)

    def plus(self, other: Names) -> Names:
        return Names(self.words | other.words, self.solid | other.solid)

    def minus(self, other: Names) -> Names:
        return Names(self.words - other.words, self.solid - other.solid)

    def has(self, word: str) -> bool:
        """Tells whether a word is a name."""
        return _written(word) in self.words

    def left(self, line: str) -> list[str]:
        """Returns the words of a line that are nobody's name."""
        for name in self.solid:
            line = line.replace(name, " ")
        return [word for word in tokens(line) if not self.has(word)]

    def hits(self, line: str) -> int:
        """Returns how many names a line holds."""
        spaced = sum(map(self.has, tokens(line))) if self.words else 0
        return spaced + sum(line.count(name) for name in self.solid)

    def alone(self, line: str) -> bool:
        """Tells whether a line is a name and nothing else."""
        return (
            len(line) <= LONGEST_NAME
            and not line.endswith((",", ":", "?", "，", "："))
            and self.hits(line) > 0
            and not self.left(line)
        )


@dataclass(frozen=True)
class People:
    """Tells who takes part in a thread, and about what.

    author, others: (address, name) each; a name may be None. subject: the message's, None for none
    all_is_known: whatever the message may quote has been read. alone: the message is all that there is
    sent: when the message was
    """

    author: tuple[str, str | None] | None = None
    others: tuple[tuple[str, str | None], ...] = ()
    subject: str | None = None
    all_is_known: bool = False
    alone: bool = False
    sent: datetime | None = None

    @cached_property
    def initials(self) -> str | None:
        """Returns how the author marks an answer: initials as they are written."""
        words = ((self.author or ("", None))[1] or "").split()
        return "".join(word[0] for word in words).upper() if len(words) > 1 else None

    @cached_property
    def _author(self) -> Names:
        return Names.of([self.author] if self.author else [])

    @cached_property
    def _others(self) -> Names:
        return Names.of(self.others)

    @cached_property
    def names(self) -> Names:
        return self._author.plus(self._others)

    @cached_property
    def others_names(self) -> Names:
        """Returns the names that are not the author's, too."""
        return self._others.minus(self._author)

    @cached_property
    def author_names(self) -> Names:
        """Returns the names that are not somebody else's, too."""
        return self._author.minus(self._others)

    @cached_property
    def incomplete(self) -> bool:
        """Tells whether somebody's name is not known."""
        return any(name is None for _, name in self.others)

    @cached_property
    def core(self) -> str:
        """Returns the subject without what programs put before it, in small letters."""
        return core(self.subject or "")

    def holds_anothers_address(self, line: str) -> bool:
        addresses = {address for address, _ in self.others}
        return "@" in line and any(one.lower().rstrip(".") in addresses for one in EMAIL.findall(line))

    def first_named(self, about: str) -> tuple[str, str | None] | None:
        """Returns who of the others is named first by what introduces a quotation; None where nobody is, or the author
        is before."""
        said = about[:LONGEST_ABOUT].casefold()
        found = []
        for person in (self.author, *self.others):
            places = [said.find(one.casefold()) for one in person or () if one]
            found += [(at, person) for at in places if at >= 0]
        first = min(found, key=lambda one: one[0])[1] if found else None
        return None if first == self.author else first

    def is_another(self, line: str) -> bool:
        """Tells whether a line is somebody else's name and nothing else; where a name is not known whole, one more word
        of it may be there."""
        if self.others_names.alone(line):
            return True
        left = self.names.left(line)
        short = self.incomplete and len(line) <= LONGEST_NAME and len(left) == 1 and left[0][:1].isupper()
        return short and len(tokens(line)) == 2 and self.others_names.hits(line) == 1 and not line.endswith(_ENDS)

    def greets_author(self, line: str) -> bool:
        """Tells whether a line addresses the author, so that somebody else has written it."""
        return (
            len(line) <= LONGEST_NAME
            and line.endswith((",", ":", "!", "，", "：", "、", "！", "様"))
            and len(self.names.left(line)) <= 3
            and self.author_names.hits(line) > 0
        )

    def greets_another(self, line: str) -> bool:
        """Tells whether a line addresses somebody else of the thread, as the author does."""
        return (
            len(line) <= LONGEST_NAME
            and line.endswith((",", ":", "!", "，", "：", "、", "！", "様"))
            and len(self.names.left(line)) <= 3
            and self.others_names.hits(line) > 0
        )

    def heads_own_words(self, said: str) -> bool:
        """Tells whether a heading is the author's name and a time, and no sentence, nor anybody else."""
        words, names = tokens(said), self.author_names
        return (
            bool(words)
            and (names.has(words[0]) or said.lstrip().startswith(tuple(names.solid)))
            and not said.rstrip().endswith((":", "：", ".", "?", "!"))
            and not EMAIL.search(said)
            and not self.others_names.hits(said)
            and bool(CLOCK.search(said))
        )

    def signs_for_author(self, line: str) -> bool:
        """Tells whether a line is the author's signature: the name alone, or at the end of a few words of closing."""
        if len(line) > LONGEST_NAME or line.endswith((",", ":", "?")):
            return False
        words = tokens(line)
        closing = 1 < len(words) <= MOST_WORDS_OF_A_CLOSING and self.author_names.has(words[-1])
        return closing or self._author.alone(line) or (self.initials is not None and words == [self.initials])


NOBODY = People()


def tokens(text: str) -> list[str]:
    """Returns the words as they are written; of scripts that put no space between words, the characters."""
    return TOKEN.findall(text)


def core(subject: str) -> str:
    found = _SUBJECT_PREFIX.match(subject[:500])
    return " ".join(subject[found.end() if found else 0 :].casefold().split())
