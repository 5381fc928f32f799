"""Makes texts on which a regular expression may take more time than their length is worth.

Some are everybody's: one character, or two in turn, for ever. The others are read off the pattern: what stands before a
repetition, then what is repeated; all that a match takes but its end; its own literals. Each may end in several ways.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from itertools import islice
from typing import Any, Final

codes: Any = import_module("re._constants")
parser: Any = import_module("re._parser")

AnyPattern = re.Pattern[str] | re.Pattern[bytes]

SINGLES: Final = "= -_.aA01@<>\"'([{/\\:,;*+#~|`%$&?!\t\n\r\x00é中ßп\u00a0\u3000\u200b"
PAIRS: Final = ("a ", "a.", "1 ", "a@", '<a b="', "[(", '"a', "a-", "a\n", "\n ", "> ", "1,", "a, b: ", "a\u3000")
MANY: Final = 20
"""A repetition that may go on so long, or longer, is looked into."""
MOST: Final = 14
"""Repetitions that are looked into, of one pattern; and its own literals."""


ENDS: Final = ("\x01", "ab", " ", "!", "\n", "")
"""How a text ends, one of each kind that a pattern may wait for, or wait for the opposite of (`\\W+$` goes back at a
word): nothing that it names, a word, a space, a full stop, a new line, nothing at all."""


@dataclass(frozen=True, slots=True)
class Seed:
    """A text without end: how it begins, what is repeated from then on, and what stands where it is cut off."""

    before: str
    repeated: str
    end: str = ENDS[0]

    def text(self, size: int) -> str:
        """Returns so many characters."""
        rounds = (size - len(self.before)) // len(self.repeated) + 1
        return (self.before + self.repeated * rounds)[: size - len(self.end)] + self.end

    def ending(self) -> Iterator[Seed]:
        """Yields the text with each end."""
        return (replace(self, end=end) for end in ENDS)


def seeds(pattern: AnyPattern) -> list[Seed]:
    """Returns everybody's texts, then the pattern's own."""
    own = (Seed(before, repeated) for before, repeated in _own(pattern) if repeated)
    return [*dict.fromkeys((*(Seed("", one) for one in (*SINGLES, *PAIRS)), *own))]


def _own(pattern: AnyPattern) -> Iterator[tuple[str, str]]:
    tree = parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    whole = _sample(tree)
    yield from (("", whole), ("", whole[:-1]), ("", whole + " "))
    for before, repeated in islice(_repetitions(tree, ""), MOST):
        yield from ((before, repeated), ("", before + repeated), ("", before + repeated * MANY))
    literals = dict.fromkeys(chr(one[1]) for one in _items(tree) if one[0] is codes.LITERAL)
    for literal in islice((one for one in literals if not one.isalnum()), MOST):
        yield from (("", literal + other) for other in ("", "a", " ", "1"))


def _items(tree: Any) -> Iterator[Any]:
    for item in tree:
        yield item
        for inner in _inner(item):
            yield from _items(inner)


def _inner(item: Any) -> list[Any]:
    """Returns the patterns within an item of a parsed pattern."""
    code, argument = item
    if code is codes.BRANCH:
        return list(argument[1])
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
        return [argument[2]]
    if code in (codes.SUBPATTERN, codes.ASSERT, codes.ASSERT_NOT):
        return [argument[-1]]
    return [argument] if code is codes.ATOMIC_GROUP else []


def _repetitions(tree: Any, before: str) -> Iterator[tuple[str, str]]:
    """Yields what a match takes before each long repetition, and what is repeated."""
    for item in tree:
        code, argument = item
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT) and argument[1] >= MANY:
            yield from ((before, one) for one in _samples(argument[2]))
        for inner in _inner(item):
            yield from _repetitions(inner, before)
        before += _sample([item])


def _samples(tree: Any) -> list[str]:
    """Returns what one round of a repetition may take: of a class or a choice, its first few."""
    if len(tree) == 1:
        code, argument = tree[0]
        if code is codes.IN:
            return [chr(one) for one in _of_class(argument)][:3]
        if code is codes.BRANCH:
            return [_sample(one) for one in argument[1]][:4]
        if code is codes.SUBPATTERN:
            return _samples(argument[-1])
    return [_sample(tree)]


def _sample(tree: Any) -> str:
    """Returns a text that the pattern matches, near enough."""
    return "".join(_of_item(item) for item in tree)


def _of_item(item: Any) -> str:
    code, argument = item
    if code is codes.LITERAL:
        return chr(argument)
    if code is codes.NOT_LITERAL:
        return "b" if argument == ord("a") else "a"
    if code is codes.ANY:
        return "a"
    if code is codes.IN:
        return chr(next(_of_class(argument), ord("a")))
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
        rounds: int = min(max(1, argument[0]), MANY)
        return _sample(argument[2]) * rounds
    if code in (codes.ASSERT, codes.ASSERT_NOT, codes.AT, codes.GROUPREF):
        return ""
    inner = _inner(item)
    return _sample(inner[0]) if inner else ""


CANDIDATES: Final = [*map(ord, "a1 _-.:/\n\t@\"'<A+=,"), 0xE9, 0x3000, 0x4E2D]


def _of_class(argument: Any) -> Iterator[int]:
    """Yields characters of a class, the usual ones first."""
    negated = argument[0][0] is codes.NEGATE
    usual = [one for one in CANDIDATES if _in_class(argument, one) != negated]
    yield from usual
    if not negated:
        yield from (inner for code, inner in argument if code is codes.LITERAL)
        yield from (inner[0] for code, inner in argument if code is codes.RANGE)


def _in_class(argument: Any, point: int) -> bool:
    for code, inner in argument:
        if code is codes.LITERAL and inner == point:
            return True
        if code is codes.RANGE and inner[0] <= point <= inner[1]:
            return True
        if code is codes.CATEGORY and _in_category(inner, chr(point)):
            return True
    return False


def _in_category(category: Any, char: str) -> bool:
    holds = {
        "DIGIT": char.isdigit(),
        "SPACE": char.isspace(),
        "WORD": char.isalnum() or char == "_",
    }
    name = str(category).removeprefix("CATEGORY_")
    return not holds[name.removeprefix("NOT_")] if name.startswith("NOT_") else holds[name]
