"""Reads Gong's transcripts, and the plain list of turns of a recorded phone call, into conversations.

Three shapes are read:

- the answer of `POST /v2/calls/transcript`, one call or several:
  `{"callTranscripts": [{"callId", "transcript": [{"speakerId", "topic", "sentences": [SENTENCE]}]}]}`,
  where a SENTENCE is `{"start", "end", "text"}`;
- the same in one file with what `POST /v2/calls/extensive` tells about the calls, either as its `calls`
  (`[{"metaData", "parties"}]`) or, for a single call, as `metaData` and `parties` beside the transcript;
- a list of turns, `[{"index", "speaker_role", "start_ms", "duration_ms", "human_transcript", "transcript"}]`,
  where a person's transcription is preferred to the machine's.

Sentences are in milliseconds, a call's duration in seconds. Ids are strings of up to 20 digits and stay so. A sentence
that cannot be read (it ends before it starts, has no end, is no text) is set aside and counted, never the call.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from shared.conversations.domain.conversation import Affiliation, Conversation, Party, Turn
from shared.conversations.wire import gong_json
from shared.conversations.wire.gong_json import Unreadable
from shared.kernel.json_values import JsonObject

MAX_MS = 7 * 24 * 3600 * 1000
"""A week: no recording is longer, and a time in another unit shows."""


def parse_conversations(data: bytes) -> tuple[Conversation, ...]:
    """Returns every conversation in the bytes, in the order given; none for the vendor's "No calls found" answer.

    Details of calls without a transcript are left out; a transcript without details has no parties and no start.
    Raises Unreadable, and nothing else, whatever the bytes.
    """
    body = gong_json.read(data)
    details = _details(body)
    if isinstance(body, list):
        return (_phone_call(body, data),)
    if not isinstance(body, dict):
        raise Unreadable("A JSON object or a list of turns is accepted.")
    if "callTranscripts" in body:
        calls = gong_json.a_list(body["callTranscripts"], "callTranscripts")
    elif "transcript" in body:
        calls = [body]
    elif _says_no_calls(body.get("errors")):
        return ()
    else:
        raise Unreadable("`callTranscripts`, or a list of turns, is missing.", field="callTranscripts")
    alone = _own_details(body) if len(calls) == 1 else None
    found: dict[str, Conversation] = {}
    for position, call in enumerate(calls):
        path = f"callTranscripts.{position}"
        conversation = _call(call, details, alone, path)
        if conversation.call_id in found:
            raise Unreadable(f"Call {conversation.call_id} is here twice.", field=f"{path}.callId")
        found[conversation.call_id] = conversation
    return tuple(found.values())


def _says_no_calls(errors: Any) -> bool:
    """Recognises an empty result, which Gong answers with an error text."""
    return isinstance(errors, list) and any(
        isinstance(one, str) and "no calls found" in one.casefold() for one in errors
    )


def _call(call: Any, details: Mapping[str, JsonObject], alone: JsonObject | None, path: str) -> Conversation:
    call = gong_json.an_object(call, path)
    call_id = gong_json.identifier(call.get("callId"), f"{path}.callId")
    detail = details.get(call_id or "", {})
    if alone is not None:
        named = gong_json.identifier(
            gong_json.an_object(alone.get("metaData") or {}, "metaData").get("id"), "metaData.id"
        )
        if named is not None and call_id is not None and named != call_id:
            raise Unreadable(f"The details are of call {named}, the transcript of call {call_id}.", field="metaData.id")
        call_id, detail = call_id or named, detail or alone
    if call_id is None:
        raise Unreadable("A call needs its id, a string of up to 20 digits.", field=f"{path}.callId")
    turns, set_aside = _monologues(call.get("transcript"), f"{path}.transcript")
    about = gong_json.an_object(detail.get("metaData") or {}, "metaData")
    seconds = gong_json.number(about.get("duration"), "metaData.duration", MAX_MS // 1000)
    return Conversation(
        call_id=call_id,
        started=gong_json.instant(about.get("started"), "metaData.started"),
        duration_ms=round(seconds * 1000) if seconds is not None else _end(turns),
        parties=_parties(detail.get("parties")),
        turns=tuple(turns),
        set_aside=set_aside,
    )


def _monologues(value: Any, path: str) -> tuple[list[Turn], int]:
    """Returns the turns, and how many sentences cannot be read; no transcript yet (null) has neither."""
    turns, odd = [], 0
    for monologue in gong_json.a_list([] if value is None else value, path):
        try:
            said = gong_json.an_object(monologue, path)
            speaker_id = gong_json.identifier(said.get("speakerId"), f"{path}.speakerId")
            given = gong_json.a_list(said.get("sentences") or [], f"{path}.sentences")
        except Unreadable:
            odd += 1
            continue
        read = [_sentence(one, f"{path}.sentences") for one in given]
        odd += read.count(None)
        sentences = sorted(one for one in read if one is not None and one[2])
        if sentences:
            end_ms, text = max(end for _, end, _ in sentences), "\n".join(text for _, _, text in sentences)
            text = text[: gong_json.LONGEST_TEXT]
            turns.append(Turn(speaker_id=speaker_id, start_ms=sentences[0][0], end_ms=end_ms, text=text))
    return turns, odd


def _sentence(value: Any, path: str) -> tuple[int, int, str] | None:
    """Returns a sentence's start, end and text; None where it cannot be read."""
    try:
        sentence = gong_json.an_object(value, path)
        start, end = _time(sentence.get("start"), f"{path}.start"), _time(sentence.get("end"), f"{path}.end")
        text = gong_json.text(sentence.get("text"), f"{path}.text")
    except Unreadable:
        return None
    return None if end < start or sentence.get("text") is None else (start, end, text)


