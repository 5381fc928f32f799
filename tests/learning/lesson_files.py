"""Lessons for tests, as somebody sends them; each differs from the next in what is given."""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_URL, uuid5

FRAMEWORK = "cable_jointing_demo"
CAPTIONS = b"WEBVTT\n\n00:00.000 --> 00:04.000\nProve the tester before and after.\n"
CAPTIONS_SHA256 = sha256(CAPTIONS).hexdigest()
RIGHT = 2
"""Of every question."""


def lesson_body(lesson_id: str = "prove_dead", *, questions: int = 2, **given: Any) -> dict[str, Any]:
    """A lesson about K2 and S1, whose second option is always right."""
    return {
        "lesson_id": lesson_id,
        "version": 1,
        "framework_id": FRAMEWORK,
        "title": lesson_id.replace("_", " ").capitalize(),
        "topic": "procedures",
        "hazard": False,
        "competencies": ["K2", "S1"],
        "prerequisites": [],
        "reviewer": None,
        "script": [{"say": "Prove the tester before and after.", "picture": "tester"}],
        "questions": [
            {
                "question_id": f"q{number}",
                "ask": f"What comes {number}.?",
                "options": ["Cut", "Prove dead", "Go home"],
                "right": RIGHT,
                "because": "A cable is live until it is proved dead.",
            }
            for number in range(1, questions + 1)
        ],
        **given,
    }


def answer_body(
    number: int, at: str, *, lesson_id: str = "prove_dead", right: bool = True, **given: Any
) -> dict[str, Any]:
    """The answer to question `number` of a lesson. Its key follows from what it says."""
    return {
        "key": str(uuid5(NAMESPACE_URL, f"{lesson_id} {number} {at}")),
        "lesson_id": lesson_id,
        "lesson_version": 1,
        "question_id": f"q{number}",
        "option": RIGHT if right else 1,
        "answered_at": at,
        **given,
    }
