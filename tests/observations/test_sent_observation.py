"""Observations as they are sent: written for `ingest`, read back from the ledger, and sent again as decided."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.kernel.reading import validated
from shared.observations.contract import FieldObservation
from shared.observations.wire.sent_observation import SentObservation, WrittenScore, written

AT = datetime(2026, 2, 10, 14, 30, tzinfo=UTC)


def observation(source_url: str | None = None) -> SentObservation:
    return written(
        "gong-1-7",
        employee_id="joe@augmentcode.com",
        source="gong",
        source_id="1",
        at=AT,
        scores=[
            WrittenScore("discovery", 82, 0.9, "quote at turn 4"),
            WrittenScore("closing", 60, 0.7, "measured: talk"),
        ],
        context={"deal_id": "D-1"},
        metadata={"model_used": "claude", "notes": []},
        source_url=source_url,
    )


def as_kept(body: object) -> SentObservation:
    return SentObservation.read(json.dumps(body))


def test_what_is_written_is_a_field_observation() -> None:
    body = validated(FieldObservation, observation("https://recorder.example.com/1").body)

    assert isinstance(body, FieldObservation)
    assert (body.observation_id, body.source_id, body.timestamp) == ("gong-1-7", "1", AT)
    assert [(one.competency, one.score, one.confidence) for one in body.competency_scores] == [
        ("discovery", 82, 0.9),
        ("closing", 60, 0.7),
    ]
    assert body.context.deal_id == "D-1"


def test_an_address_stands_in_it_only_where_there_is_one() -> None:
    assert "source_url" not in observation().body
    assert as_kept(observation("https://recorder.example.com/1").body).source_url == "https://recorder.example.com/1"
    assert observation().source_url is None


def test_the_ledgers_text_gives_the_scores_back() -> None:
    read = as_kept(observation().body)

    assert read == as_kept(read.body)
    assert [(one.word, one.evidence) for one in read.scores] == [
        ("discovery", "quote at turn 4"),
        ("closing", "measured: talk"),
    ]


@pytest.mark.parametrize("scores", [None, "many", {"discovery": 1}, [], ["discovery", 3, None]])
def test_what_is_no_list_of_scores_has_none(scores: Any) -> None:
    assert as_kept({"competency_scores": scores}).scores == ()


def test_a_decision_keeps_what_was_sent_and_leaves_out_what_was_dropped() -> None:
    unknown = {"tone": ["calm"], "analysis_metadata": {"model_used": "claude", "seed": 3}}
    sent = as_kept({**observation().body, **unknown})

    decided = sent.decided("review-1-2", {"human_reviewed": True}, {"discovery": 75.5, "closing": None})

    assert decided.body["tone"] == ["calm"]
    assert decided.body["observation_id"] == "review-1-2"
    assert decided.body["analysis_metadata"] == {"model_used": "claude", "seed": 3, "human_reviewed": True}
    assert decided.body["competency_scores"] == [
        {"competency": "discovery", "score": 75.5, "confidence": 0.9, "evidence": "quote at turn 4"}
    ]
    assert list(decided.body) == list(sent.body), "what stands where stays as it was sent"


def test_a_rejection_keeps_every_score_as_it_was() -> None:
    rejected = observation().decided("review-1-2", {"review_decision": "rejected"}, None)

    assert rejected.scores == observation().scores
