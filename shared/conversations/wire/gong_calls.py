"""Says what Gong's interface answers and sends about calls, read into the domain.

- `POST /v2/calls/extensive`: `{"records": {"cursor"?}, "calls": [{"metaData", "context", "parties"}]}`
- `POST /v2/calls/transcript`: `{"callTranscripts": [{"callId", "transcript"}]}`
- the webhook of a finished call: `{"callData": {"metaData", "context", "parties"}, "isTest", "isPrivate"?}`
- an error: `{"requestId", "errors": [text]}`, which is also how an empty result is told (with status 404)

Each parser gives its value or raises Unreadable, and nothing else, whatever the bytes. A party may lack any of
`speakerId`, `userId` and `emailAddress`; values of the CRM are numbers, texts and truths as the CRM's administrator
pleases, the text "false" among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from shared.conversations.domain.conversation import Affiliation, Said
from shared.conversations.domain.recorded_call import CallParty, CrmObject, CrmValue, RecordedCall, UnreadableCall
from shared.conversations.wire import gong_json
from shared.conversations.wire.gong import MAX_MS, parse_conversations
from shared.conversations.wire.gong_json import Unreadable

_LONGEST_CURSOR = 10_000
_INT64 = range(-(2**63), 2**63)


@dataclass(frozen=True, slots=True)
class CallsAnswer:
    """A page of calls, each once. cursor: of the next page, None on the last.

    unreadable: entries that cannot be read; they are reported rather than raised, so that one odd call does not hide
                the other ninety-nine
    """

    calls: tuple[RecordedCall, ...]
    unreadable: tuple[UnreadableCall, ...] = ()
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class TestCall:
    """The webhook was tried out ("Test now"): there is nothing to do but to answer that it works."""

    __test__ = False  # no test of ours, whatever its name begins with


@dataclass(frozen=True, slots=True)
class ErrorAnswer:
    """Says what an error's body says. nothing_found: the answer is an empty list; cursor_expired: begin again."""

    nothing_found: bool = False
    cursor_expired: bool = False


def parse_calls(data: bytes) -> CallsAnswer:
    """Returns the answer of `/v2/calls/extensive`; Unreadable is raised when it is none, an odd entry is listed
    apart."""
    body = gong_json.an_object(gong_json.read(data), None)
    calls: dict[str, RecordedCall] = {}
    unreadable = []
    for position, entry in enumerate(gong_json.a_list(body.get("calls"), "calls")):
        try:
            call = _recorded_call(entry, f"calls.{position}")
        except Unreadable as error:
            unreadable.append(UnreadableCall(_call_id_if_any(entry), error.detail, error.field, _as_it_came(entry)))
        else:
            calls[call.call_id] = call
    return CallsAnswer(tuple(calls.values()), tuple(unreadable), _cursor(body.get("records")))


def parse_said(data: bytes, call_id: str) -> Said | None:
    """Returns what was said in the call, from `/v2/calls/transcript`; None when it is not in there."""
    body = gong_json.an_object(gong_json.read(data), None)
    if "callTranscripts" not in body:
        raise Unreadable("`callTranscripts` is missing.", field="callTranscripts")
    found = (one for one in parse_conversations(data) if one.call_id == call_id)
    return next((Said(one.turns, one.set_aside) for one in found), None)


def parse_webhook(data: bytes) -> RecordedCall | TestCall:
    """Returns the body that Gong posts when a call's rule fires; a trial may carry a call, or an empty `callData`."""
    body = gong_json.an_object(gong_json.read(data), None)
    if gong_json.truth(body.get("isTest"), "isTest"):
        return TestCall()
    private = gong_json.truth(body.get("isPrivate"), "isPrivate")
    return _recorded_call(body.get("callData"), "callData", private=private)


def parse_error(data: bytes) -> ErrorAnswer:
    """Returns what an answer with an error status says. A body that is not Gong's (a gateway's page) says nothing."""
    try:
        body = gong_json.read(data)
    except Unreadable:
        return ErrorAnswer()
    errors = body.get("errors") if isinstance(body, dict) else None
    texts = [one.casefold() for one in errors if isinstance(one, str)] if isinstance(errors, list) else []
    return ErrorAnswer(
        nothing_found=any("no calls found" in one for one in texts),
        cursor_expired=any("cursor" in one and "expired" in one for one in texts),
    )


