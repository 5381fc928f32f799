"""From the bodies that integrations send to observations: the meaning of each field, in one place."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import floor
from typing import Any

from shared.kernel.context import observed
from shared.kernel.ids import digest
from shared.observations.contract import FieldObservation, LearningActivity, ValidationEvent
from shared.observations.domain.entry import NO_SCORE
from shared.observations.domain.observation import Kind, Observation, Score, Standing

Body = ValidationEvent | FieldObservation | LearningActivity

LEAST_CONFIDENCE = 0.6
"""An analysis less confident than this counts only once a person has confirmed or corrected it."""

LEXICAL = "lexical"
"""Models whose name starts so count words; their scores always wait for a person. Also the reason of that waiting."""

LOW_CONFIDENCE, UNTRUSTED_SCORER = "low_confidence", "untrusted_scorer"
"""Why else a score waits for a person: its analysis is unsure of it, or the scorer's certificate has fallen."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A body's meaning.

    event_id:     the ledger's id, the same for the same event
    public_id:    the id that the answer names
    content_hash: of everything that was sent; the same id with another hash is a conflict
    facts:        further columns of the topic's message
    waiting:      scores that wait for a person while the observation's others count, with the reason of each
    confidences:  how far the source trusts each competency's score, where it says so
    """

    observation: Observation
    employee_id: str
    event_id: str
    public_id: str
    content_hash: str
    occurred_at: datetime
    payload: dict[str, Any]
    facts: dict[str, Any]
    waiting: tuple[tuple[Score, str], ...] = ()
    confidences: Mapping[str, float] = field(default_factory=dict)


def hundredths(points: float) -> int:
    """Points to hundredths, rounded half up."""
    return floor(points * 100 + 0.5)


def seen(
    body: Body,
    raw: Mapping[str, Any],
    untrusted: Collection[tuple[str, str]] = (),
    named: Callable[[str], str | None] = str,
) -> Seen:
    """The meaning of a validated body. `raw` is what was sent, kept whole in the ledger.

    untrusted: (scorer, competency) pairs whose certificate has fallen: their scores wait for a person.
    named:     the competency that a sender's word means, None for an unknown one; without it words are taken as names
    """
    if isinstance(body, ValidationEvent):
        return _validation(body, raw)
    if isinstance(body, FieldObservation):
        return _field(body, raw, untrusted, named)
    return _learning(body, raw)


def notices(body: Body, raw: Mapping[str, Any]) -> list[str]:
    """What was read differently from how it was written, in words."""
    found = []
    for name in ("event_type", "event_source", "activity_type", "assignment_type", "observation_source"):
        written = raw.get(name)
        if isinstance(written, str) and (read := getattr(body, name, None)) is not None and written.strip() != read:
            found.append(f"{name}: {written[:120]!r} was read as {read!r}")
    return found


def _validation(body: ValidationEvent, raw: Mapping[str, Any]) -> Seen:
    at = body.timestamp.astimezone(UTC)
    content = content_hash(raw)
    source_id = body.event_id or digest(body.employee_id, at.isoformat(), body.event_type)
    ledger = ("validation", body.event_source, source_id)
    event_id = digest(*ledger) if body.event_id else digest(*ledger, content)
    observation = Observation(
        kind="validation",
        at=floor(at.timestamp()),
        source=body.event_source,
        source_id=source_id,
        activity=body.event_type,
        scores=tuple(
            Score(s.competency, hundredths(s.score), observed(s.context.pairs() if s.context else None))
            for s in body.competency_scores
        ),
    )
    facts = {
        "overall_score": body.overall_score,
        "passed": body.passed,
        "scenario_id": body.session_metadata.scenario_id,
        "certification_eligible": body.session_metadata.certification_eligible,
    }
    return Seen(observation, body.employee_id, event_id, f"val_{event_id[:16]}", content, at, dict(raw), facts)


def _field(
    body: FieldObservation,
    raw: Mapping[str, Any],
    untrusted: Collection[tuple[str, str]],
    named: Callable[[str], str | None],
) -> Seen:
    at = body.timestamp.astimezone(UTC)
    content = content_hash(raw)
    metadata = body.analysis_metadata
    reviewed = bool(metadata.human_reviewed)
    context = observed(body.context.observed())
    scores = {s.competency: Score(s.competency, hundredths(s.score), context) for s in body.competency_scores}
    confidences = {
        s.competency: confidence
        for s in body.competency_scores
        if (confidence := metadata.confidence_score if s.confidence is None else s.confidence) is not None
    }
    reasons = {} if reviewed else _reasons_to_wait(metadata.model_used, scores, confidences, untrusted, named)
    standing: Standing = "held" if len(reasons) == len(scores) else "counted"
    if reviewed and metadata.review_decision == "rejected":
        standing = "rejected"
    ledger = (
        ("field", body.observation_source, body.observation_id)
        if body.observation_id
        else ("field", body.observation_source, body.source_id, body.employee_id, content)
    )
    event_id = digest(*ledger)
    observation = Observation(
        kind="field",
        at=floor(at.timestamp()),
        source=body.observation_source,
        source_id=body.source_id,
        activity=body.observation_source,
        human=metadata.review_version + 1 if reviewed else 0,
        analysis=metadata.analysis_version,
        standing=standing,
        scores=tuple(score for name, score in scores.items() if standing != "counted" or name not in reasons),
    )
    facts = {
        "deal_stage": body.context.deal_stage,
        "deal_id": body.context.deal_id,
        "account_name": body.context.account_name,
        "scorer": metadata.model_used,
        "review_decision": metadata.review_decision if reviewed else None,
    }
    public = body.observation_id or f"obs_{event_id[:16]}"
    waiting = tuple((scores[name], reason) for name, reason in reasons.items())
    return Seen(observation, body.employee_id, event_id, public, content, at, dict(raw), facts, waiting, confidences)


def _reasons_to_wait(
    scorer: str | None,
    competencies: Collection[str],
    confidences: Mapping[str, float],
    untrusted: Collection[tuple[str, str]],
    named: Callable[[str], str | None],
) -> dict[str, str]:
    """The sender's word to the reason, of the scores that count only once a person has looked."""
    reasons = {}
    for competency in competencies:
        if needs_review(scorer, confidences.get(competency)):
            reasons[competency] = LEXICAL if is_lexical(scorer) else LOW_CONFIDENCE
        elif untrusted and (scorer, named(competency)) in untrusted:
            reasons[competency] = UNTRUSTED_SCORER
    return reasons


