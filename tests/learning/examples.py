"""Lessons and reviews that tests make: what they do not say is as it usually is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from shared.learning.domain.lesson import Lesson, Question, Sentence
from shared.learning.domain.recall import Card
from shared.learning.domain.review import QuestionKey, Review

KEY = QuestionKey("prove_dead_first", "q1")
TODAY = date(2026, 11, 30)


def moment(text: str) -> datetime:
    """Reads `2026-02-01T09:00` as UTC, or with the offset that it names."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def review(
    at: str | datetime,
    right: bool = True,
    *,
    key: QuestionKey = KEY,
    review_id: str = "",
    received: str | datetime = "",
    hazard: bool = False,
    competencies: tuple[str, ...] = ("K2",),
) -> Review:
    """A review received as it was answered, or then; its id is made of what it says, or this."""
    answered = moment(at) if isinstance(at, str) else at
    arrived = moment(received) if isinstance(received, str) and received else received or answered
    assert isinstance(arrived, datetime)
    named = review_id or sha256(f"{key} {answered.isoformat()} {right}".encode()).hexdigest()[:12]
    return Review(named, key, 1, competencies, right, hazard, answered, arrived)


def lesson(
    lesson_id: str,
    *,
    version: int = 1,
    hazard: bool = False,
    competencies: tuple[str, ...] = ("K1",),
    after: tuple[str, ...] = (),
    questions: int = 2,
    topic: str = "procedures",
) -> Lesson:
    return Lesson(
        lesson_id=lesson_id,
        version=version,
        framework_id="cable_jointing_demo",
        title=lesson_id.replace("_", " ").capitalize(),
        topic=topic,  # type: ignore[arg-type]
        hazard=hazard,
        competencies=competencies,
        prerequisites=after,
        reviewer=None,
        script=(Sentence("Look first.", "look"),),
        questions=tuple(Question(f"q{n}", "Which?", ("this", "that"), 1, "So.") for n in range(1, questions + 1)),
    )


def card(due_in: int = 10, *, right: bool = True, stability: float = 10.0, today: date = TODAY) -> Card:
    """A card that is due so many days from today, and was answered its stability before that."""
    due = today + timedelta(days=due_in)
    return Card(stability, 5.0, due - timedelta(days=round(stability)), due, right, 1, 0)
