"""Events as integrations send them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.intake.usecases.prepare_event import Recorded
from shared.observations.contract import FieldObservation, LearningActivity, ValidationEvent
from shared.observations.usecases.interpret import Sent, sent

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def sent_of(raw: Mapping[str, Any]) -> Sent:
    """Reads whichever kind of event."""
    if "event_type" in raw:
        return sent(ValidationEvent, raw)
    if "observation_source" in raw:
        return sent(FieldObservation, raw)
    return sent(LearningActivity, raw)


def answer_of(outcome: Recorded) -> dict[str, Any]:
    """What the sender of an event is answered."""
    answer: dict[str, Any] = json.loads(outcome.text)
    return answer


def role_play(
    name: str,
    *,
    employee: str = "joe@example.com",
    score: float = 80,
    competency: str = "discovery",
    at: datetime = NOON - timedelta(days=2),
    **context: str,
) -> dict[str, Any]:
    """A validation event as an integration posts it."""
    one: dict[str, Any] = {"competency": competency, "score": score}
    if context:
        one["context"] = context
    return {
        "event_id": name,
        "employee_id": employee,
        "event_type": "role_play",
        "event_source": "voice-roleplay",
        "timestamp": at.isoformat(),
        "overall_score": score,
        "passed": score >= 60,
        "competency_scores": [one],
    }


def call(
    name: str,
    *,
    source_id: str | None = None,
    employee: str = "joe@example.com",
    scores: Mapping[str, float] | None = None,
    at: datetime = NOON - timedelta(days=2),
    analysis: int = 0,
    reviewed: int | None = None,
    confidence: float = 0.9,
    industry: str | None = None,
) -> dict[str, Any]:
    """A field observation; analysis: its version; reviewed: the version of a person's review."""
    metadata: dict[str, Any] = {"model_used": "m-1", "confidence_score": confidence, "analysis_version": analysis}
    if reviewed is not None:
        metadata |= {"human_reviewed": True, "review_version": reviewed}
    return {
        "observation_id": name,
        "employee_id": employee,
        "observation_source": "gong",
        "source_id": source_id or name,
        "timestamp": at.isoformat(),
        "competency_scores": [{"competency": c, "score": s} for c, s in (scores or {"discovery": 75}).items()],
        "context": {"industry": industry} if industry else {},
        "analysis_metadata": metadata,
    }


def video(
    name: str, *, employee: str = "joe@example.com", done: float = 100, quiz: float | None = None
) -> dict[str, Any]:
    """A learning activity."""
    raw: dict[str, Any] = {
        "activity_id": name,
        "employee_id": employee,
        "activity_type": "video",
        "content_id": f"content-{name}",
        "started_at": (NOON - timedelta(days=3)).isoformat(),
        "completion_percentage": done,
        "related_competencies": ["discovery"],
    }
    if quiz is not None:
        raw |= {"quiz_score": quiz, "quiz_passed": quiz >= 60}
    return raw
