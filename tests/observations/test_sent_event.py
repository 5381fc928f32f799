"""What a page shows of an event as it was sent."""

from __future__ import annotations

from typing import Any

import pytest

from shared.observations.wire.sent_event import SentEvent

CALL: dict[str, Any] = {"observation_source": "gong", "competency_scores": [{"competency": " discovery ", "score": 80}]}
EXAM: dict[str, Any] = {"overall_score": 71, "competency_scores": [{"competency": "discovery", "score": 60}]}
LESSON: dict[str, Any] = {"content_id": "c1", "quiz_score": 0}


@pytest.mark.parametrize(
    ("body", "kind", "score"),
    [
        (CALL, "field", 80.0),
        (
            {**CALL, "competency_scores": [{"score": 80, "competency": "a"}, {"score": 61, "competency": "b"}]},
            "field",
            70.5,
        ),
        ({**CALL, "competency_scores": []}, "field", None),
        (EXAM, "validation", 71),
        (LESSON, "learning", 0),
        ({"content_id": "c1"}, "learning", None),
    ],
)
def test_an_event_has_its_kind_and_the_score_of_the_whole(body: dict[str, Any], kind: str, score: float | None) -> None:
    assert (SentEvent(body).kind, SentEvent(body).score) == (kind, score)


def test_scores_are_in_the_sender_s_words() -> None:
    assert SentEvent(CALL).scores == [("discovery", 80.0)]


@pytest.mark.parametrize(
    ("metadata", "decided"),
    [
        (None, None),
        ({"review_decision": "rejected"}, None),
        ({"human_reviewed": True}, "confirmed"),
        ({"human_reviewed": True, "review_decision": "corrected"}, "corrected"),
    ],
)
def test_a_decision_is_a_person_s(metadata: dict[str, Any] | None, decided: str | None) -> None:
    assert SentEvent({**CALL, "analysis_metadata": metadata}).decided == decided


@pytest.mark.parametrize(
    ("body", "link"),
    [
        ({"details_url": "https://a.example"}, "https://a.example"),
        ({"details_url": "", "content_url": "https://c.example"}, "https://c.example"),
        ({"source_url": "javascript:alert(1)"}, None),
        ({}, None),
    ],
)
def test_only_an_address_of_the_web_is_a_link(body: dict[str, Any], link: str | None) -> None:
    assert SentEvent(body).link == link
