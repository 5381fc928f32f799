"""Presents a review: each score with what it stands on, beside the words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from functions.portal.analysts import page as analysts
from functions.portal.reviews.page import OUTCOME, REASON, STATE, Row
from functions.portal.shell import words
from functions.portal.shell.visit import Page
from functions.portal.transcript.evidence import Measured, Quoted
from functions.portal.transcript.passages import Passage
from shared.analysts.domain.agreement import LEVELS as BOUNDS
from shared.analysts.domain.agreement import MIDDLES
from shared.reviews.contract import CompetencyCertificate
from shared.reviews.usecases.show_reviews import Waiting

LEVELS = tuple(
    {"key": key, "points": middle, "span": f"{low}–{high}"}
    for key, middle, low, high in zip(
        "abcde", MIDDLES, (0, *BOUNDS), (*(bound - 1 for bound in BOUNDS), 100), strict=True
    )
)
"""The rubric's levels with the key that sets each one's middle: letters, since a score is typed in digits."""

WHY = {
    "contested": "The employee has objected to these scores.",
    "untrusted_scorer": "The scorer has agreed with people too little on a competency of this call.",
    "low_confidence": "The analyst is not sure of a score.",
    "lexical": "These scores were counted without a language model.",
    "sample": "Chance has chosen this call, so that agreement is measured on scores that nobody doubted.",
}


@dataclass(frozen=True)
class Score:
    """One competency. scored, stands: points; stands None: dropped or rejected, where `decided`.

    scored: None while it is covered; own: what the person who decides gave before seeing it
    confidence: 0-1; waits: why it does not count yet; reason: the analyst's words, None when they are gone
    certificate: the scorer's agreement in this competency
    """

    competency: str
    name: str
    scored: float | None
    confidence: float | None
    waits: str | None
    stands: float | None
    own: float | None
    decided: bool
    quotes: tuple[Quoted, ...]
    measured: tuple[tuple[Measured, int | None], ...]
    reason: str | None = None
    certificate: CompetencyCertificate | None = None


@dataclass(frozen=True)
class Decision:
    decision: str
    at: datetime
    by: str | None
    note: str | None


@dataclass(frozen=True)
class Contested:
    at: datetime
    reason: str
    competencies: tuple[str, ...]
    answered: bool


@dataclass(frozen=True)
class Review:
    """One review. conversation: None when it is not shown, and then `absent` says why, or `readable` offers to open it.

    found: the anchors of the quotes whose words stand in the transcript
    open_to_managers: that moment is over
    blind: the viewer gave own scores before seeing the analyst's; waiting: None for who decides nothing
    """

    row: Row
    employee_id: str
    event_id: str
    scorer: str
    source_url: str | None
    scores: tuple[Score, ...]
    own: bool
    may_decide: bool
    may_contest: bool
    visible_to_manager_at: datetime
    open_to_managers: bool = False
    conversation: tuple[Passage, ...] | None = None
    found: frozenset[str] = frozenset()
    told: bool = False
    absent: str | None = None
    readable: bool = False
    contest: Contested | None = None
    decisions: tuple[Decision, ...] = ()
    call: str | None = None
    blind: bool = False
    waiting: Waiting | None = None
    entered: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def present_covered(view: Review) -> Page:
    """Asks for the reviewer's own scores, and shows nothing of the analyst's."""
    variables = {
        "view": view,
        "REASON": REASON,
        "waiting": _waiting(view.waiting),
        "levels": LEVELS,
        "scores": [
            {
                "score": score,
                "entered": view.entered.get(f"own.{score.competency}", ""),
                "unseen": view.entered.get(f"unseen.{score.competency}") == "yes",
            }
            for score in view.scores
        ],
    }
    return Page("review/own_scores.html", variables, "reviews", status=422 if view.errors else 200)


def present(view: Review) -> Page:
    own = view.blind or any(score.own is not None for score in view.scores)
    variables = {
        "view": view,
        "waiting": _waiting(view.waiting),
        "levels": LEVELS,
        "gave_own": own,
        "why": [WHY[reason] for reason in view.row.reasons],
        "REASON": REASON,
        "STATE": STATE,
        "OUTCOME": OUTCOME,
        "names": {score.competency: score.name for score in view.scores},
        "scores": [
            {
                "score": score,
                "scored": "" if score.scored is None else words.points(score.scored),
                "own": None if not own else "not observed" if score.own is None else words.points(score.own),
                "stands": "not observed" if score.stands is None else words.points(score.stands),
                "confidence": None if score.confidence is None else f"{words.percent(score.confidence)} %",
                "certificate": analysts.sentence(score.certificate),
                "untrusted": bool(score.certificate and score.certificate.verdict in analysts.WAITING),
                "entered": view.entered.get(f"score.{score.competency}", _number(score)),
                "dropped": view.entered.get(f"drop.{score.competency}") == "yes",
                "named": view.entered.get(f"contest.{score.competency}") == "yes",
            }
            for score in view.scores
        ],
    }
    return Page("review/review.html", variables, "reviews", status=422 if view.errors else 200)


def _waiting(found: Waiting | None) -> str | None:
    """Says how many other reviews wait for the viewer; None for who decides nothing."""
    if found is None:
        return None
    if not found.number:
        return "No other review waits for you."
    return f"{words.count(found.number, 'other review')}{' or more' if found.more else ''} waiting for you."


def _number(score: Score) -> str:
    value = score.stands if score.decided else score.scored
    return "" if value is None else f"{value:g}"