def _phone_call(items: list[Any], data: bytes) -> Conversation:
    if not items:
        raise Unreadable("The list of turns is empty.")
    read = [_phone_turn(item, "turns") for item in gong_json.a_list(items, "turns")]
    turns = [turn for turn in read if turn is not None and turn.text]
    roles = dict.fromkeys(turn.speaker_id for turn in read if turn is not None and turn.speaker_id is not None)
    if len(read) == read.count(None):
        raise Unreadable("No turn of the list can be read.", field="turns")
    return Conversation(
        # The file names no call. The same bytes are the same call, however often they are read.
        call_id=f"transcript-{hashlib.sha256(data).hexdigest()[:16]}",
        started=None,
        duration_ms=_end(turns),
        parties=tuple(Party(speaker_id=role, role=role) for role in roles),
        turns=tuple(turns),
        set_aside=read.count(None),
    )


def _phone_turn(item: Any, path: str) -> Turn | None:
    """Returns a turn, whose text may be empty; None where it cannot be read."""
    try:
        item = gong_json.an_object(item, path)
        role = gong_json.identifier(item.get("speaker_role"), f"{path}.speaker_role")
        start = _time(item.get("start_ms"), f"{path}.start_ms")
        end = start + _time(item.get("duration_ms"), f"{path}.duration_ms")
        text = gong_json.text(item.get("human_transcript"), f"{path}.human_transcript")
        text = text or gong_json.text(item.get("transcript"), f"{path}.transcript")
    except Unreadable:
        return None
    return Turn(speaker_id=role, start_ms=start, end_ms=end, text=text)


def _details(body: Any) -> dict[str, JsonObject]:
    """Returns what `calls` of an extensive answer tells, by call id."""
    if not isinstance(body, dict) or body.get("calls") is None:
        return {}
    found = {}
    for position, call in enumerate(gong_json.a_list(body["calls"], "calls")):
        call = gong_json.an_object(call, f"calls.{position}")
        about = gong_json.an_object(call.get("metaData") or {}, f"calls.{position}.metaData")
        call_id = gong_json.identifier(about.get("id"), f"calls.{position}.metaData.id")
        if call_id is not None:
            found[call_id] = call
    return found


def _own_details(body: JsonObject) -> JsonObject | None:
    return body if body.get("metaData") is not None or body.get("parties") is not None else None


def _parties(value: Any) -> tuple[Party, ...]:
    found = []
    for position, party in enumerate(gong_json.a_list(value or [], "parties")):
        path = f"parties.{position}"
        party = gong_json.an_object(party, path)
        affiliation = party.get("affiliation")
        known = [one.value for one in Affiliation]
        found.append(
            Party(
                speaker_id=gong_json.identifier(party.get("speakerId"), f"{path}.speakerId"),
                name=gong_json.text(party.get("name"), f"{path}.name") or None,
                email=gong_json.text(party.get("emailAddress"), f"{path}.emailAddress") or None,
                # A value that the vendor adds one day says nothing to us, and is no reason to lose the call.
                affiliation=Affiliation(affiliation) if affiliation in known else Affiliation.UNKNOWN,
            )
        )
    return tuple(found)


def _time(value: Any, path: str) -> int:
    number = gong_json.number(value, path, MAX_MS)
    if number is None:
        raise Unreadable("A time in milliseconds is missing.", field=path)
    return round(number)


def _end(turns: list[Turn]) -> int:
    return max((turn.end_ms for turn in turns), default=0)
