"""Observations: what was seen of a person, and how an employee's state keeps it.

An employee's state is a **set** of immutable entries, one per event. An entry's key is a hash of its own text, so that
merging entries in any order, any number of times, gives the same set. Of several entries about the same source and
source id (a re-analysis, a review), the highest (human decision, analysis version, text) stands and replaces the
others whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode

from shared.kernel.context import ObservedContext

Kind = Literal["field", "validation", "learning"]
Standing = Literal["counted", "held", "rejected"]

FIELD, VALIDATION, LEARNING = "field", "validation", "learning"
COUNTED, HELD, REJECTED = "counted", "held", "rejected"

NO_SCORE = -1
"""In an entry: evidence without a number (a completed lesson without a quiz)."""

CERTIFICATION_EXAM = "certification_exam"

KINDS: tuple[Kind, ...] = ("field", "validation", "learning")
STANDINGS: tuple[Standing, ...] = ("counted", "held", "rejected")


@dataclass(frozen=True, slots=True)
class Score:
    """One competency's score in one context.

    hundredths: 0 … 10000, the score times 100, or NO_SCORE
    """

    competency: str
    hundredths: int
    context: ObservedContext = ()


@dataclass(frozen=True, slots=True)
class Observation:
    """One event about one person.

    kind:      field (real customers, real sites), validation (practice and tests) or learning
    at:        when it happened, in whole seconds since 1970-01-01 UTC; never changes in a correction
    source, source_id: which system, and its own name for the call, session or activity
    activity:  role_play, certification_exam, gong, video …
    human:     0 for none, else the rank of a person's decision (a review); a person outranks every analysis
    analysis:  version of the analysis, or a learning activity's progress
    standing:  counted; held until a person has looked; rejected by a person
    """

    kind: Kind
    at: int
    source: str
    source_id: str
    activity: str
    scores: tuple[Score, ...]
    human: int = 0
    analysis: int = 0
    standing: Standing = "counted"

    def decided(self, standing: Standing, human: int, scores: tuple[Score, ...] | None = None) -> Observation:
        """The same observation after a person's decision of the given rank (higher than any before)."""
        return replace(self, standing=standing, human=human, scores=self.scores if scores is None else scores)

    def entry(self) -> tuple[str, str]:
        """(key, text): the state's immutable entry for this observation.

        The text is a JSON array, so that all entries of a state are decoded by one call in C:
        [at, kind, source, source_id, human, analysis, activity, standing, contexts, scores], where contexts is a list
        of form-encoded observed contexts and scores a flat list (competency, hundredths, index into contexts, …),
        sorted, so that equal observations have equal texts.
        """
        contexts = sorted({encode_context(score.context) for score in self.scores})
        position = {text: index for index, text in enumerate(contexts)}
        flat: list[str | int] = []
        for competency, index, hundredths in sorted(
            (score.competency, position[encode_context(score.context)], score.hundredths) for score in self.scores
        ):
            flat += (competency, hundredths, index)
        text = json.dumps(
            [
                self.at,
                KINDS.index(self.kind),
                self.source,
                self.source_id,
                self.human,
                self.analysis,
                self.activity,
                STANDINGS.index(self.standing),
                contexts,
                flat,
            ],
            ensure_ascii=False,
            separators=(",", ":"),
        )
        return entry_key(text), text


def entry_key(text: str) -> str:
    """The name of an entry: a prefixed hash of its text (96 bits; field names may not start with a digit)."""
    return "o" + hashlib.sha256(text.encode()).hexdigest()[:24]


@lru_cache(maxsize=50_000)
def encode_context(context: ObservedContext) -> str:
    """An observed context as `dimension=value&dimension=value`, sorted and percent-encoded."""
    return urlencode([(dimension, value) for dimension, values in context for value in values])


@lru_cache(maxsize=50_000)
def decode_context(text: str) -> ObservedContext:
    """The reverse of encode_context."""
    values: dict[str, list[str]] = {}
    for dimension, value in parse_qsl(text, keep_blank_values=True):
        values.setdefault(dimension, []).append(value)
    return tuple((dimension, tuple(sorted(several))) for dimension, several in sorted(values.items()))


def decode_entries(entries: Mapping[str, str]) -> list[list[Any]]:
    """The raw arrays of a state's entries (see Observation.entry), in the mapping's order."""
    decoded: list[list[Any]] = json.loads("[" + ",".join(entries.values()) + "]")
    return decoded


def decode(text: str) -> Observation:
    """One entry's text back into an Observation."""
    at, kind, source, source_id, human, analysis, activity, standing, contexts, flat = json.loads(text)
    return Observation(
        kind=KINDS[kind],
        at=at,
        source=source,
        source_id=source_id,
        human=human,
        analysis=analysis,
        activity=activity,
        standing=STANDINGS[standing],
        scores=tuple(
            Score(flat[i], flat[i + 1], decode_context(contexts[flat[i + 2]])) for i in range(0, len(flat), 3)
        ),
    )


def standing_entries(entries: Mapping[str, str]) -> dict[str, str]:
    """Of several entries about the same kind, source and source id, the one that stands.

    The highest (human decision, analysis version, text) wins; the result keeps no order of arrival.
    """
    chosen: dict[tuple[int, str, str], tuple[int, int, str]] = {}
    keys: dict[tuple[int, str, str], str] = {}
    for (key, text), array in zip(entries.items(), decode_entries(entries), strict=True):
        subject = (array[1], array[2], array[3])
        rank = (array[4], array[5], text)
        if subject not in chosen or chosen[subject] < rank:
            chosen[subject] = rank
            keys[subject] = key
    return {key: entries[key] for key in sorted(keys.values())}


def canonical_bytes(entries: Mapping[str, str]) -> bytes:
    """A state as bytes: the same set gives the same bytes whatever order it was built in."""
    return json.dumps(dict(sorted(entries.items())), ensure_ascii=False, separators=(",", ":")).encode()


def merged(*states: Mapping[str, str] | Iterable[tuple[str, str]]) -> dict[str, str]:
    """The union of states."""
    union: dict[str, str] = {}
    for state in states:
        union.update(state)
    return union
