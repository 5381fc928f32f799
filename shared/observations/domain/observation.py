"""Describes observations: what was seen of a person, and how an employee's state keeps it.

An employee's state is a **set** of immutable entries, one per event. An entry's key is a hash of its own text, so that
merging entries in any order, any number of times, gives the same set. Of several entries about the same source and
source id (a re-analysis, a review), the highest (human decision, analysis version, receipt) stands and replaces the
others whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shared.kernel.context import ObservedContext, decode_context, encode_context
from shared.observations.domain.entry import Entry, decode_entries

Kind = Literal["field", "validation", "learning"]
Standing = Literal["counted", "held", "rejected", "void"]
EventStanding = Literal["counted", "held", "rejected", "void", "superseded"]
"""How an event stands by now: as it came in, taken out by a void, or superseded by another one about the same."""

CERTIFICATION_EXAM = "certification_exam"

KINDS: tuple[Kind, ...] = ("field", "validation", "learning")
STANDINGS: tuple[Standing, ...] = ("counted", "held", "rejected", "void")
EVENT_STATUSES: tuple[EventStanding, ...] = (*STANDINGS, "superseded")


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
    standing:  counted; held until a person has looked; rejected by a person; void: recorded by mistake, in no state
    passed:    False for an activity that the person has failed: it is no attempt, and validates nothing
    received:  when its first request was accepted, in milliseconds since 1970-01-01 UTC, and its place in that request;
               0 where nobody knows
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
    passed: bool = True
    received: int = 0
    place: int = 0

    def entry(self) -> tuple[str, str]:
        """Returns (key, text): the state's immutable entry for this observation."""
        contexts = sorted({encode_context(score.context) for score in self.scores})
        position = {text: index for index, text in enumerate(contexts)}
        flat: list[str | int] = []
        for competency, index, hundredths in sorted(
            (score.competency, position[encode_context(score.context)], score.hundredths) for score in self.scores
        ):
            flat += (competency, hundredths, index)
        return Entry(
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
            self.received,
            self.place,
            int(self.passed),
        ).encoded()


def decode(text: str) -> Observation:
    """Decodes an entry's text back into the observation."""
    (entry,) = decode_entries([text])
    return Observation(
        kind=KINDS[entry.kind],
        at=entry.at,
        source=entry.source,
        source_id=entry.source_id,
        activity=entry.activity,
        scores=tuple(
            Score(word, hundredths, decode_context(entry.contexts[place]))
            for word, hundredths, place in zip(entry.words, entry.scores[1::3], entry.places, strict=True)
        ),
        human=entry.human,
        analysis=entry.analysis,
        standing=STANDINGS[entry.status],
        passed=bool(entry.passed),
        received=entry.received,
        place=entry.place,
    )
