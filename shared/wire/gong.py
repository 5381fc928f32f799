"""Gong's transcripts, and the plain list of turns of a recorded phone call, read into conversations.

Three shapes are read:

- the answer of `POST /v2/calls/transcript`, one call or several:
  `{"callTranscripts": [{"callId", "transcript": [{"speakerId", "topic", "sentences": [SENTENCE]}]}]}`,
  where a SENTENCE is `{"start", "end", "text"}`;
- the same in one file with what `POST /v2/calls/extensive` tells about the calls, either as its `calls`
  (`[{"metaData", "parties"}]`) or, for a single call, as `metaData` and `parties` beside the transcript;
- a list of turns, `[{"index", "speaker_role", "start_ms", "duration_ms", "human_transcript", "transcript"}]`,
  where a person's transcription is preferred to the machine's.

Sentences are in milliseconds, a call's duration in seconds. Ids are strings of up to 20 digits and stay so.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime
from typing import Any, NoReturn

from shared.domain.conversation import Affiliation, Conversation, Party, Turn
from shared.domain.errors import Rejected

MAX_TURNS = 20_000
"""A turn a second for five and a half hours."""

MAX_MS = 7 * 24 * 3600 * 1000
"""A week: no recording is longer, and a time in another unit shows."""

_ID = re.compile(r"[!-~]{1,64}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


class UnreadableTranscript(Rejected):
    """The bytes are no transcript that we read; detail and field say why and where."""

    status = 400
    title = "The transcript cannot be read"


def parse_conversation(data: bytes, *, call_id: str | None = None) -> Conversation:
    """The one conversation in the bytes, or the one named by `call_id` where there are several.

    Raises UnreadableTranscript, and nothing else, whatever the bytes.
    """
    found = parse_conversations(data)
    if call_id is not None:
        named = tuple(one for one in found if one.call_id == call_id)
        if not named:
            raise _unreadable(f"No call {call_id} here; there are: {_listed(found)}.", "callId")
        found = named
    if len(found) != 1:
        raise _unreadable(f"One call is accepted, or the name of one; there are: {_listed(found)}.", "callTranscripts")
    return found[0]


def parse_conversations(data: bytes, extensive: bytes | None = None) -> tuple[Conversation, ...]:
    """Every conversation in the bytes, in the order given; none for the vendor's "No calls found" answer.

    extensive: the answer of `/v2/calls/extensive` when it comes apart from the transcripts. Details of calls
    without a transcript are left out; a transcript without details has no parties and no start.

    Raises UnreadableTranscript, and nothing else, whatever the bytes.
    """
    body = _json(data)
    details = _details(body, "")
    if extensive is not None:
        details |= _details(_json(extensive), "extensive.")
    if isinstance(body, list):
        return (_phone_call(body, data),)
    if not isinstance(body, dict):
        raise _unreadable("A JSON object or a list of turns is accepted.", None)
    if "callTranscripts" in body:
        calls = _list(body["callTranscripts"], "callTranscripts")
    elif "transcript" in body:
        calls = [body]
    elif _says_no_calls(body.get("errors")):
        return ()
    else:
        raise _unreadable("`callTranscripts`, or a list of turns, is missing.", "callTranscripts")
    alone = _own_details(body) if len(calls) == 1 else None
    found: dict[str, Conversation] = {}
    for position, call in enumerate(calls):
        path = f"callTranscripts.{position}"
        conversation = _call(call, details, alone, path)
        if conversation.call_id in found:
            raise _unreadable(f"Call {conversation.call_id} is here twice.", f"{path}.callId")
        found[conversation.call_id] = conversation
    return tuple(found.values())


def _says_no_calls(errors: Any) -> bool:
    """Gong answers an empty result with an error text."""
    return isinstance(errors, list) and any(
        isinstance(one, str) and "no calls found" in one.casefold() for one in errors
    )


def _listed(found: tuple[Conversation, ...]) -> str:
    return ", ".join(one.call_id for one in found[:20]) or "none"


def _call(call: Any, details: dict[str, dict[str, Any]], alone: dict[str, Any] | None, path: str) -> Conversation:
    call = _object(call, path)
    call_id = _identifier(call.get("callId"), f"{path}.callId")
    detail = details.get(call_id or "", {})
    if alone is not None:
        named = _identifier(_object(alone.get("metaData") or {}, "metaData").get("id"), "metaData.id")
        if named is not None and call_id is not None and named != call_id:
            raise _unreadable(f"The details are of call {named}, the transcript of call {call_id}.", "metaData.id")
        call_id, detail = call_id or named, detail or alone
    if call_id is None:
        raise _unreadable("A call needs its id, a string of up to 20 digits.", f"{path}.callId")
    turns = _monologues(call.get("transcript"), f"{path}.transcript")
    about = _object(detail.get("metaData") or {}, "metaData")
    seconds = _number(about.get("duration"), "metaData.duration", MAX_MS // 1000)
    return Conversation(
        call_id=call_id,
        started=_instant(about.get("started"), "metaData.started"),
        duration_ms=round(seconds * 1000) if seconds is not None else _end(turns),
        parties=_parties(detail.get("parties")),
        turns=tuple(turns),
    )


def _monologues(value: Any, path: str) -> list[Turn]:
    turns = []
    for position, monologue in enumerate(_list(value, path)):
        here = f"{path}.{position}"
        monologue = _object(monologue, here)
        sentences = []
        for number, sentence in enumerate(_list(monologue.get("sentences") or [], f"{here}.sentences")):
            at = f"{here}.sentences.{number}"
            sentence = _object(sentence, at)
            start, end = _time(sentence.get("start"), f"{at}.start"), _time(sentence.get("end"), f"{at}.end")
            if end < start:
                raise _unreadable(f"The sentence ends ({end} ms) before it starts ({start} ms).", f"{at}.end")
            text = _text(sentence.get("text"), f"{at}.text")
            if text:
                sentences.append((start, end, text))
        if sentences:
            sentences.sort()
            turns.append(
                Turn(
                    speaker_id=_identifier(monologue.get("speakerId"), f"{here}.speakerId"),
                    start_ms=sentences[0][0],
                    end_ms=max(end for _, end, _ in sentences),
                    text="\n".join(text for _, _, text in sentences),
                )
            )
    return turns


def _phone_call(items: list[Any], data: bytes) -> Conversation:
    if not items:
        raise _unreadable("The list of turns is empty.", None)
    turns = []
    roles: list[str] = []
    for position, item in enumerate(_list(items, "turns")):
        path = f"{position}"
        item = _object(item, path)
        role = _identifier(item.get("speaker_role"), f"{path}.speaker_role")
        if role is not None and role not in roles:
            roles.append(role)
        start = _time(item.get("start_ms"), f"{path}.start_ms")
        text = _text(item.get("human_transcript"), f"{path}.human_transcript") or _text(
            item.get("transcript"), f"{path}.transcript"
        )
        end = start + _time(item.get("duration_ms"), f"{path}.duration_ms")
        if text:
            turns.append(Turn(speaker_id=role, start_ms=start, end_ms=end, text=text))
    return Conversation(
        # The file names no call. The same bytes are the same call, however often they are read.
        call_id=f"transcript-{hashlib.sha256(data).hexdigest()[:16]}",
        started=None,
        duration_ms=_end(turns),
        parties=tuple(Party(speaker_id=role, role=role) for role in roles),
        turns=tuple(turns),
    )


def _details(body: Any, path: str) -> dict[str, dict[str, Any]]:
    """What `calls` of an extensive answer tells, by call id."""
    if not isinstance(body, dict) or body.get("calls") is None:
        return {}
    found = {}
    for position, call in enumerate(_list(body["calls"], f"{path}calls")):
        call = _object(call, f"{path}calls.{position}")
        about = _object(call.get("metaData") or {}, f"{path}calls.{position}.metaData")
        call_id = _identifier(about.get("id"), f"{path}calls.{position}.metaData.id")
        if call_id is not None:
            found[call_id] = call
    return found


def _own_details(body: dict[str, Any]) -> dict[str, Any] | None:
    return body if body.get("metaData") is not None or body.get("parties") is not None else None


def _parties(value: Any) -> tuple[Party, ...]:
    found = []
    for position, party in enumerate(_list(value or [], "parties")):
        path = f"parties.{position}"
        party = _object(party, path)
        affiliation = party.get("affiliation")
        known = [one.value for one in Affiliation]
        found.append(
            Party(
                speaker_id=_identifier(party.get("speakerId"), f"{path}.speakerId"),
                name=_text(party.get("name"), f"{path}.name") or None,
                email=_text(party.get("emailAddress"), f"{path}.emailAddress") or None,
                # A value that the vendor adds one day says nothing to us, and is no reason to lose the call.
                affiliation=Affiliation(affiliation) if affiliation in known else Affiliation.UNKNOWN,
            )
        )
    return tuple(found)


def _json(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=_constant)
    except RecursionError:
        raise _unreadable("The JSON is nested too deeply.", None) from None
    except ValueError as error:
        raise _unreadable(f"The bytes are no UTF-8 JSON: {type(error).__name__}.", None) from None


def _constant(name: str) -> NoReturn:
    raise ValueError(name)


def _object(value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _unreadable("An object is accepted.", path)
    return value


def _list(value: Any, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise _unreadable("A list is accepted.", path)
    if len(value) > MAX_TURNS:
        raise _unreadable(f"{len(value)} entries; up to {MAX_TURNS} are accepted.", path)
    return value


def _identifier(value: Any, path: str) -> str | None:
    """An id as text; numbers are taken as their digits, since some exports drop the quotes."""
    if value is None or value == "":
        return None
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**20:
        return str(value)
    if isinstance(value, str) and _ID.fullmatch(value):
        return value
    raise _unreadable("An id of 1 to 64 printable characters without spaces is accepted.", path)


def _text(value: Any, path: str) -> str:
    """Text on one line, without control characters and halves of characters (they have no UTF-8)."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _unreadable("A text is accepted.", path)
    return _CONTROL.sub(" ", _SURROGATE.sub("\ufffd", value)).strip()


def _number(value: Any, path: str, largest: int) -> float | int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= largest:
        raise _unreadable(f"A number from 0 to {largest} is accepted.", path)
    return value


def _time(value: Any, path: str) -> int:
    number = _number(value, path, MAX_MS)
    if number is None:
        raise _unreadable("A time in milliseconds is missing.", path)
    return round(number)


def _instant(value: Any, path: str) -> datetime | None:
    if value is None or value == "":
        return None
    try:
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is not None:
            return instant.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        pass
    raise _unreadable("An ISO 8601 instant with its offset is accepted, like 2026-03-02T09:30:00-08:00.", path)


def _end(turns: list[Turn]) -> int:
    return max((turn.end_ms for turn in turns), default=0)


def _unreadable(detail: str, field: str | None) -> UnreadableTranscript:
    return UnreadableTranscript(detail, field=field)
