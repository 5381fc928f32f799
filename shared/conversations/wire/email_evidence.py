"""Weighs the lines of a message as signs of a quotation: marks, people, dates, introductions and runs of headers.

Nothing here knows a language: a line counts by the addresses, names, numbers and punctuation that it holds. Every
pattern is bounded or stops at what it cannot hold, so that a line of any length takes time in proportion to it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from shared.conversations.wire.email_html import CELL
from shared.conversations.wire.email_people import CLOCK, EMAIL, LONGEST_NAME, TOKEN, People, core, tokens

LONGEST_INTRODUCTION = 400
LONGEST_INTRODUCTION_LINES = 4
LONGEST_RUN_OF_HEADERS = 12
LONGEST_HEADER = 1_000
SHORTEST_WRAPPED_LINE = 40
MOST_WORDS_BESIDE_WHO_AND_WHEN = 3
MOST_WORDS_OF_AN_INTRODUCTION = 12
MOST_WORDS_OF_A_SAYING = 8
FEWEST_LABELS_IN_A_LINE = 3
FEWEST_WORDS_OF_A_SENTENCE = 3

_MARK = re.compile(r"[ \t]{0,12}(?:[^\W\d_]{1,4}(?=>))?([>＞›»|│｜┃▌▎▏║¦])")
_NAMED_MARK = re.compile(r"[ \t]{0,12}([^\W\d_]{5,30})(?=>)")
_BRACKETED = re.compile(r"(?:[<\[(]|mailto:)[^\s@<>\"(),;:\[\]]{1,64}@")
_DATE = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d(?!\d)|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}[./]\s?\d{1,2}\.(?!\d)|\d{4}年)"
)
_RULED = re.compile(r"[-_=~#>]{2}.{0,200}[-_=~#>]{2}")
_COLON = re.compile(r"[:：]\s")
_LABEL = re.compile(r"\w ?[:：]\s")
_LIKE_A_NAME = re.compile(
    "[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]{2}|[A-ZÀ-ÞА-ЯΑ-Ω]\\w{1,20} [A-ZÀ-ÞА-ЯΑ-Ω]\\w{1,20}"
)
_NAMED_WHO_WROTE = re.compile(r"[A-ZÀ-ÞА-ЯΑ-Ω]\w{1,20} [A-ZÀ-ÞА-ЯΑ-Ω]\w{1,20} [^\W\d_A-ZÀ-ÞА-ЯΑ-Ω]\w{1,20}[:：]$")
_ENDS = (".", "?", "!", ":", ";", "…", "。", "？", "！", "：", ",", ")")
_COMPARED = re.compile(r"[ \t]{0,3}> ?[-+]?[$€£¥]? ?\d")


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
    beside = {word for line in lines if "@" in line and people.holds_anothers_address(line) for word in tokens(line)}

    def names(word: str) -> bool:
        return word in beside or people.others_names.has(word)

    found = ((line, _NAMED_MARK.match(line)) for line in lines)
    return [line[match.end() :] if match and names(match[1]) else line for line, match in found]


def compares(before: str, line: str, after: str) -> bool:
    """Tells whether a marked line is perhaps the rest of a sentence in which something is more than a number."""
    goes_on = bool(before.strip()) and mark(before) is None and not before.rstrip().endswith(_ENDS)
    return goes_on and mark(after) is None and bool(_COMPARED.match(line))


def clock(line: str) -> bool:
    """Tells whether a line holds a time of day."""
    return bool(CLOCK.search(line))


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
    holds = EMAIL.search(said) and _DATE.search(said) and CLOCK.search(said)
    return bool(holds) and _strength(said, people, marked=False, first=True, alone=False) is Strength.CERTAIN


def _is_evidence(said: str, people: People) -> bool:
    return bool(EMAIL.search(said) or _DATE.search(said) or people.names.hits(said))


def _strength(said: str, people: People, *, marked: bool, first: bool, alone: bool) -> Strength:
    bare = said.strip("*_ \t")
    colon = bare.endswith((":", "："))
    ruled = bool(_RULED.fullmatch(bare)) and bool(tokens(bare))
    date = bool(_DATE.search(bare))
    if not (colon or ruled or marked or date):
        return Strength.NONE
    address, clock = bool(EMAIL.search(bare)), bool(CLOCK.search(bare))
    who = address or people.names.hits(bare) > 0
    left = sum(not word.isdigit() for word in people.names.left(EMAIL.sub(" ", bare)))
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
        and not EMAIL.search(first)
        and not _DATE.search(first)
        and any(EMAIL.search(one) for one in rest)
        and any(bool(people.core) and core(one) == people.core for one in rest)
    )


def _header(line: str, people: People) -> str | None:
    """Returns the value of a line `words: value`, or of a row of two cells, None for another line."""
    line = line[:LONGEST_HEADER].strip("*_ \t")
    at = min((one for one in (line.find(sign, 0, 40) for sign in (":", "：", CELL)) if one > 0), default=-1)
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
    addresses = sum(bool(EMAIL.search(one)) for one in values)
    named = sum(people.names.hits(one) > 0 and not EMAIL.search(one) for one in values)
    dates = sum(bool(_DATE.search(one)) and not EMAIL.search(one) for one in values)
    subjects = sum(bool(people.core) and core(one) == people.core for one in values)
    if (addresses or subjects) and addresses + named + dates + subjects >= 2:
        return Begun(end, Strength.CERTAIN)
    if named >= 2 and dates and len(values) >= 4:
        return Begun(end, Strength.CERTAIN)
    if addresses or subjects or named >= 2 or (dates and len(values) >= 3) or (named and dates):
        return Begun(end, Strength.DOUBTFUL)
    # Lines of the author's that look like headers; the last may be something else yet.
    return Begun(end - 1, Strength.NONE) if len(values) >= 3 else None
