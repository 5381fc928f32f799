"""Calls as an analyst leaves them on a real platform: record, transcript, analysis, observation, review."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from shared.call_pipeline.usecases.observe_call import observation, observation_id
from shared.conversations.domain.analysis_version import analysis_version
from shared.conversations.domain.call_analysis import CallAnalysis, JudgedScore, Scorer
from shared.conversations.domain.conversation import Affiliation, Conversation, MeasuredSpan, Party, Turn, quote
from shared.kernel.access import Caller
from shared.kernel.ids import review_id_of
from shared.kernel.reading import validated
from shared.observations.contract import FieldObservation
from shared.observations.messages import ObservationRecorded
from shared.observations.records import Ledger, ToldEvent
from shared.observations.usecases.interpret import sent
from tests.harness.call_records import call_record, took_part

if TYPE_CHECKING:
    from tests.portal.conftest import House

SCORER = Scorer("claude", "test-model", "rubric-1", "prompt-1", 7)
MIDDLEWARE = Caller(email="calls@example.iam.gserviceaccount.com", scopes=frozenset({"events.write"}))
ASKED = "What does a failed release cost you in a month?"
HEARD = "So if I hear you right, two engineers lose a whole week to every release."
SAID = (
    ("1", "Good morning, thank you for making the time today."),
    ("2", "Of course. We have half an hour."),
    ("1", "Then let me start with a question about your releases."),
    ("2", "Please do."),
    ("1", f"You said that releases are slow. {ASKED}"),
    ("2", "About forty thousand, if one counts the people who wait."),
    ("1", HEARD),
    ("2", "Yes, that is right."),
    *((("1", "2")[n % 2], f"This is sentence number {n} about how the team works today.") for n in range(16)),
    ("1", "I will send you the summary and two dates for the next step."),
    ("2", "Tuesday would suit us."),
)


def conversation(call_id: str, name: str, email: str) -> Conversation:
    """Half an hour with a customer; the employee is speaker 1."""
    return Conversation(
        call_id,
        None,
        len(SAID) * 20_000,
        (
            Party("1", name, email, Affiliation.INTERNAL),
            Party("2", "Casey <Buyer>", None, Affiliation.EXTERNAL),
        ),
        tuple(
            Turn(speaker, index * 20_000, index * 20_000 + 19_000, text) for index, (speaker, text) in enumerate(SAID)
        ),
    )


def analysed_call(
    house: House,
    employee_id: str,
    call_id: str,
    *,
    confidence: float = 0.45,
    discovery: int = 80,
    ago: timedelta = timedelta(days=2),
    analysis: int = 0,
    record: Mapping[str, Any] | None = None,
) -> str:
    """Puts a call through what follows its analysis; the id of its review, whether or not there is one.

    confidence: of the discovery score; under 0.6 it waits for a person
    """
    platform = house.platform
    name = platform.employee(employee_id).name
    words = conversation(call_id, name, employee_id)
    started = datetime.now(UTC) - ago
    turn = words.turns[4].text
    found = CallAnalysis(
        scorer=SCORER,
        call_id=call_id,
        speaker_id="1",
        scores=(
            JudgedScore(
                "discovery",
                discovery,
                confidence,
                (
                    quote(words, 4, turn.index(ASKED), len(turn)),
                    MeasuredSpan("talk ratio", 80_000, 300_000, "43.1 %"),
                ),
                "Finds the cost of doing nothing.",
            ),
            JudgedScore("listening", 70, 0.9, (quote(words, 6, 0, len(HEARD)),), "Says back what was meant."),
        ),
    )
    version = analysis_version(SCORER.number, analysis)
    url = f"https://recorder.example.com/call?id={call_id}"
    observed = observation(
        found,
        employee_id=employee_id,
        source="gong",
        at=started,
        version=version,
        context={"industry": "healthcare", "account_name": "Northwind Clinics"},
        source_url=url,
    )
    assert observed is not None
    platform.transcripts.keep("gong", words)
    platform.transcripts.keep_analysis("gong", employee_id, version, found)
    platform.events.one(sent(FieldObservation, observed.body), MIDDLEWARE)
    event = observation_id("gong", call_id, employee_id, version)
    for told in _events(house, employee_id, call_id):
        platform.review_items.observe(validated(ObservationRecorded, json.loads(told.message)))
    about: dict[str, Any] = {
        "state": "observed",
        "url": url,
        "title": "Quarterly review",
        "duration_seconds": 1800,
        "employees": [employee_id],
        "participants": [took_part(employee_id)],
        "deal": {"deal_id": "d-1", "account_name": "Northwind Clinics", "how": "account_and_date"},
        "deal_link": "account_and_date",
        "context": {"industry": "healthcare"},
        "scorer": SCORER.scorer_id,
        "cost_usd": 0.0123,
        "observations": [
            {
                "employee_id": employee_id,
                "observation_id": event,
                "standing": "counted",
                "scores": {"discovery": discovery, "listening": 70},
                "waiting": ["discovery"] if confidence < 0.6 else [],
            }
        ],
        "updated_at": datetime.now(UTC),
    }
    platform.call_records.create(call_record("gong", call_id, started, **about | dict(record or {})))
    house.platform.ratings.update(employee_id)
    return review_id_of("gong", call_id, employee_id)


def _events(house: House, employee_id: str, call_id: str) -> list[ToldEvent]:
    return Ledger(house.platform.documents).of_call("gong", call_id, employee_id)
