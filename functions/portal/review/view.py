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
from shared.reviews.contract import CompetencyCertificate

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

    confidence: 0-1; waits: why it does not count yet; reason: the analyst's words, None when they are gone
    certificate: the scorer's agreement in this competency
    """

    competency: str
    name: str
    scored: float
    confidence: float | None
    waits: str | None
    stands: float | None
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
    conversation: tuple[Passage, ...] | None = None
    found: frozenset[str] = frozenset()
    told: bool = False
    absent: str | None = None
    readable: bool = False
    contest: Contested | None = None
    decisions: tuple[Decision, ...] = ()
    call: str | None = None
    entered: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def present(view: Review) -> Page:
    variables = {
        "view": view,
        "why": [WHY[reason] for reason in view.row.reasons],
        "REASON": REASON,
        "STATE": STATE,
        "OUTCOME": OUTCOME,
        "names": {score.competency: score.name for score in view.scores},
        "scores": [
            {
                "score": score,
                "scored": words.points(score.scored),
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


def _number(score: Score) -> str:
    value = score.stands if score.decided else score.scored
    return "" if value is None else f"{value:g}"
