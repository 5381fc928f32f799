"""A call becomes the field observation that waits for review, and counts once a person vouches for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scripts.commands.scored_call import changes, observation
from shared.analysts.lexical.analysis import Analysis
from shared.analysts.lexical.analyst import analyse
from shared.conversations.domain.conversation import Conversation, choose_speaker
from shared.observations.contract import FieldObservation
from shared.observations.usecases.interpret import interpret, sent
from shared.ratings.contract import SkillUpdate
from tests.harness.transcripts import only_conversation

TRANSCRIPTS = Path(__file__).resolve().parents[2] / "infra" / "demonstration" / "transcripts"
AT = datetime(2026, 11, 20, 15, tzinfo=UTC)


@pytest.fixture(scope="module")
def call() -> Conversation:
    return only_conversation((TRANSCRIPTS / "discovery_call.json").read_bytes())


@pytest.fixture(scope="module")
def analysis(call: Conversation) -> Analysis:
    return analyse(call, choose_speaker(call, email="joe@augmentcode.com").speaker_id)


def test_an_analysis_waits_for_review(analysis: Analysis) -> None:
    body = observation(analysis, employee_id="joe@augmentcode.com", source="gong", at=AT, context={})
    meaning = interpret(sent(FieldObservation, body))
    assert meaning.observation.standing == "held"
    assert meaning.observation.human == 0
    assert {score.competency for score in meaning.observation.scores} == {s.competency for s in analysis.scores}


def test_a_confirmation_counts_and_outranks_the_analysis(analysis: Analysis) -> None:
    waiting = observation(analysis, employee_id="joe@augmentcode.com", source="gong", at=AT, context={})
    confirmed = observation(
        analysis, employee_id="joe@augmentcode.com", source="gong", at=AT, context={}, confirmed_by="maria"
    )
    first = interpret(sent(FieldObservation, waiting))
    second = interpret(sent(FieldObservation, confirmed))
    assert second.observation.standing == "counted"
    assert second.observation.human > first.observation.human
    assert (first.observation.source, first.observation.source_id) == (
        second.observation.source,
        second.observation.source_id,
    )
    assert first.event_id != second.event_id


def test_the_same_call_has_the_same_identity(analysis: Analysis) -> None:
    bodies = [
        observation(analysis, employee_id="joe@augmentcode.com", source="gong", at=AT, context={}) for _ in range(2)
    ]
    assert bodies[0] == bodies[1]
    other = observation(analysis, employee_id="sarah@augmentcode.com", source="gong", at=AT, context={})
    assert other["observation_id"] != bodies[0]["observation_id"]


def test_no_word_of_the_call_leaves_it(call: Conversation, analysis: Analysis) -> None:
    body = observation(analysis, employee_id="joe@augmentcode.com", source="gong", at=AT, context={})
    scores: Any = body["competency_scores"]
    evidence = " ".join(score["evidence"] for score in scores)
    long_words = {word.strip(".,?!“”").lower() for turn in call.turns for word in turn.text.split() if len(word) > 9}
    ours = {"characters"}
    assert not {word for word in long_words - ours if word in evidence.lower().split()}
    assert "sha256" in evidence


def test_a_call_in_which_nothing_was_observed_is_refused(analysis: Analysis) -> None:
    with pytest.raises(ValueError, match="nothing was observed"):
        observation(replace(analysis, scores=()), employee_id="j", source="gong", at=AT, context={})


def test_changes_say_what_moved_and_why() -> None:
    update = SkillUpdate(
        competency="closing",
        context=None,
        previous_rating=85.5,
        new_rating=83,
        preliminary_rating=None,
        interval=[80, 86],
        confidence="high",
        status="validated",
        trend="stable",
        explanation="Rated on 14 field observations.",
        shown=True,
        vanished=False,
    )
    (line,) = changes([update])
    assert line == "closing (general): 85.5 → 83, confidence high, validated. Rated on 14 field observations."
