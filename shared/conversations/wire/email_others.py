"""Finds what an author has copied of somebody else's words without any sign of a mail program: from a chat, from
minutes, or between quotation marks. Whose they are is in doubt, until a person has looked.
"""

from __future__ import annotations

import re

from shared.conversations.wire.email_evidence import People, clock, date, tokens

LONGEST_HEADING = 80
MOST_WORDS_BESIDE_THE_NAME = 6
LONGEST_LABEL = 60
MOST_WORDS_OF_A_LABEL = 2
FEWEST_WORDS_CITED, FEWEST_CHARACTERS_CITED = 8, 40
"""Shorter ones are terms, titles and sayings."""

_OF_CLOCKS = frozenset({"am", "pm", "a", "p", "m", "h", "uhr"})
_SENTENCE_ENDS = (".", "?", "!", ":", ",", "…", "。", "？", "！", "：", "，")
_LABELLED = re.compile(r"[:：](?:\s|$)")
_CITED = re.compile(r"\"([^\"]{40,5000})\"|[“„«»]([^“”„«»]{40,5000})[”“»«]|「([^「」]{40,5000})」")
OMITTED = "[…]"


def speaks(line: str, people: People) -> bool:
    """Tells whether a line begins with somebody else's name as whoever speaks: `Ada: …`, `[12:40] Ada Brook: …`."""
    for found in _LABELLED.finditer(line, 0, LONGEST_LABEL):
        label = line[: found.start()]
        if people.is_another(label.strip(" -*•\t")) or _names_another(label, people, most=int(clock(label))):
            return bool(tokens(line[found.end() :]))
    return False


def heads(line: str, below: str, people: People) -> bool:
    """Tells whether a line, or it and the next, name somebody else and a time, or call somebody else the author, above
    what was said: `Ada Brook  10:42`, `From: Ada Brook`."""
    if len(line) > LONGEST_HEADING:
        return False
    if not line.endswith(_SENTENCE_ENDS) and clock(line):
        return _names_another(line, people, most=MOST_WORDS_BESIDE_THE_NAME)
    if people.is_another(line):
        return len(below) <= LONGEST_HEADING and clock(below) and _is_a_time(below)
    label, colon, value = line.partition(": ")
    return bool(colon) and 0 < len(tokens(label)) <= MOST_WORDS_OF_A_LABEL and people.is_another(value.strip())


def apart_from_cited(words: str) -> tuple[str, str]:
    """Returns an author's words, one line per paragraph, without long passages between quotation marks, and these."""
    cited: list[str] = []

    def take(found: re.Match[str]) -> str:
        said = next(one for one in found.groups() if one is not None)
        if len(tokens(said)) < FEWEST_WORDS_CITED:
            return found[0]
        cited.append(said.strip())
        return OMITTED

    return _CITED.sub(take, words), "\n".join(cited)


def _names_another(said: str, people: People, *, most: int) -> bool:
    """Tells whether words hold somebody else's name, not the author's, and hardly anything but when."""
    if not people.others_names.hits(said) or people.author_names.hits(said):
        return False
    left = [one for one in people.names.left(said) if not one.isdigit() and one.casefold() not in _OF_CLOCKS]
    return len(left) <= most


def _is_a_time(line: str) -> bool:
    words = [one for one in tokens(line) if not one.isdigit() and one.casefold() not in _OF_CLOCKS]
    return len(words) <= (2 if date(line) else 1)
