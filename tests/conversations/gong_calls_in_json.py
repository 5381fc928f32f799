"""Calls in Gong's JSON, with sensible defaults."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from infra.demonstration.corpus_files import calls
from infra.demonstration.corpus_staging import Employee, StagedCall, digits
from infra.demonstration.gong_payloads import Call, CallTranscript

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def details(number: int, at: datetime = NOON, **about: Any) -> Call:
    """An entry of `calls`: number makes the id; planned for `at`, begun three minutes later."""
    described: Any = {
        "id": call_id(number),
        "url": f"https://app.gong.example/call?id={call_id(number)}",
        "title": f"Demo {number}",
        "scheduled": at.isoformat(),
        "started": (at + timedelta(minutes=3)).isoformat(),
        "duration": 1800,
        "primaryUserId": "234599484848000001",
        "direction": "Conference",
        "system": "Zoom",
        "scope": "External",
        "media": "Video",
        "language": "eng",
        "workspaceId": "623457276584334001",
        "isPrivate": False,
        **about,
    }
    return {
        "metaData": described,
        "context": [
            {
                "system": "Salesforce",
                "objects": [
                    {
                        "objectType": "Opportunity",
                        "objectId": "0061Q00000mkU1fQAX",
                        "fields": [{"name": "StageName", "value": "Demo"}, {"name": "Amount", "value": 50_000}],
                        "timing": "TimeOfCall",
                    },
                    {
                        "objectType": "Opportunity",
                        "objectId": "0061Q00000mkU1fQAX",
                        "fields": [{"name": "StageName", "value": "Closed Won"}],
                        "timing": "Now",
                    },
                ],
            }
        ],
        "parties": [
            {
                "id": "56825452554550001",
                "emailAddress": "Ada.Poe@ours.example",
                "name": "Ada Poe",
                "userId": "234599484848000001",
                "speakerId": "6432345678555530001",
                "affiliation": "Internal",
                "methods": ["Invitee", "Attendee"],
            },
            {"id": "56825452554550002", "affiliation": "Unknown", "methods": ["Invitee"]},
        ],
    }


def transcript(number: int, *texts: str) -> CallTranscript:
    """An entry of `callTranscripts`: one monologue of a second for each text."""
    return {
        "callId": call_id(number),
        "transcript": [
            {
                "speakerId": "6432345678555530001",
                "topic": "Introduction",
                "sentences": [{"start": 1000 * place, "end": 1000 * place + 900, "text": text}],
            }
            for place, text in enumerate(texts or ("Hello there.", "Shall we begin?"))
        ],
    }


def call_id(number: int) -> str:
    """An id of 20 digits, over 64 bits, in the order of the numbers."""
    return str(99_000_000_000_000_000_000 + number)


def played(first: datetime) -> list[StagedCall]:
    """Every call of the demonstration, one a minute."""
    cast = {"seller": Employee("Ada Poe", "ada@ours.example"), "colleague": Employee("Bo Lin", "bo@ours.example", "77")}
    return [
        StagedCall(script, digits(19, script.slug), first + number * timedelta(minutes=1), cast)
        for number, script in enumerate(calls())
    ]
