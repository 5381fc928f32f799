"""Lessons of every kind: about a hazard, with a film, reviewed or not."""

from __future__ import annotations

from datetime import UTC, date, datetime

from functions.portal.lessons.page import Lessons, OneLesson
from shared.learning.contract import AskedQuestion, ClipView, LessonCard, LessonView, ReviewerView, SentenceView

NOW = datetime(2026, 11, 23, 7, 41, tzinfo=UTC)


def lesson(number: int, *, hazard: bool, reviewed: bool, film: bool) -> LessonCard:
    """Returns a lesson; those after the first come after the one before."""
    digest = "ab" * 32
    clip = ClipView(
        video=f"{digest}.mp4",
        captions=f"{digest}.vtt",
        seconds=88,
        bytes=412_000,
        sha256=digest,
        captions_sha256=digest,
    )
    return LessonCard(
        lesson_id=f"lesson_{number}",
        version=number,
        framework_id="cable_jointing_demo",
        title=f"What to do before anything else is touched in the trench, part {number}",
        topic="hazards",
        hazard=hazard,
        competencies=["K2", "S1"],
        prerequisites=[f"lesson_{number - 1}"] if number > 1 else [],
        seconds=88,
        notice=None if reviewed else "Not reviewed by a competent person.",
        reviewer=ReviewerView(name="Ray Steward", role="Senior authorised person", reviewed_on=date(2026, 10, 1))
        if reviewed
        else None,
        clip=clip if film else None,
        script=[SentenceView(say="Prove the tester before and after.", picture="tester")],
        questions=[AskedQuestion(question_id="q1", ask="What comes first?", options=["Cut", "Prove dead"])],
    )


LESSONS = Lessons(
    "cable_jointing_demo",
    [
        lesson(1, hazard=True, reviewed=False, film=True),
        lesson(2, hazard=False, reviewed=True, film=False),
    ],
    [("cable_jointing_demo", "Cable jointing (synthetic)"), ("sales_engineering", "Sales engineering")],
    {"K2": "Safe isolation", "S1": "Prove a cable dead"},
    "lesson_2",
)
NAMED: dict[str, dict[str, str]] = {
    "competency_names": {"K2": "Safe isolation", "S1": "Prove a cable dead"},
    "titles": {"lesson_1": "What to do before anything else is touched, part 1"},
}
LESSON = OneLesson(
    LessonView(**dict(lesson(2, hazard=True, reviewed=False, film=True)), published_at=NOW, **NAMED),
    True,
    {"reason": ""},
    {"reason": "Write something here."},
)
