"""Tells what a "not" turns into its opposite: a word counts for a skill only where nothing before it denies it."""

from __future__ import annotations

import re

_NEGATION = re.compile(
    r"(?<![\w'])(?:not|never|no|none|nobody|nothing|neither|nor|cannot|without|hardly|no longer"
    r"|ain't|[a-z]{2,8}n't)(?![\w'])",
    re.IGNORECASE,
)
_HARMLESS = re.compile(
    r"(?:not|n't) (?:only|just|to mention|forget|hesitate)\b|\bno (?:problem|worries|doubt|matter|wonder|later than)\b"
    r"|\bwhy (?:not|don't|doesn't)\b|\b(?:can't|cannot|couldn't) wait\b|\bno(?=[,.!] )|\bif not\b|\bwhether or not\b",
    re.IGNORECASE,
)
"""Where a "not" denies nothing."""
_CLAUSE = re.compile(
    r"[,;:.!?—–\n]|\b(?:but|because|unless|until|although|though|so that|which means)\b", re.IGNORECASE
)
REACH_WORDS = 5
"""So far a "not" reaches before the word that it denies, within its clause."""
REACH_CHARACTERS = 60


def negations(text: str, start: int = 0, end: int | None = None) -> list[int]:
    """Tells where something is denied in a span of a text."""
    stop = len(text) if end is None else end
    harmless = [match.span() for match in _HARMLESS.finditer(text, start, stop)]
    return [
        match.start()
        for match in _NEGATION.finditer(text, start, stop)
        if not any(begin <= match.end() - 1 < until for begin, until in harmless)
    ]


def denied(text: str, at: int, sentence_start: int = 0) -> bool:
    """Tells whether the word that begins at a place is denied by what stands before it in its clause."""
    begin = max(sentence_start, at - REACH_CHARACTERS)
    for match in _CLAUSE.finditer(text, begin, at):
        begin = match.end()
    return any(len(text[one:at].split()) <= REACH_WORDS for one in negations(text, begin, at))


def affirmed(pattern: re.Pattern[str], text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
    """Returns the first match that nothing denies."""
    stop = len(text) if end is None else end
    return next((one for one in pattern.finditer(text, start, stop) if not denied(text, one.start(), start)), None)


def only_denied(pattern: re.Pattern[str], text: str) -> bool:
    """Tells whether a text has the pattern's words, and denies them all."""
    return pattern.search(text) is not None and affirmed(pattern, text) is None
