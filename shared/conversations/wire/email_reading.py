"""Holds a message while it is read: its lines, and whose each is so far."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from shared.conversations.wire.email_comments import Heading
from shared.conversations.wire.email_evidence import mark
from shared.conversations.wire.email_people import People

LIST_ITEM = re.compile(r"(?:[-*•]|\d{1,2}[.)])\s")


class Whose(Enum):
    """Names whose a line is."""

    OWN = "the author's"
    DOUBT = "nobody can tell without looking"
    QUOTED = "another's"
    NONE = "a program's, or a signature"


@dataclass(frozen=True, slots=True)
class Quoted:
    """Holds what a message quotes.

    about: what introduces it (a line, or a run of headers), None for bare marks. marked: every line has a mark
    """

    text: str
    about: str | None = None
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Divided:
    """own, in_doubt: lines, the others blank. quoted: what it quotes, None for nothing."""

    own: str
    in_doubt: str
    quoted: Quoted | None


@dataclass(slots=True)
class Reading:
    """Holds a message while it is read: its lines, whose each is so far, and whose the next are by default.

    coloured: numbers of lines written in a colour. comments: headings of comments by line
    first: the number of its first line that says something
    silent: whether the author has said nothing so far. about: the introductions, the outermost first
    """

    lines: list[str]
    people: People
    coloured: frozenset[int]
    comments: Mapping[int, Heading]
    whose: list[Whose] = field(default_factory=list)
    state: Whose = Whose.OWN
    first: int = -1
    silent: bool = True
    about: list[str] = field(default_factory=list)

    def blank(self, position: int) -> bool:
        return not self.lines[position].strip()

    def unmarked(self, position: int) -> bool:
        return not self.blank(position) and mark(self.lines[position]) is None

    def take(self, count: int, whose: Whose) -> None:
        self.whose += [whose] * count

    def all_of(self, wanted: Whose) -> list[tuple[int, str]]:
        """Returns the lines of one kind that say something, by number."""
        pairs = zip(self.lines, self.whose, strict=True)
        return [(at, line) for at, (line, whose) in enumerate(pairs) if whose is wanted and line.strip()]

    def text_of(self, wanted: Whose) -> str:
        """Returns the lines of one kind without marks, the others blank."""
        kept = dict(self.all_of(wanted))
        lines = (kept.get(at, "") for at in range(len(self.lines)))
        return "\n".join(line if (inner := mark(line)) is None else inner for line in lines).strip("\n")
