"""Tells events apart by what they say: the content that carries meaning.

Links, titles and fields that the contract does not know carry none: a link is signed anew at every attempt, and a retry
with a fresh one is the same event. Where a sender gives no id, this is the event's identity; where it gives one, this
says whether the id is used again for something else.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from math import floor

from shared.kernel.context import observed
from shared.kernel.ids import digest
from shared.observations.contract import FieldObservation, LearningActivity, ValidationEvent


def hundredths(points: float) -> int:
    """Returns points as hundredths, rounded half up."""
    return floor(points * 100 + 0.5)


def meaning_of(body: ValidationEvent | FieldObservation | LearningActivity) -> str:
    """Returns a hash of what an event says, whatever order its lists are in and however its moments are written."""
    return digest("meaning", json.dumps([body.employee_id, *_said(body)], separators=(",", ":")))


def content_of(body: ValidationEvent) -> str:
    """Returns the same of what it says of whomever: what is told of one person under two ids is one thing."""
    return digest("content", json.dumps(_said(body), separators=(",", ":")))


def _said(body: ValidationEvent | FieldObservation | LearningActivity) -> list[object]:
    if isinstance(body, ValidationEvent):
        return _of_validation(body)
    return _of_field(body) if isinstance(body, FieldObservation) else _of_learning(body)


def _of_validation(body: ValidationEvent) -> list[object]:
    scores = [
        (s.competency, hundredths(s.score), observed(s.context.pairs() if s.context else None))
        for s in body.competency_scores
    ]
    session = body.session_metadata
    return [
        body.event_type,
        body.event_source,
        _utc(body.timestamp),
        hundredths(body.overall_score),
        body.passed,
        sorted(scores),
        [session.scenario_id, session.attempt_number, session.duration_seconds, session.certification_eligible],
    ]


def _of_field(body: FieldObservation) -> list[object]:
    scores = [(s.competency, hundredths(s.score), s.evidence or "", s.confidence) for s in body.competency_scores]
    context, metadata = body.context, body.analysis_metadata
    return [
        body.observation_source,
        body.source_id,
        _utc(body.timestamp),
        sorted(scores, key=lambda score: score[0]),
        observed(context.observed()),
        [context.deal_id, context.account_name, context.deal_stage],
        [metadata.model_used, metadata.confidence_score, metadata.analysis_version],
        [bool(metadata.human_reviewed), metadata.review_decision, metadata.review_version],
        *([] if body.recording is None else [[body.recording.source, body.recording.id]]),
    ]


def _of_learning(body: LearningActivity) -> list[object]:
    return [
        body.activity_type,
        body.content_id,
        _utc(body.started_at),
        _utc(body.completed_at),
        hundredths(body.completion_percentage),
        None if body.quiz_score is None else hundredths(body.quiz_score),
        body.quiz_passed,
        sorted(body.related_competencies),
        observed(body.context_tags.observed()),
        [body.assignment_type, body.trigger_reason, _utc(body.due_date)],
    ]


def _utc(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()