def _recorded_call(entry: Any, path: str, *, private: bool = False) -> RecordedCall:
    entry = gong_json.an_object(entry, path)
    about = gong_json.an_object(entry.get("metaData") or {}, f"{path}.metaData")

    def word(name: str) -> str | None:
        return gong_json.text(about.get(name), f"{path}.metaData.{name}") or None

    call_id = gong_json.call_identifier(about.get("id"), f"{path}.metaData.id")
    scheduled = gong_json.instant(about.get("scheduled"), f"{path}.metaData.scheduled")
    started = gong_json.instant(about.get("started"), f"{path}.metaData.started") or scheduled
    if started is None:
        raise Unreadable("A call needs the moment of its start.", field=f"{path}.metaData.started")
    seconds = gong_json.number(about.get("duration"), f"{path}.metaData.duration", MAX_MS // 1000)
    url = word("url")
    return RecordedCall(
        call_id=call_id,
        started=started,
        scheduled=scheduled,
        duration_seconds=round(seconds or 0),
        # It becomes a link on our pages.
        url=url if url is not None and url.startswith(("https://", "http://")) else None,
        title=word("title"),
        direction=word("direction"),
        scope=word("scope"),
        language=word("language"),
        private=gong_json.truth(about.get("isPrivate"), f"{path}.metaData.isPrivate") or private,
        parties=tuple(_parties(entry.get("parties"), f"{path}.parties")),
        crm=_crm_objects(entry.get("context"), f"{path}.context"),
    )


def _parties(value: Any, path: str) -> Iterator[CallParty]:
    for position, party in enumerate(gong_json.a_list(value or [], path)):
        here = f"{path}.{position}"
        party = gong_json.an_object(party, here)
        speaker_id = gong_json.identifier(party.get("speakerId"), f"{here}.speakerId")
        affiliation = party.get("affiliation")
        yield CallParty(
            party_id=gong_json.identifier(party.get("id"), f"{here}.id"),
            speaker_id=speaker_id,
            user_id=gong_json.identifier(party.get("userId"), f"{here}.userId"),
            name=gong_json.text(party.get("name"), f"{here}.name") or None,
            email=gong_json.text(party.get("emailAddress"), f"{here}.emailAddress").lower() or None,
            title=gong_json.text(party.get("title"), f"{here}.title") or None,
            # A value that the vendor adds one day says nothing to us, and is no reason to lose the call.
            affiliation=next((one for one in Affiliation if one == affiliation), Affiliation.UNKNOWN),
            # Whoever has a voice in the recording was there, invited or not.
            attended=True if speaker_id is not None else _attended(party.get("methods"), f"{here}.methods"),
        )


def _attended(methods: Any, path: str) -> bool | None:
    known = gong_json.a_list(methods or [], path)
    if "Attendee" in known:
        return True
    return False if "Invitee" in known else None


def _crm_objects(value: Any, path: str) -> tuple[CrmObject, ...]:
    """Returns each attached record once. What it said at the time of the call goes before what it says now."""
    then: dict[tuple[str, str], dict[str, CrmValue]] = {}
    now: dict[tuple[str, str], dict[str, CrmValue]] = {}
    for position, system in enumerate(gong_json.a_list(value or [], path)):
        system = gong_json.an_object(system, f"{path}.{position}")
        for number, record in enumerate(gong_json.a_list(system.get("objects") or [], f"{path}.{position}.objects")):
            here = f"{path}.{position}.objects.{number}"
            record = gong_json.an_object(record, here)
            kind = gong_json.text(record.get("objectType"), f"{here}.objectType")
            if not kind:
                continue
            key = (kind, gong_json.identifier(record.get("objectId"), f"{here}.objectId") or "")
            values, other = (then, now) if record.get("timing") == "TimeOfCall" else (now, then)
            other.setdefault(key, {})
            known = values.setdefault(key, {})
            for name, content in _fields(record.get("fields"), f"{here}.fields"):
                known.setdefault(name, content)
    return tuple(
        CrmObject(*key, tuple({**said, **{n: v for n, v in now[key].items() if n not in said}}.items()))
        for key, said in then.items()
    )


def _fields(value: Any, path: str) -> Iterator[tuple[str, CrmValue]]:
    for position, one in enumerate(gong_json.a_list(value or [], path)):
        one = gong_json.an_object(one, f"{path}.{position}")
        name = gong_json.text(one.get("name"), f"{path}.{position}.name")
        if name:
            yield name, _crm_value(one.get("value"), f"{path}.{position}.value")


def _crm_value(value: Any, path: str) -> CrmValue:
    """Returns a value as it came; what is nested, or too large an integer for a store, as its JSON text."""
    if isinstance(value, str):
        return gong_json.text(value, path)
    if value is None or isinstance(value, (bool, float)) or (isinstance(value, int) and value in _INT64):
        return value
    return gong_json.written(value).decode("ascii")


def _cursor(records: Any) -> str | None:
    cursor = gong_json.an_object(records or {}, "records").get("cursor")
    if cursor is None or cursor == "":
        return None
    if isinstance(cursor, str) and len(cursor) <= _LONGEST_CURSOR and cursor.isascii() and cursor.isprintable():
        return cursor
    raise Unreadable("A cursor of printable characters is accepted.", field="records.cursor")


def _call_id_if_any(entry: Any) -> str | None:
    try:
        about = gong_json.an_object(gong_json.an_object(entry, "").get("metaData"), "")
        return gong_json.call_identifier(about.get("id"), "")
    except Unreadable:
        return None


def _as_it_came(entry: Any) -> bytes:
    try:
        return gong_json.written(entry)
    except Unreadable:
        return b""
