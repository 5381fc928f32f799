"""Which scores of an analysis count at once, and which wait for a person."""

from __future__ import annotations

from typing import Any

import pytest

from shared.observations.contract import FieldObservation
from shared.observations.domain.waiting import LEXICAL, LOW_CONFIDENCE, UNTRUSTED_SCORER
from shared.observations.usecases.interpret import Interpreted, interpret, sent

SCORER = "claude:claude-sonnet-5-5:rubric-1:prompt-1"


def call(
    *scores: tuple[str, float, float | None], untrusted: tuple[tuple[str, str], ...] = (), **metadata: Any
) -> Interpreted:
    """A call with (competency, score, confidence) scores."""
    raw: dict[str, Any] = {
        "employee_id": "joe@example.com",
        "observation_source": "gong",
        "source_id": "7782342274025937895",
        "timestamp": "2026-03-03T10:00:00Z",
        "competency_scores": [
            {"competency": name, "score": score, **({} if confidence is None else {"confidence": confidence})}
            for name, score, confidence in scores
        ],
        "analysis_metadata": {"model_used": SCORER, "confidence_score": 0.9, **metadata},
    }
    return interpret(sent(FieldObservation, raw), untrusted)


def counted(event: Interpreted) -> list[str]:
    return [score.competency for score in event.observation.scores] if event.observation.standing == "counted" else []


def waiting(event: Interpreted) -> dict[str, str]:
    return {score.competency: reason for score, reason in event.waiting}


def test_an_unsure_score_waits_while_the_others_count() -> None:
    event = call(("discovery", 80, 0.85), ("closing", 40, 0.59), ("listening", 70, 0.6))

    assert counted(event) == ["discovery", "listening"]
    assert waiting(event) == {"closing": LOW_CONFIDENCE}


def test_a_score_without_a_confidence_of_its_own_has_the_analysiss() -> None:
    event = call(("discovery", 80, None), ("closing", 40, 0.95), confidence_score=0.5)

    assert counted(event) == ["closing"]
    assert waiting(event) == {"discovery": LOW_CONFIDENCE}


def test_when_all_wait_the_observation_is_held_with_all_its_scores() -> None:
    event = call(("discovery", 80, 0.3), ("closing", 40, 0.2))

    assert event.observation.standing == "held"
    assert [score.competency for score in event.observation.scores] == ["discovery", "closing"]
    assert waiting(event) == {"discovery": LOW_CONFIDENCE, "closing": LOW_CONFIDENCE}


def test_counted_words_always_wait() -> None:
    event = call(("discovery", 80, 0.99), model_used="lexical:lexical-1:rubric-1:-")

    assert waiting(event) == {"discovery": LEXICAL}


def test_a_scorer_that_disagrees_with_people_on_one_competency_waits_there_only() -> None:
    event = call(
        ("discovery", 80, 0.9), ("closing", 40, 0.9), untrusted=((SCORER, "closing"), ("another", "discovery"))
    )

    assert counted(event) == ["discovery"]
    assert waiting(event) == {"closing": UNTRUSTED_SCORER}


@pytest.mark.parametrize(
    ("decision", "standing"), [("confirmed", "counted"), ("corrected", "counted"), ("rejected", "rejected")]
)
def test_after_a_person_has_decided_nothing_waits(decision: str, standing: str) -> None:
    event = call(
        ("discovery", 80, 0.1),
        untrusted=((SCORER, "discovery"),),
        human_reviewed=True,
        review_decision=decision,
        review_version=2,
    )

    assert event.observation.standing == standing
    assert event.observation.human == 3
    assert event.waiting == ()
