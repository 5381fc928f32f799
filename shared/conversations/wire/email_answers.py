"""Finds the author's answers among the lines that a message quotes without marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby, pairwise

from shared.conversations.wire.email_evidence import mark, runs_on
from shared.conversations.wire.email_people import MOST_WORDS_OF_A_CLOSING, Names, tokens
from shared.conversations.wire.email_reading import LIST_ITEM, Reading, Whose

FEWEST_WORDS_OF_AN_ANSWER = 4
_SENTENCE_ENDS = (".", "?", "!", "。", "？", "！")
_TAG = re.compile(r"[\[(]([^\[\]()\n]{1,40})[\])]:?\s")


def find_answers(reading: Reading) -> None:
    """Finds the author's answers among unmarked quoted lines: behind their initials; or below the other's signature,
    where the author has said nothing above, which stays in doubt."""
    silent, below = not reading.all_of(Whose.OWN), len(reading.lines)
    for position, line in reading.all_of(Whose.QUOTED):
        if mark(line) is not None:
            continue
        tagged = _TAG.match(line.strip())
        if tagged and tagged[1].strip() == reading.people.initials:
            reading.whose[position] = Whose.OWN
            _continue(reading, position)
        elif position > below:
            reading.whose[position] = Whose.DOUBT
        elif silent and below == len(reading.lines) and reading.people.others_names.alone(line.strip()):
            below = next((one for one in range(position, below) if reading.blank(one)), below - 1)


def answers_in_colour(reading: Reading) -> bool:
    """Finds sentences in a colour between the lines of a quotation in another, and tells whether there are any.

    They are the author's where the thread can show whether they are the other's, or where the author greets whom the
    quotation is of, says nothing else, and nobody has signed above them; else in doubt.
    """
    quoted = reading.all_of(Whose.QUOTED)
    plain = [at for at, _ in quoted if at not in reading.coloured]
    found = [block for block in _blocks(reading, quoted) if plain and plain[0] < block[0] and _says(reading, block)]
    if not found:
        return False
    known = reading.people.all_is_known and not reading.people.alone
    between = any(block[0] < plain[-1] for block in found)
    signed = next(
        (at for at in plain if reading.people.others_names.alone(reading.lines[at].strip())), len(reading.lines)
    )
    alone = between and _only_greets(reading)
    for block in found:
        sure = known or (alone and block[0] < signed and _is_an_answer(reading, block))
        for at in block:
            reading.whose[at] = Whose.OWN if sure else Whose.DOUBT
    return True


def _blocks(reading: Reading, quoted: Sequence[tuple[int, str]]) -> list[list[int]]:
    """Returns the numbers of coloured lines, those without another colour between them together."""
    return [
        [at for at, _ in block]
        for coloured, block in groupby(quoted, key=lambda one: one[0] in reading.coloured)
        if coloured
    ]


def _says(reading: Reading, block: Sequence[int]) -> bool:
    text = " ".join(reading.lines[at].strip() for at in block)
    return len(tokens(text)) >= FEWEST_WORDS_OF_AN_ANSWER or text.endswith(_SENTENCE_ENDS)


def _is_an_answer(reading: Reading, block: Sequence[int]) -> bool:
    """Tells whether lines hold a sentence, or what announces a list, and nobody else's name or address."""
    lines = [reading.lines[at].strip() for at in block]
    announced = any(one.endswith((":", "：")) for one in lines[:-1])
    others = any(reading.people.is_another(one) or reading.people.holds_anothers_address(one) for one in lines)
    return not others and (announced or any(one.endswith(_SENTENCE_ENDS) for one in lines))


def perhaps_answered(reading: Reading) -> None:
    """Puts a lone mail's unmarked quotation in doubt below its first paragraph, where the author greets whom it is of
    and says nothing else: the answers are between its lines."""
    if not reading.people.alone or not _only_greets(reading):
        return
    quoted = [at for at, line in reading.all_of(Whose.QUOTED) if mark(line) is None]
    first = next((at for at, below in pairwise(quoted) if below > at + 1), len(reading.lines))
    for at in quoted:
        if at > first:
            reading.whose[at] = Whose.DOUBT


def _only_greets(reading: Reading) -> bool:
    """Tells whether the author's words are a greeting of whom the quotation names first, and at most a signature."""
    lines = [line.strip() for _, line in reading.all_of(Whose.OWN)]
    people, about = reading.people, reading.about[0] if reading.about else ""
    writer = people.first_named(about)
    if not lines or writer is None or not people.greets_another(lines[0]) or not Names.of([writer]).hits(lines[0]):
        return False
    signed = [people.signs_for_author(line) for line in lines]
    closes = [
        len(tokens(line)) <= MOST_WORDS_OF_A_CLOSING and any(signed[at + 1 : at + 2]) for at, line in enumerate(lines)
    ]
    return all(signed[at] or closes[at] for at in range(1, len(lines)))


def _continue(reading: Reading, position: int) -> None:
    """Takes the list that an answer announces for the author's; the rest of a cut sentence is in doubt."""
    goes_on, listed = runs_on(reading.lines[position]), reading.lines[position].rstrip().endswith((":", "："))
    for below in range(position + 1, len(reading.lines)):
        line = reading.lines[below].strip()
        if not line or _TAG.match(line) or not (goes_on or LIST_ITEM.match(line)):
            return
        reading.whose[below] = Whose.OWN if listed and LIST_ITEM.match(line) else Whose.DOUBT
        goes_on = runs_on(line)