def _learning(body: LearningActivity, raw: Mapping[str, Any]) -> Seen:
    at = (body.completed_at or body.started_at).astimezone(UTC)
    content = content_hash(raw)
    progress = (
        hundredths(body.completion_percentage) * 4 + 2 * (body.completed_at is not None) + (body.quiz_score is not None)
    )
    source_id = body.activity_id or digest(
        body.employee_id, body.content_id, body.started_at.astimezone(UTC).isoformat()
    )
    ledger = ("learning", source_id, str(progress))
    event_id = digest(*ledger) if body.activity_id else digest(*ledger, content)
    context = observed(body.context_tags.observed())
    number = NO_SCORE if body.quiz_score is None else hundredths(body.quiz_score)
    kind: Kind = "learning"
    observation = Observation(
        kind=kind,
        at=floor(at.timestamp()),
        source="learning",
        source_id=source_id,
        activity=body.activity_type,
        analysis=progress,
        scores=tuple(Score(competency, number, context) for competency in body.related_competencies),
    )
    facts = {
        "passed": body.quiz_passed,
        "content_id": body.content_id,
        "completion_percentage": body.completion_percentage,
        "assignment_type": body.assignment_type,
        "trigger_reason": body.trigger_reason,
        "due_date": body.due_date,
    }
    public = body.activity_id or f"act_{event_id[:16]}"
    return Seen(observation, body.employee_id, event_id, public, content, at, dict(raw), facts)


def needs_review(model_used: str | None, confidence: float | None) -> bool:
    """Whether an analysis counts only once a person has looked: a lexical one always, another below 0.6 confidence
    or without one. An observation by a person (no model) counts."""
    if is_lexical(model_used):
        return True
    if confidence is not None:
        return confidence < LEAST_CONFIDENCE
    return model_used is not None


def is_lexical(model_used: str | None) -> bool:
    """Whether the scorer counts words (a name of a model that begins so)."""
    return model_used is not None and model_used.lower().startswith(LEXICAL)


def content_hash(raw: Mapping[str, Any]) -> str:
    """A hash of a JSON object, whatever order its keys came in and however its whole numbers were written."""
    text = _canonical(raw)
    if ".0" in text or "e+" in text:  # as every whole number that is written as a fraction has it
        text = _canonical(_whole(raw))
    return hashlib.sha256(text.encode()).hexdigest()


_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def _whole(value: Any) -> Any:
    """82.0 as 82: a system that stores and sends numbers again may write them differently."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {name: _whole(child) for name, child in value.items()}
    return [_whole(child) for child in value] if isinstance(value, list) else value
