"""Decides which of an analyst's scores a person looks at, why, and what comes of it.

Of one call and one person the ledger may hold several analyses and several decisions. `Analysed` is one of them; the
highest (human decision, analysis version, receipt) stands, exactly as in the employee's state (see observation.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.analysts.domain.sample import SAMPLE
from shared.observations.domain.entry import decode_entries
from shared.reviews.domain.review_state import CONTESTED, REASONS

Decided = Literal["confirmed", "corrected", "rejected"]

ALONGSIDE = "alongside"
"""Why a person looked at a score that counted: another score of the same call was to be reviewed."""


@dataclass(frozen=True, slots=True)
class AnalysedScore:
    """score in points, 0-100. waits: why it counts only once a person has looked; None for one that counts."""

    competency: str
    score: float
    confidence: float | None = None
    waits: str | None = None


@dataclass(frozen=True, slots=True)
class Analysed:
    """One event about a call and a person: an analysis (human 0) or a person's decision on one (its rank).

    entry:    its text in the employee's state, which ranks it
    scorer:   who scored, with its versions; None for a person who observed without a model
    decision: what a person decided; None for an analysis
    """

    event_id: str
    human: int
    analysis: int
    entry: str
    scorer: str | None
    occurred_at: datetime
    received_at: datetime
    scores: tuple[AnalysedScore, ...]
    decision: Decided | None = None
    account_name: str | None = None

    @property
    def rank(self) -> tuple[int, int, int, int, str]:
        (entry,) = decode_entries([self.entry])
        return entry.rank


@dataclass(frozen=True, slots=True)
class Pair:
    """A scorer's score and what a person made of it, in points; person None: dropped, or rejected with the rest.

    own: the person's score of the same words before the scorer's was shown; None: not observed, or none was given
    """

    competency: str
    scorer: float
    person: float | None
    reason: str
    own: float | None = None


def sampled(event_id: str, share: float) -> bool:
    """Tells whether chance sends this event to a person: a hash of its id, uniform in 0-1, lies under the share.

    The same event is always in or always out; what is in with one share is in with every larger one.
    """
    digits = hashlib.sha256(f"sample\x1f{event_id}".encode()).hexdigest()[:13]
    return int(digits, 16) / 16**13 < share


def reasons(event_id: str, scores: Iterable[AnalysedScore], share: float) -> tuple[str, ...]:
    """Returns why a person looks at an analysis, sorted; nothing for one that counts and that chance leaves alone.

    Chance takes its share of the scores that count whether or not others of the same analysis wait: a sample that left
    the doubtful calls out would be of the easy ones.
    """
    scores = list(scores)
    found = {score.waits for score in scores if score.waits}
    if any(not score.waits for score in scores) and sampled(event_id, share):
        found.add(SAMPLE)
    return tuple(sorted(found))


def foremost(given: Iterable[str]) -> str:
    """Returns the weightiest of several reasons. Raises ValueError for none."""
    return min(given, key=REASONS.index)


def highest(events: Iterable[Analysed]) -> Analysed | None:
    """Returns the one that stands."""
    return max(events, key=lambda event: event.rank, default=None)


def pairs(
    scores: Iterable[AnalysedScore],
    final: Mapping[str, float | None],
    own: Mapping[str, float | None],
    why: Iterable[str],
    contested: Iterable[str],
) -> list[Pair]:
    """Returns the scorer's scores beside the person's, each with the reason why a person looked at it.

    own: the person's own scores. why: the review's reasons
    contested: the competencies that the employee contests; empty: all, if it is contested
    """
    asked, named = set(why), set(contested)

    def reason(score: AnalysedScore) -> str:
        if score.waits:
            return score.waits
        if SAMPLE in asked:
            # Also where it is contested: a sample that lost its contested scores would flatter the scorer.
            return SAMPLE
        return CONTESTED if CONTESTED in asked and (not named or score.competency in named) else ALONGSIDE

    return [
        Pair(one.competency, one.score, final.get(one.competency), reason(one), own.get(one.competency))
        for one in scores
    ]
