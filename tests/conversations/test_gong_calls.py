"""Gong's answers and webhook: the shapes that are read, and what any other bytes give."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.conversations.domain.conversation import Said
from shared.conversations.domain.recorded_call import CallParty, RecordedCall
from shared.conversations.wire.gong_calls import (
    CallsAnswer,
    ErrorAnswer,
    TestCall,
    parse_calls,
    parse_error,
    parse_said,
    parse_webhook,
)
from shared.conversations.wire.gong_json import Unreadable
from tests.harness.lent import lent

CASES = sorted((Path(__file__).parent / "cases" / "gong_calls").glob("*.json"))
VENDORS = "samples/gong/*.json"


def said(thing: Any) -> dict[str, Any]:
    """The fields of a dataclass that differ from its defaults."""
    return {one.name: value for one in fields(thing) if (value := getattr(thing, one.name)) != one.default}


def call_as_data(call: RecordedCall) -> dict[str, Any]:
    found = said(call)
    found["started"] = call.started.isoformat()
    if call.scheduled:
        found["scheduled"] = call.scheduled.isoformat()
    if call.parties:
        found["parties"] = [said(one) for one in call.parties]
    if call.crm:
        found["crm"] = [[one.kind, one.object_id, [list(pair) for pair in one.fields]] for one in call.crm]
    return found


def answer_as_data(answer: CallsAnswer) -> dict[str, Any]:
    return {
        "calls": [call_as_data(one) for one in answer.calls],
        "unreadable": [[one.call_id, one.place] for one in answer.unreadable],
        "cursor": answer.cursor,
    }


def webhook_as_data(data: bytes) -> Any:
    found = parse_webhook(data)
    return "test" if isinstance(found, TestCall) else call_as_data(found)


def turns_as_data(data: bytes, call_id: str) -> Any:
    said = parse_said(data, call_id)
    return None if said is None else [[t.speaker_id, t.start_ms, t.end_ms, t.text] for t in said.turns]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    case = json.loads(path.read_text("utf-8"))
    data = case["raw"].encode() if "raw" in case else json.dumps(case["input"]).encode()
    readers: dict[str, Callable[[], Any]] = {
        "calls": lambda: answer_as_data(parse_calls(data)),
        "webhook": lambda: webhook_as_data(data),
        "turns": lambda: turns_as_data(data, case["call_id"]),
        "error": lambda: asdict(parse_error(data)),
    }
    read = readers[case["reads"]]
    if "error" in case:
        with pytest.raises(Unreadable) as caught:
            read()
        assert (caught.value.field, caught.value.status) == (case["error"], 400)
    else:
        assert read() == case["expected"]


def test_an_unreadable_call_is_kept_as_it_came_but_shown_to_nobody() -> None:
    answer = parse_calls(b'{"calls": [{"metaData": {"id": "41"}, "parties": [{"name": "Ada Poe"}]}]}')
    (odd,) = answer.unreadable
    assert json.loads(odd.raw) == {"metaData": {"id": "41"}, "parties": [{"name": "Ada Poe"}]}
    assert "Ada" not in repr(odd)
    assert "Ada" not in odd.detail


def test_types_of_crm_values_are_kept() -> None:
    values = [True, 1, 1.0, "1", "false", None]
    record = {"objectType": "Deal", "fields": [{"name": str(n), "value": value} for n, value in enumerate(values)]}
    call = {"metaData": {"id": "1", "started": "2026-03-02T17:30:00Z"}, "context": [{"objects": [record]}]}
    (found,) = parse_calls(json.dumps({"calls": [call]}).encode()).calls
    assert [(type(value), value) for _, value in found.crm[0].fields] == [(type(value), value) for value in values]


READERS: list[Callable[[bytes], object]] = [
    parse_calls,
    parse_webhook,
    parse_error,
    lambda data: parse_said(data, "42"),
]


def outcomes(data: bytes) -> list[object]:
    """What each parser makes of the bytes: its value or the one error; anything else fails the property."""
    found: list[object] = []
    for reader in READERS:
        try:
            found.append(reader(data))
        except Unreadable as error:
            found.append(error)
    return found


def assert_values_or_the_one_error(data: bytes) -> None:
    calls, webhook, error, turns = outcomes(data)
    assert isinstance(calls, (CallsAnswer, Unreadable))
    assert isinstance(webhook, (RecordedCall, TestCall, Unreadable))
    assert isinstance(error, ErrorAnswer)
    assert turns is None or isinstance(turns, (Said, Unreadable))
    if isinstance(calls, CallsAnswer):
        for call in calls.calls:
            assert_sound(call)
    if isinstance(webhook, RecordedCall):
        assert_sound(webhook)


def assert_sound(call: RecordedCall) -> None:
    """What the rest of the platform relies upon."""
    assert 0 < len(call.call_id) <= 64
    assert "/" not in call.call_id
    assert call.started.tzinfo is not None
    assert call.duration_seconds >= 0
    assert all(party.email is None or party.email == party.email.lower() for party in call.parties)
    stored = json.dumps(
        {
            "texts": [call.title, call.url, *(party.name for party in call.parties)],
            "crm": [list(record.fields) for record in call.crm],
        },
        allow_nan=False,
        ensure_ascii=False,
    )
    assert stored.encode("utf-8")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe{",
        b"[" * 100_000,
        b'{"calls": [' + b"[" * 900 + b"]" * 900 + b"]}",
        b"NaN",
        b"1e999",
        b"9" * 5_000,
    ],
    ids=lambda data: repr(data[:12]),
)
def test_unreadable_bytes(data: bytes) -> None:
    assert_values_or_the_one_error(data)


@given(st.binary(max_size=200))
def test_any_bytes_give_values_or_the_one_error(data: bytes) -> None:
    assert_values_or_the_one_error(data)


GOOD_CALL = {
    "metaData": {
        "id": "42",
        "url": "https://app.gong.example/call?id=42",
        "title": "Demo",
        "scheduled": "2026-03-02T17:30:00Z",
        "started": "2026-03-02T09:31:00-08:00",
        "duration": 1834,
        "direction": "Conference",
        "scope": "External",
        "language": "eng",
        "isPrivate": False,
    },
    "context": [
        {
            "system": "Salesforce",
            "objects": [
                {
                    "objectType": "Opportunity",
                    "objectId": "0061Q00000mkU1fQAX",
                    "timing": "Now",
                    "fields": [{"name": "Amount", "value": 50_000}],
                }
            ],
        }
    ],
    "parties": [
        {
            "id": "5",
            "emailAddress": "ada@ours.example",
            "name": "Ada Poe",
            "title": "Solutions Engineer",
            "userId": "23",
            "speakerId": "64",
            "affiliation": "Internal",
            "methods": ["Invitee", "Attendee"],
        }
    ],
}
GOOD = {
    "calls": [GOOD_CALL],
    "records": {"cursor": "abc"},
    "callData": GOOD_CALL,
    "isTest": False,
    "isPrivate": False,
    "errors": ["No calls found"],
    "callTranscripts": [
        {"callId": "42", "transcript": [{"speakerId": "64", "sentences": [{"start": 0, "end": 9, "text": "Hi."}]}]}
    ],
}
"""All the shapes in one: each parser reads its own part."""


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] * bool(path) + [found for key, one in inner for found in places(one, (*path, key))]


PLACES = places(GOOD)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(
        ["42", "Internal", "Attendee", "TimeOfCall", "false", "\ud800", "\x00", "0001-01-01T00:00:00+14:00", 10**20]
    ),
)
KEYS = st.sampled_from(sorted({str(step) for place in PLACES for step in place if isinstance(step, str)}))
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6), max_leaves=20
)


@given(JSON)
def test_any_json_in_the_vendor_s_words_gives_values_or_the_one_error(value: object) -> None:
    assert_values_or_the_one_error(json.dumps(value).encode())


REMOVED = object()


@given(st.lists(st.tuples(st.sampled_from(PLACES), JSON | st.just(REMOVED)), min_size=1, max_size=4))
def test_a_good_answer_with_parts_replaced_or_removed_gives_values_or_the_one_error(
    changes: list[tuple[tuple[Any, ...], Any]],
) -> None:
    body = json.loads(json.dumps(GOOD))
    for path, value in changes:
        *holders, last = path
        place: Any = body
        try:
            for step in holders:
                place = place[step]
            if value is REMOVED:
                del place[last]
            else:
                place[last] = value
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    assert_values_or_the_one_error(json.dumps(body).encode())


def test_the_good_answer_is_read_whole() -> None:
    calls, webhook, error, turns = outcomes(json.dumps(GOOD).encode())
    assert isinstance(calls, CallsAnswer)
    assert calls.calls == (webhook,)
    assert calls.cursor == "abc"
    assert calls.calls[0].parties[0] == CallParty(
        "5",
        "64",
        "23",
        "Ada Poe",
        "ada@ours.example",
        "Solutions Engineer",
        calls.calls[0].parties[0].affiliation,
        True,
    )
    assert error == ErrorAnswer(nothing_found=True)
    assert isinstance(turns, Said)
    assert len(turns.turns) == 1


@pytest.mark.lent(VENDORS)
class TestRealSamples:
    def read(self, name: str) -> bytes:
        return next(file for file in lent(VENDORS) if file.stem == name).read_bytes()

    def test_the_vendor_s_example_of_details(self) -> None:
        answer = parse_calls(self.read("openapi_example_calls_extensive"))
        assert (len(answer.calls), answer.unreadable) == (1, ())
        assert answer.cursor is not None
        assert answer.calls[0].parties[0].email == "test@test.com"

    def test_the_vendor_s_example_of_turns(self) -> None:
        said = parse_said(self.read("openapi_example_calls_transcript"), "7782342274025937895")
        assert said is not None
        assert [turn.start_ms for turn in said.turns] == [460230]

    def test_the_vendor_s_example_of_a_webhook(self) -> None:
        call = parse_webhook(self.read("webhook_call_completed"))
        assert isinstance(call, RecordedCall)
        opportunity = call.crm_object("Opportunity")
        assert opportunity is not None
        assert opportunity.field("mrr__c") == 4166.67
        assert [party.attended for party in call.parties] == [True, True]
