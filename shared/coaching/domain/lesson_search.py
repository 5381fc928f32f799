"""Finds the lesson that answers a question, and its sentences that do: words that few lessons have count most."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

MOST_READ: Final = 600
ENOUGH: Final = 0.5
"""Of the weight of what was asked that a lesson must have: half a question is not this one's."""
MOST_SENTENCES: Final = 3
TITLE_COUNTS: Final = 2.0
_WORD: Final = re.compile(r"[^\W_]+")


def _listed(words: str) -> list[str]:
    return words.split()


_ORDINARY: Final = frozenset(
    _listed(
        "a an the and or of to in on at for from with by as is are was were be been am do does did done how "
        "what whats why when where which who whos can could should would will shall may might must i im me my "
        "we us our you your it its this that these those there here they them he she his her not no yes if so "
        "than then about into over under up explain explane tell define meaning mean means lesson again "
        "please say recap summarise summary simpler understand dont didnt get got know difference between "
        "word words one two thing things need any some more mate pls coach "
    )
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A lesson as it is searched. sentences: of its script, in their order"""

    lesson_id: str
    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A lesson, and those of its sentences that answer, in their order."""

    lesson_id: str
    sentences: tuple[str, ...]


def asked_words(text: str) -> frozenset[str]:
    """Returns the words of a question that say what it is about; none where it is about what is being talked of."""
    return frozenset(_stem(word) for word in _WORD.findall(text[:MOST_READ].casefold()) if word not in _ORDINARY)


def titled(text: str, titles: Mapping[str, str]) -> tuple[str, str] | None:
    """Returns the lesson whose whole title stands in a text, and the words beside it; None where none does.

    titles: by their lessons' ids; of two that stand there the longer counts
    """
    spaced = _spaced(text[:MOST_READ])
    whole = sorted(titles.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    for lesson_id, title in whole:
        said = _spaced(title)
        if said.strip() and said in spaced:
            return lesson_id, spaced.replace(said, " ", 1).strip()
    return None


def found(text: str, passages: Sequence[Passage]) -> Found | None:
    """Returns the lesson that has most of what is asked, with its sentences; None where none has half of it."""
    asked = asked_words(text)
    if not asked:
        return None
    had = {one.lesson_id: frozenset(_stems(" ".join((one.title, *one.sentences)))) for one in passages}
    counts = Counter(word for words in had.values() for word in words)
    weight = {word: math.log(1 + len(passages) / (counts[word] or 0.5)) for word in asked}
    scores = {one.lesson_id: _score(one, had[one.lesson_id], asked, weight) for one in passages}
    best = min(passages, key=lambda one: (-scores[one.lesson_id], one.lesson_id), default=None)
    if best is None:
        return None
    known = sum(weight[word] for word in asked & had[best.lesson_id])
    if known < ENOUGH * sum(weight.values()):
        return None
    return Found(best.lesson_id, _answering(best, asked, weight))


def _score(one: Passage, had: frozenset[str], asked: frozenset[str], weight: dict[str, float]) -> float:
    title = frozenset(_stems(one.title))
    return sum(weight[word] for word in asked & had) + TITLE_COUNTS * sum(weight[word] for word in asked & title)


def _answering(one: Passage, asked: frozenset[str], weight: dict[str, float]) -> tuple[str, ...]:
    scored = [
        (sum(weight[word] for word in asked & frozenset(_stems(said))), -number)
        for number, said in enumerate(one.sentences)
    ]
    best = sorted(scored, reverse=True)[:MOST_SENTENCES]
    numbers = sorted(-number for score, number in best if score > 0)
    return tuple(one.sentences[number] for number in numbers) or one.sentences[:MOST_SENTENCES]


def _spaced(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def _stems(text: str) -> list[str]:
    return [_stem(word) for word in _WORD.findall(text.casefold())]


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") else word
