"""Weighs the lines of a message as signs of a quotation: marks, people, dates, introductions and runs of headers.

Nothing here knows a language: a line counts by the addresses, names, numbers and punctuation that it holds. Every
pattern is bounded or stops at what it cannot hold, so that a line of any length takes time in proportion to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

LONGEST_INTRODUCTION = 400
LONGEST_INTRODUCTION_LINES = 4
LONGEST_RUN_OF_HEADERS = 12
LONGEST_HEADER = 1_000
SHORTEST_WRAPPED_LINE = 40
MOST_WORDS_BESIDE_WHO_AND_WHEN = 3
MOST_WORDS_OF_AN_INTRODUCTION = 12
MOST_WORDS_OF_A_SAYING = 8
FEWEST_LABELS_IN_A_LINE = 3
MOST_WORDS_OF_A_CLOSING = 4
FEWEST_WORDS_OF_A_SENTENCE = 3
SHORTEST_NAME = 3
LONGEST_NAME = 80
"""Characters of a line that may be a greeting or a signature."""

TOKEN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]|[^\\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+")
_SOLID = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_MARK = re.compile(r"[ \t]{0,12}(?:[^\W\d_]{1,4}(?=>))?([>＞›»|│｜])")
_NAMED_MARK = re.compile(r"[ \t]{0,12}([^\W\d_]{5,30})(?=>)")
_EMAIL = re.compile(r"[^\s@<>\"(),;:\[\]]{1,64}@[^\s@<>\"(),;:\[\]]{1,255}")
_BRACKETED = re.compile(r"(?:[<\[(]|mailto:)[^\s@<>\"(),;:\[\]]{1,64}@")
_DATE = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d(?!\d)|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}[./]\s?\d{1,2}\.(?!\d)|\d{4}年)"
)
_CLOCK = re.compile(r"(?<!\d)\d{1,2}(?:[:.h]\d{2}(?!\d)|時)")
_RULED = re.compile(r"[-_=~#>]{2}.{0,200}[-_=~#>]{2}")
_COLON = re.compile(r"[:：]\s")
_LABEL = re.compile(r"\w ?[:：]\s")
_LIKE_A_NAME = re.compile(
    "[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]{2}|[A-ZÀ-ÞА-ЯΑ-Ω]\\w{1,20} [A-ZÀ-ÞА-ЯΑ-Ω]\\w{1,20}"
)
_NAMED_WHO_WROTE = re.compile(r"[A-ZÀ-ÞА-ЯΑ-Ω]\w{1,20} [A-ZÀ-ÞА-ЯΑ-Ω]\w{1,20} [^\W\d_A-ZÀ-ÞА-ЯΑ-Ω]\w{1,20}[:：]$")
_ENDS = (".", "?", "!", ":", ";", "…", "。", "？", "！", "：", ",", ")")
_COMPARED = re.compile(r"[ \t]{0,3}> ?[-+]?[$€£¥]? ?\d")
_SUBJECT_PREFIX = re.compile(r"(?:\s{0,3}\w{1,5}\s?[:：])*\s*")


class Strength(Enum):
    """Tells how sure it is that a quotation begins."""

    CERTAIN = 2
    DOUBTFUL = 1
    NONE = 0


@dataclass(frozen=True, slots=True)
class Begun:
    """Marks the beginning of a quotation.

    end: the line below it. before_marks: marked lines follow, and may be answered
    """

    end: int
    strength: Strength
    before_marks: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """Holds names as they are written, word by word. solid: those of scripts that put no space between words."""

    words: frozenset[str] = frozenset()
    solid: frozenset[str] = frozenset()

    @classmethod
    def of(cls, people: Iterable[tuple[str, str | None]]) -> Names:
        """Returns the words of people's names; of who has no name, those of the address."""
        words: set[str] = set()
        for address, name in people:
            given = name.split() if name else [one.capitalize() for one in tokens(address.partition("@")[0])]
            words.update(one.strip(".,;()\"'") for one in given)
        solid = frozenset(one for one in words if len(one) > 1 and _SOLID.search(one))
        return cls(frozenset(one for one in words - solid if len(one) >= SHORTEST_NAME), solid)

    def plus(self, other: Names) -> Names:
        return Names(self.words | other.words, self.solid | other.solid)

    def minus(self, other: Names) -> Names:
        return Names(self.words - other.words, self.solid - other.solid)

    def left(self, line: str) -> list[str]:
        """Returns the words of a line that are nobody's name."""
        for name in self.solid:
            line = line.replace(name, " ")
        return [word for word in tokens(line) if word not in self.words]

    def hits(self, line: str) -> int:
        """Returns how many names a line holds."""
        spaced = sum(word in self.words for word in tokens(line)) if self.words else 0
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
    all_is_known: whatever the message may quote has been read
    """

    author: tuple[str, str | None] | None = None
    others: tuple[tuple[str, str | None], ...] = ()
    subject: str | None = None
    all_is_known: bool = False

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
        return _core(self.subject or "")

    def holds_anothers_address(self, line: str) -> bool:
        addresses = {address for address, _ in self.others}
        return "@" in line and any(one.lower().rstrip(".") in addresses for one in _EMAIL.findall(line))

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

    def heads_own_words(self, said: str) -> bool:
        """Tells whether a heading is the author's name and a time, and no sentence, nor anybody else."""
        words, names = tokens(said), self.author_names
        return (
            bool(words)
            and (words[0] in names.words or said.lstrip().startswith(tuple(names.solid)))
            and not said.rstrip().endswith((":", "：", ".", "?", "!"))
            and not _EMAIL.search(said)
            and not self.others_names.hits(said)
            and bool(_CLOCK.search(said))
        )

    def signs_for_author(self, line: str) -> bool:
        """Tells whether a line is the author's signature: the name alone, or at the end of a few words of closing."""
        if len(line) > LONGEST_NAME or line.endswith((",", ":", "?")):
            return False
        words = tokens(line)
        closing = 1 < len(words) <= MOST_WORDS_OF_A_CLOSING and words[-1] in self.author_names.words
        return closing or self._author.alone(line) or (self.initials is not None and words == [self.initials])


