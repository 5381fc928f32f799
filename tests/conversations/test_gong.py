"""Gong's transcripts and plain lists of turns: the shapes that are read, and what any other bytes give."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.conversations.domain.conversation import Conversation, choose_speaker
from shared.conversations.wire.gong import parse_conversations
from shared.conversations.wire.gong_json import Unreadable
from tests.harness.lent import lent
from tests.harness.transcripts import only_conversation

CASES = sorted((Path(__file__).parent / "cases" / "gong").glob("*.json"))
ROOT = Path(__file__).parents[2]
VENDORS = "samples/gong/openapi_example_calls_*.json"
PHONE_CALL = "samples/transcripts/harper_valley_004860b1ab2e4c88.json"


def as_data(conversation: Conversation) -> dict[str, Any]:
    name = conversation.call_id
    return {
        "call_id": "transcript-?" if name.startswith("transcript-") else name,
        "started": conversation.started.isoformat() if conversation.started else None,
        "duration_ms": conversation.duration_ms,
        "parties": [[p.speaker_id, p.name, p.email, p.affiliation, p.role] for p in conversation.parties],
        "turns": [[t.speaker_id, t.start_ms, t.end_ms, t.text] for t in conversation.turns],
    } | ({"set_aside": conversation.set_aside} if conversation.set_aside else {})


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    case = json.loads(path.read_text("utf-8"))
    data = json.dumps(case["input"]).encode()
    if "error" in case:
        with pytest.raises(Unreadable) as caught:
            parse_conversations(data)
        assert caught.value.field == case["error"]
    else:
        assert [as_data(one) for one in parse_conversations(data)] == case["expected"]


def transcript(*call_ids: str) -> bytes:
    sentence = {"start": 0, "end": 900, "text": "Hello."}
    calls = [{"callId": call_id, "transcript": [{"speakerId": "1", "sentences": [sentence]}]} for call_id in call_ids]
    return json.dumps({"callTranscripts": calls}).encode()


def test_details_come_beside_the_transcript() -> None:
    details = {"calls": [{"metaData": {"id": "42"}, "parties": [{"speakerId": "1", "affiliation": "Internal"}]}]}
    (conversation,) = parse_conversations(json.dumps(json.loads(transcript("42")) | details).encode())
    assert choose_speaker(conversation).speaker_id == "1"


def test_the_same_phone_call_has_the_same_id_however_often_it_is_read() -> None:
    turns = [{"speaker_role": "agent", "start_ms": 0, "duration_ms": 5, "transcript": "hello"}]
    data, other = json.dumps(turns).encode(), json.dumps(turns, indent=1).encode()
    assert only_conversation(data).call_id == only_conversation(data).call_id != only_conversation(other).call_id


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xfe{", b"[" * 100_000, b"NaN", b"1e999", b"9" * 5_000, b"null", b"[]", b'{"callTranscripts": NaN}'],
    ids=lambda data: repr(data[:12]),
)
def test_unreadable_bytes(data: bytes) -> None:
    with pytest.raises(Unreadable):
        parse_conversations(data)


def test_half_a_character_does_not_reach_the_domain() -> None:
    data = transcript("42").replace(b"Hello.", b"Hel\\ud800lo\\u0000.")
    (turn,) = only_conversation(data).turns
    assert turn.text == "Hel\ufffdlo ."
    assert turn.text.encode("utf-8")


def outcome(data: bytes) -> object:
    """Whatever the bytes: conversations or the one error; anything else fails the property."""
    try:
        return parse_conversations(data)
    except Unreadable as error:
        return error


@given(st.binary(max_size=200))
def test_any_bytes_give_conversations_or_the_one_error(data: bytes) -> None:
    assert isinstance(outcome(data), (tuple, Unreadable))


KEYS = st.sampled_from(
    [
        "callTranscripts",
        "callId",
        "transcript",
        "speakerId",
        "sentences",
        "start",
        "end",
        "text",
        "metaData",
        "parties",
        "calls",
        "id",
        "started",
        "duration",
        "emailAddress",
        "affiliation",
        "speaker_role",
        "start_ms",
        "duration_ms",
        "human_transcript",
        "errors",
    ]
)
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.sampled_from(["42", "Internal"])
)
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6), max_leaves=20
)


@given(JSON)
def test_any_json_in_the_vendor_s_words_gives_conversations_or_the_one_error(value: object) -> None:
    assert isinstance(outcome(json.dumps(value).encode()), (tuple, Unreadable))


PATHS = st.sampled_from(
    [
        ("callTranscripts",),
        ("callTranscripts", 0),
        ("callTranscripts", 0, "callId"),
        ("callTranscripts", 0, "transcript"),
        ("callTranscripts", 0, "transcript", 0),
        ("callTranscripts", 0, "transcript", 0, "speakerId"),
        ("callTranscripts", 0, "transcript", 0, "sentences"),
        ("callTranscripts", 0, "transcript", 0, "sentences", 0),
        ("callTranscripts", 0, "transcript", 0, "sentences", 0, "start"),
        ("callTranscripts", 0, "transcript", 0, "sentences", 0, "end"),
        ("callTranscripts", 0, "transcript", 0, "sentences", 0, "text"),
        ("calls", 0, "metaData"),
        ("calls", 0, "metaData", "started"),
        ("calls", 0, "metaData", "duration"),
        ("calls", 0, "parties"),
        ("calls", 0, "parties", 0),
        ("calls", 0, "parties", 0, "affiliation"),
        ("calls", 0, "parties", 0, "emailAddress"),
    ]
)


@given(PATHS, JSON)
def test_a_good_file_with_any_value_replaced_gives_conversations_or_the_one_error(
    path: tuple[str | int, ...], value: object
) -> None:
    body = json.loads((ROOT / "infra/demonstration/transcripts/slide_tour.json").read_bytes())
    *holders, last = path
    place: Any = body
    for step in holders:
        place = place[step]
    place[last] = value
    assert isinstance(outcome(json.dumps(body).encode()), (tuple, Unreadable))


class TestRealSamples:
    @pytest.mark.lent(VENDORS)
    def test_the_vendor_s_examples(self) -> None:
        details, transcripts = (json.loads(file.read_bytes()) for file in lent(VENDORS))
        conversation = only_conversation(json.dumps(transcripts | details).encode())
        assert len(conversation.turns) == 1
        assert choose_speaker(conversation, email="TEST@test.com").speaker_id == conversation.turns[0].speaker_id

    @pytest.mark.lent(PHONE_CALL)
    def test_the_phone_call(self) -> None:
        (file,) = lent(PHONE_CALL)
        conversation = only_conversation(file.read_bytes())
        assert len(conversation.turns) == 18
        assert choose_speaker(conversation).role == "agent"
