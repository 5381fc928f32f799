"""Finds what a lone message answers where the author's answers have a label and the rest has none (`JR: …`, `[Joe] …`,
`A: …`, `-> …`), or stand in the next cell of a table. What stands above or beside an answer is perhaps what it answers;
until a person has looked nobody can tell.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from shared.conversations.wire.email_html import CELL
from shared.conversations.wire.email_people import People, tokens

FEWEST_WORDS_OF_A_SENTENCE = 5

FEWEST_ANSWERS = 2
"""Of a kind that needs no name: one arrow, or one letter, is none."""

_BRACKETED = re.compile(r"[\[(<]([^\[\]()<>\n]{1,30})[\])>]\s?[:：]?\s")
_LABEL = re.compile(r"([^\W\d_][^:：\n]{0,29})[:：]\s")
_LETTER = re.compile(r"([^\W\d_])\s?[:：.)]\s")
_ARROW = re.compile(r"(?:[-=]{1,3}>|→|⇒|➔|»)\s")


def labelled(lines: Sequence[str], own: Collection[int], people: People) -> set[int]:
    """Returns the numbers of the author's lines that the labelled ones among them perhaps answer."""
    paragraphs = [list(one) for one in _paragraphs(lines, own)]
    answers = {at for one in paragraphs for at in one if _names_author(lines[at].strip(), people)}
    answers |= _alike(lines, [at for one in paragraphs for at in one])
    found = {at for one in paragraphs for at in one if _is_a_row(lines[at])}
    if not answers:
        return found
    last = max(answers)
    begun = False
    for at, paragraph in enumerate(paragraphs):
        first = next((line for line in paragraph if line in answers), None)
        following = paragraphs[at + 1][0] if at + 1 < len(paragraphs) else -1
        if first is not None:
            found |= {line for line in paragraph if line < first}
            begun = True
        elif following in answers or (begun and paragraph[0] < last):
            found |= set(paragraph)
    return {at for at in found if tokens(lines[at]) and not people.greets_another(lines[at].strip())}


def _is_a_row(line: str) -> bool:
    """Tells whether sentences stand in two cells of a row or more: a question and its answer, perhaps."""
    return sum(len(tokens(cell)) >= FEWEST_WORDS_OF_A_SENTENCE for cell in line.split(CELL)) > 1


def _paragraphs(lines: Sequence[str], own: Collection[int]) -> Iterator[list[int]]:
    paragraph: list[int] = []
    for at in range(len(lines) + 1):
        if at < len(lines) and at in own and lines[at].strip():
            paragraph.append(at)
        elif paragraph:
            yield paragraph
            paragraph = []


def _names_author(line: str, people: People) -> bool:
    """Tells whether a line begins with the author's name or initials as a label: `[Joe] …`, `JR: …`."""
    found = _BRACKETED.match(line) or _LABEL.match(line)
    if found is None or not tokens(line[found.end() :]):
        return False
    label = found[1].strip()
    named = people.author_names.alone(label)
    return named or (people.initials is not None and label.upper() == label and label == people.initials)


def _alike(lines: Sequence[str], own: Sequence[int]) -> set[int]:
    """Returns the lines that begin with an arrow, or with the second of two letters that take turns."""
    arrows = {at for at in own if _ARROW.match(lines[at].lstrip())}
    letters = [(at, found[1]) for at in own if (found := _LETTER.match(lines[at].lstrip()))]
    turns = [one for one, _ in letters[1::2]]
    asks, says = {one for _, one in letters[::2]}, {one for _, one in letters[1::2]}
    answers = set(turns) if len(asks) == len(says) == 1 and asks != says and len(letters) % 2 == 0 else set()
    return (arrows if len(arrows) >= FEWEST_ANSWERS else set()) | (answers if len(turns) >= FEWEST_ANSWERS else set())
