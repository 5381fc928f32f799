"""Says what a transcribed turn holds: words, noises, hesitations, acknowledgements, sentences.

Speech arrives with and without punctuation, with the transcriber's marks (`[noise]`, `<unk>`) and with hesitations.
Every position that this module gives is a position in the turn's own text, so that a quote stays verbatim.
"""

# ruff: noqa: SIM905 - a list of words reads better as words
from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from enum import StrEnum
from operator import attrgetter
from typing import NamedTuple

from shared.conversations.domain.conversation import Turn

# Bounded repetitions: on "[[[[[[…" an unbounded one takes quadratic time.
_MARK = re.compile(
    r"\[[^\[\]\n]{0,40}\]|<[^<>\n]{0,40}>|\{[^{}\n]{0,40}\}|♪[^♪\n]{0,40}♪"
    r"|\((?:inaudible|crosstalk|laughter|laughs|laughing|noise|unintelligible|pause|silence|sighs?|coughs?|music|vocalsound)\)"
    r"|\*(?:laughs|laughter|sighs|coughs|inaudible)\*",
    re.IGNORECASE,
)
_WORD = re.compile(r"[$€£]?[^\W_]+(?:['.,\-][^\W_]+)*%?")
_SENTENCE = re.compile(r"[^.?!\n]*(?:[.?!](?!\s|$)[^.?!\n]*)*[.?!\n]*")
_STRAIGHT = str.maketrans("’‘`", "'''")

HESITATIONS = frozenset("uh um uhm er erm ah eh".split())
"""Sounds that hold the floor and say nothing: never counted as words."""

FILLERS = frozenset("well so yeah yes okay ok right like anyway oh hm hmm look".split())

HUMS = frozenset("mm mmm mhm hm hmm huh mm-hmm uh-huh mhmm".split())

ACKNOWLEDGEMENT_LENGTH = 4
"""A back-channel is at most this many words long; a longer turn takes the floor."""

_ACKNOWLEDGEMENT = re.compile(
    r"(?:(?:yeah|yes|yep|yup|ok|okay|right|sure|great|exactly|alright|cool|true|good|absolutely|definitely|oh|wow"
    r"|i see|got it|of course|makes sense|that makes sense|fair enough|interesting|nice|perfect|understood"
    rf"|{'|'.join(sorted(HUMS))})(?: |$))+"
)

_STOP = frozenset(
    "about after again also another anything because been before being both came come could does doing done down "
    "each else even ever every from gets getting give going gonna good great have having here just kind know like "
    "little look make makes many maybe mean might more most much need okay only other over people quite really "
    "right said same says should since some something still such sure take talk tell than that that's them then "
    "there there's these they they're thing things think this those through time today under very want well went "
    "were work works working what what's when where which while will with without would yeah year years your "
    "you're".split()
)


class Word(NamedTuple):
    """A word in lower case, with its place in the turn's text."""

    text: str
    start: int
    end: int


class Kind(StrEnum):
    """Says what a turn does. Only TALK holds the floor and counts as talking time."""

    NOISE = "noise"
    ACKNOWLEDGEMENT = "acknowledgement"
    TALK = "talk"


class Utterance(NamedTuple):
    """A turn, read.

    turn_index: into Conversation.turns. text: the turn's text with marks blanked out and apostrophes straightened, so
    that positions stay. words: without marks and hesitations. sentences: spans of `text`.
    """

    turn_index: int
    turn: Turn
    text: str
    words: tuple[Word, ...]
    kind: Kind
    sentences: tuple[tuple[int, int], ...]


def read(turn_index: int, turn: Turn) -> Utterance:
    """Returns the utterance in a turn."""
    text = _MARK.sub(lambda mark: " " * len(mark.group()), turn.text).translate(_STRAIGHT)
    words = words_of(text)
    return Utterance(turn_index, turn, text, words, _kind(words), tuple(_sentences(text)))


def words_of(text: str) -> tuple[Word, ...]:
    """Returns the words, without hesitations."""
    found = (Word(match.group().lower(), match.start(), match.end()) for match in _WORD.finditer(text))
    return tuple(word for word in found if word.text not in HESITATIONS)


def _kind(words: tuple[Word, ...]) -> Kind:
    if not words:
        return Kind.NOISE
    spoken = " ".join(word.text for word in words)
    if len(words) <= ACKNOWLEDGEMENT_LENGTH and _ACKNOWLEDGEMENT.fullmatch(spoken):
        return Kind.ACKNOWLEDGEMENT
    return Kind.TALK


def _sentences(text: str) -> Iterable[tuple[int, int]]:
    for match in _SENTENCE.finditer(text):
        said = match.group()
        start = match.start() + len(said) - len(said.lstrip())
        end = match.start() + len(said.rstrip())
        if end > start:
            yield start, end


def words_between(utterance: Utterance, start: int, end: int) -> tuple[Word, ...]:
    """Returns the words that begin within a span of the turn's text."""
    first = bisect_left(utterance.words, start, key=attrgetter("start"))
    return utterance.words[first : bisect_left(utterance.words, end, lo=first, key=attrgetter("start"))]


def hum(utterance: Utterance) -> bool:
    """Tells whether the turn is nothing but a sound of listening (mm hmm)."""
    return bool(utterance.words) and all(word.text in HUMS for word in utterance.words)


def says_something(utterance: Utterance) -> bool:
    """Tells whether a turn has a word beside sounds of listening and fillers ("Hmm. Yeah, well.")."""
    return any(word.text not in HUMS and word.text not in FILLERS for word in utterance.words)


def punctuated(text: str) -> bool:
    """Tells whether the transcriber marks where sentences end."""
    return any(mark in text for mark in ".?!")


def content_words(words: Iterable[Word]) -> frozenset[str]:
    """Returns the words that carry a subject: four letters or more, common ones and plural endings left out."""
    return frozenset(singular(word.text) for word in words if len(word.text) >= 4 and word.text not in _STOP)


def singular(word: str) -> str:
    """Returns the word without its plural ending; crude, and the same for both sides of a comparison."""
    return word[:-3] + "y" if word.endswith("ies") else word.removesuffix("s")


def alternatives(listed: str) -> tuple[str, ...]:
    """Returns the phrases of a list separated by `|`."""
    return tuple(phrase for phrase in (" ".join(one.split()) for one in listed.split("|")) if phrase)


def phrases(listed: str) -> re.Pattern[str]:
    """Returns a pattern that finds any of the phrases as whole words, whatever the case and the white space.

    listed: separated by `|`; `*` at the end of a word stands for any ending.
    """
    escaped = (
        r"\s+".join(re.escape(word).replace(r"\*", r"[\w']{0,12}") for word in phrase.split())
        for phrase in alternatives(listed)
    )
    return re.compile(rf"(?<![\w'])(?:{'|'.join(escaped)})(?![\w'])", re.IGNORECASE)