NOBODY = People()


def tokens(text: str) -> list[str]:
    """Returns the words as they are written; of scripts that put no space between words, the characters."""
    return TOKEN.findall(text)


def mark(line: str) -> str | None:
    """Returns a marked line without its mark, None for a line without one."""
    found = _MARK.match(line)
    if found is None or (found[1] in "|│｜" and line.rstrip().endswith(("|", "│", "｜"))):
        return None
    if line.startswith(">>") and line.rstrip().endswith(">>") and TOKEN.search(line[:LONGEST_INTRODUCTION]):
        return None  # a rule with words in it
    return line[found.end() :].removeprefix(" ")


def without_named_marks(lines: list[str], people: People) -> list[str]:
    """Returns the lines, with a bare mark where one has the name of somebody else before it (`Claire> …`)."""
    if not any(map(_NAMED_MARK.match, lines)):
        return lines
    names = people.others_names.words | {
        word for line in lines if "@" in line and people.holds_anothers_address(line) for word in tokens(line)
    }
    found = ((line, _NAMED_MARK.match(line)) for line in lines)
    return [line[match.end() :] if match and match[1] in names else line for line, match in found]


def compares(before: str, line: str, after: str) -> bool:
    """Tells whether a marked line is perhaps the rest of a sentence in which something is more than a number."""
    goes_on = bool(before.strip()) and mark(before) is None and not before.rstrip().endswith(_ENDS)
    return goes_on and mark(after) is None and bool(_COMPARED.match(line))


def clock(line: str) -> bool:
    """Tells whether a line holds a time of day."""
    return bool(_CLOCK.search(line))


def date(line: str) -> bool:
    """Tells whether a line holds a date, or a year."""
    return bool(_DATE.search(line))


def runs_on(line: str) -> bool:
    """Tells whether a line seems to be cut in its sentence, so that the next one goes on with it."""
    return len(line) >= SHORTEST_WRAPPED_LINE and not line.rstrip().endswith(_ENDS[:3] + _ENDS[6:9])


def introduction(lines: Sequence[str], position: int, people: People, *, first: bool) -> Begun | None:
    """Returns the introduction of a quotation that begins at this line, None where none does."""
    said = ""
    for end in range(position + 1, min(position + LONGEST_INTRODUCTION_LINES, len(lines)) + 1):
        line = lines[end - 1].strip()
        if not line or len(said) + len(line) > LONGEST_INTRODUCTION or mark(line) is not None:
            return None
        if end == position + 2 and people.signs_for_author(said) and headers(lines, end - 1, people):
            return None
        said = f"{said} {line}".strip()
        follows = next((one for one in lines[end : end + 3] if one.strip()), "")
        marked = mark(follows) is not None
        alone = not first and not lines[position - 1].strip() and not "".join(lines[end : end + 1]).strip()
        strength = _strength(said, people, marked=marked, first=first, alone=alone)
        if strength is not Strength.NONE:
            return Begun(end, strength, before_marks=marked)
        if any(_introduces(said[: colon.start() + 1], people) for colon in _COLON.finditer(said)):
            return Begun(end, Strength.CERTAIN)  # what is quoted begins on the same line
        ends = line.endswith((".", "?", "!", ":", "。")) and not line[-2:-1].isdigit()  # the 28. is no end
        if ends or not _is_evidence(said, people):
            return None
    return None


def _introduces(said: str, people: People) -> bool:
    """Tells whether words up to a colon say who, when and with which address, and next to nothing else."""
    holds = _EMAIL.search(said) and _DATE.search(said) and _CLOCK.search(said)
    return bool(holds) and _strength(said, people, marked=False, first=True, alone=False) is Strength.CERTAIN


def _is_evidence(said: str, people: People) -> bool:
    return bool(_EMAIL.search(said) or _DATE.search(said) or people.names.hits(said))


