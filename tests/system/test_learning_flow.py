"""A lesson is published, shown in a feed, answered, recorded as what its learner knows, and rated: over HTTP."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.harness.embedded_platform import EmbeddedPlatform, embedded_platform
from tests.harness.google_platform import ask, eventually
from tests.learning.lesson_files import FRAMEWORK, answer_body, lesson_body

PEOPLE = f"""name,email,role,framework
Ava Prentice,ava@grid.example,employee,{FRAMEWORK}
"""
AVA = "ava@grid.example"


def test_a_lesson_becomes_a_rating(tmp_path: Path) -> None:
    with embedded_platform(tmp_path, io.StringIO()) as house:
        assert ask(house, "POST", "/api/v1/employees/import", PEOPLE).value["created"] == 1
        lessons = [lesson_body(), lesson_body("name_hazards", hazard=True, competencies=["K2"])]
        told = ask(house, "POST", "/api/v1/learning/lessons", {"lessons": lessons})
        assert told.status == 200, told

        feed = ask(house, "GET", "/api/v1/learning/feed", token=house.person(AVA)).value
        assert [(one["lesson_id"], one["reason"]) for one in feed["items"]] == [
            ("name_hazards", "safety"),
            ("prove_dead", "gap"),
        ]
        assert "competent person" in feed["items"][0]["notice"]

        at = datetime.now(UTC) - timedelta(minutes=5)
        answers = [answer_body(number, at.isoformat(), right=number == 1) for number in (1, 2)]
        sent = ask(house, "POST", "/api/v1/learning/answers", {"answers": answers}, token=house.person(AVA))
        assert [(one["status"], one["right"]) for one in sent.value["results"]] == [("taken", True), ("taken", False)]

        it_is_rated(house)
        events = ask(house, "GET", f"/api/v1/validation-events/{quote(AVA)}", token=house.person(AVA)).value["items"]
        (event,) = events
        assert event["payload"]["competency_scores"] == [{"competency": "K2", "score": 50}]
        assert event["payload"]["event_source"] == "learn"
        after = ask(house, "GET", "/api/v1/learning/feed", token=house.person(AVA)).value
        assert (after["streak"]["days"], after["progress"]["seen"]) == (1, 2)


def it_is_rated(house: EmbeddedPlatform) -> None:
    def rating() -> Any:
        path = f"/api/v1/employees/{quote(AVA)}/skills?view=all"
        skills = ask(house, "GET", path, token=house.person(AVA)).value["skills"]
        return next(
            (one for one in skills if one["competency"] == "K2" and one["preliminary_rating"] is not None), None
        )

    assert eventually(rating, "the rating of K2")["preliminary_rating"] == 50