def _strength(said: str, people: People, *, marked: bool, first: bool, alone: bool) -> Strength:
    bare = said.strip("*_ \t")
    colon = bare.endswith((":", "："))
    ruled = bool(_RULED.fullmatch(bare)) and bool(tokens(bare))
    date = bool(_DATE.search(bare))
    if not (colon or ruled or marked or date):
        return Strength.NONE
    address, clock = bool(_EMAIL.search(bare)), bool(_CLOCK.search(bare))
    who = address or people.names.hits(bare) > 0
    left = sum(not word.isdigit() for word in people.names.left(_EMAIL.sub(" ", bare)))
    told = (
        colon
        or ruled
        or (marked and left <= MOST_WORDS_OF_AN_INTRODUCTION)
        or (address and len(_LABEL.findall(bare)) >= FEWEST_LABELS_IN_A_LINE)
    )
    # Who and when, and next to nothing else; but no sentence of the author's that names both.
    few = left <= MOST_WORDS_BESIDE_WHO_AND_WHEN * (2 if alone else 1)
    facts = clock and few and not bare.endswith((".", "?", "!"))
    if (
        (address and told and (date or clock or _BRACKETED.search(bare)))
        or (who and date and (told or facts))
        or (marked and colon and (who or date or clock))
    ):
        sure = left <= MOST_WORDS_OF_AN_INTRODUCTION and (address or clock or marked)
        return Strength.CERTAIN if sure else Strength.DOUBTFUL
    spoken = (date and clock) or (people.others_names.hits(bare) and (clock or left <= MOST_WORDS_OF_A_SAYING))
    unknown = alone and people.incomplete and len(bare) <= LONGEST_NAME and _LIKE_A_NAME.search(bare)
    third = date and _NAMED_WHO_WROTE.search(bare)
    doubtful = ruled or (colon and (address or (not first and (spoken or unknown or third))))
    return Strength.DOUBTFUL if doubtful else Strength.NONE


def headers(lines: Sequence[str], position: int, people: People) -> Begun | None:
    """Returns the run of headers that begins at this line, None where none does."""
    values: list[str] = []
    end = at = position
    # Where one header stands apart from the next, all do.
    apart = position + 2 < len(lines) and not lines[position + 1].strip()
    while at < min(len(lines), position + 2 * LONGEST_RUN_OF_HEADERS):
        line = lines[at][:LONGEST_HEADER].strip()
        value = _header(line, people)
        if value is not None and (len(values) < 2 or apart == (not lines[at - 1].strip())):
            values.append(value)
        elif not values or (value is not None and apart):
            return None
        elif line and (not values[-1] or values[-1].endswith((",", ";")) or _BRACKETED.match(line)):
            values[-1] = f"{values[-1]} {line}".strip()
        elif line or not apart or at + 1 >= len(lines) or _header(lines[at + 1], people) is None:
            break
        at += 1
        end = at
    if len(values) < (3 if apart else 2) or _stands_above(values, people):
        return None
    return _weighed(values, end, people)


def _stands_above(values: Sequence[str], people: People) -> bool:
    """Tells whether the first line is a sentence (`PS: …`) above headers that are complete without it."""
    first, *rest = values
    return (
        first.endswith((".", "?", "!", "。", "？"))
        and len(people.names.left(first)) >= FEWEST_WORDS_OF_A_SENTENCE
        and not _EMAIL.search(first)
        and not _DATE.search(first)
        and any(_EMAIL.search(one) for one in rest)
        and any(bool(people.core) and _core(one) == people.core for one in rest)
    )


def _header(line: str, people: People) -> str | None:
    """Returns the value of a line `words: value`, None for another line."""
    line = line[:LONGEST_HEADER].strip("*_ \t")
    at = min((one for one in (line.find(":", 0, 40), line.find("：", 0, 40)) if one > 0), default=-1)
    label = line[:at].strip("*_ \t")
    if (
        at < 0
        or not 1 <= len(label) <= 25
        or len(label.split()) > 3
        or any(char in "0123456789@<>/()" for char in label)
        or people.names.hits(label)
    ):
        return None
    return line[at + 1 :].strip("*_ \t")


def _weighed(values: Sequence[str], end: int, people: People) -> Begun | None:
    addresses = sum(bool(_EMAIL.search(one)) for one in values)
    named = sum(people.names.hits(one) > 0 and not _EMAIL.search(one) for one in values)
    dates = sum(bool(_DATE.search(one)) and not _EMAIL.search(one) for one in values)
    subjects = sum(bool(people.core) and _core(one) == people.core for one in values)
    if (addresses or subjects) and addresses + named + dates + subjects >= 2:
        return Begun(end, Strength.CERTAIN)
    if named >= 2 and dates and len(values) >= 4:
        return Begun(end, Strength.CERTAIN)
    if addresses or subjects or named >= 2 or (dates and len(values) >= 3) or (named and dates):
        return Begun(end, Strength.DOUBTFUL)
    # Lines of the author's that look like headers; the last may be something else yet.
    return Begun(end - 1, Strength.NONE) if len(values) >= 3 else None


def _core(subject: str) -> str:
    found = _SUBJECT_PREFIX.match(subject[:500])
    return " ".join(subject[found.end() if found else 0 :].casefold().split())
