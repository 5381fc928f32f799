"""An exported e-mail thread, read into a conversation whose turns are messages.

Three shapes are read, told apart by how they begin:

- a mailbox file (mbox): several RFC 5322 messages, each after a line `From …`;
- JSON: a list of `{from, to, cc, date, subject, text | html, message_id}`, or an object with it as `messages`;
- one RFC 5322 message (.eml). Where it quotes the thread, the quoted messages become turns, too. That is best effort:
  a quoted writer is known by an address beside the words or by a name that a header gives an address to, and is an
  unknown speaker otherwise; a quoted time that is not unmistakable (no zone) is put just before the message that quotes
  it. Of several messages only their own words are taken, and a message that is quoted but not there stays out.

Each message counts once, by its Message-ID, else by sender, time and words; in the order of time. Its words are without
quotations and signature. A turn's start and end are the milliseconds since the first message.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from shared.conversations.domain.conversation import Affiliation, Conversation, Party, Turn
from shared.conversations.wire.email_message import (
    Address,
    Message,
    Unreadable,
    from_bytes,
    from_json,
    written_address,
    written_date,
)
from shared.conversations.wire.email_words import Quoted, divided, own_words
from shared.kernel.errors import TooLarge

MAX_BYTES = 25_000_000
MAX_MESSAGES = 1_000
DEEPEST_QUOTATION = 50

_SEPARATOR = re.compile(rb"^From [^\r\n]*\r?\n(?=[!-9;-~]{1,80}:)", re.MULTILINE)
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
_THREAD_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TIME_IN_WORDS = re.compile(r"\d{1,2}:\d{2}")
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class _Said:
    """A message's own words. sender: None where nobody can tell."""

    sender: Address | None
    sent: datetime
    words: str


def parse_thread(data: bytes, *, home_domains: Collection[str] = (), thread_id: str | None = None) -> Conversation:
    """Returns the conversation (medium `email`) in the bytes.

    home_domains: domains of our own, their subdomains included: who writes from there is Internal, everybody else
    External; with none given everybody is Unknown.
    thread_id: 1-64 letters, digits, _ and -; without it the id is made from the thread's first Message-ID, so that a
    later export of the same thread has the same one.

    Raises Unreadable (a Malformed) naming the field, or TooLarge, and nothing else, whatever the bytes.
    """
    if len(data) > MAX_BYTES:
        raise TooLarge(f"{len(data)} bytes; up to {MAX_BYTES} are accepted.", field="body")
    if thread_id is not None and not _THREAD_ID.fullmatch(thread_id):
        raise Unreadable("1 to 64 letters, digits, _ and - are accepted.", field="thread_id")
    messages = _once(_messages(data))
    said = _history(messages[0]) if len(messages) == 1 else [_own(message) for message in messages]
    said = [one for one in said if one.words]
    if not said:
        raise Unreadable("No message says anything of its own.", field="messages")
    first = min(one.sent for one in said)
    turns = tuple(_turn(one, first) for one in said)
    return Conversation(
        call_id=thread_id or _identity(messages),
        started=first,
        duration_ms=max(turn.end_ms for turn in turns),
        parties=_parties(messages, said, home_domains),
        turns=turns,
        medium="email",
    )


def _messages(data: bytes) -> list[Message]:
    begun = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if begun[:1] in (b"[", b"{"):
        return [from_json(one, f"messages.{position}") for position, one in enumerate(_listed(begun))]
    if begun.startswith(b"From "):
        starts = list(_SEPARATOR.finditer(begun))
        if not starts or starts[0].start() != 0:
            raise Unreadable("A mailbox file begins with a line `From …` and a header below it.", field="messages")
        ends = [match.start() for match in starts[1:]] + [len(begun)]
        raw = [begun[match.end() : end] for match, end in zip(starts, ends, strict=True)]
        if len(raw) > MAX_MESSAGES:
            raise TooLarge(f"{len(raw)} messages; up to {MAX_MESSAGES} are accepted.", field="messages")
        return [from_bytes(_ESCAPED.sub(rb"\1", one), f"messages.{position}") for position, one in enumerate(raw)]
    if not begun:
        raise Unreadable("Nothing here; a mailbox file, a JSON list of messages or one message is accepted.")
    return [from_bytes(begun, "messages.0")]


def _listed(data: bytes) -> list[Any]:
    try:
        value = json.loads(data.decode("utf-8"))
    except RecursionError:
        raise Unreadable("The JSON is nested too deeply.") from None
    except ValueError as error:
        raise Unreadable(f"The bytes are no UTF-8 JSON: {type(error).__name__}.") from None
    listed = value.get("messages") if isinstance(value, dict) else value
    if not isinstance(listed, list) or not listed:
        raise Unreadable("A list of at least one message is accepted.", field="messages")
    if len(listed) > MAX_MESSAGES:
        raise TooLarge(f"{len(listed)} messages; up to {MAX_MESSAGES} are accepted.", field="messages")
    return listed


def _once(messages: Iterable[Message]) -> list[Message]:
    """Each message once, in the order of time."""
    found: dict[object, Message] = {}
    for message in sorted(messages, key=lambda one: (one.sent, one.sender.email, one.text)):
        found.setdefault(message.message_id or (message.sender.email, message.sent, own_words(message.text)), message)
    return list(found.values())


def _identity(messages: list[Message]) -> str:
    first = messages[0]
    root = next(iter(first.references), None) or first.message_id
    known = root or f"{first.sender.email}\n{first.sent.isoformat()}\n{first.subject or ''}"
    return f"thread-{hashlib.sha256(known.encode('utf-8', 'replace')).hexdigest()[:20]}"


def _own(message: Message) -> _Said:
    return _Said(message.sender, message.sent, own_words(message.text))


def _history(message: Message) -> list[_Said]:
    """The message and what it quotes, the newest first."""
    found = [_own(message)]
    by_name = {one.name.casefold(): one for one in (message.sender, *message.recipients) if one.name}
    quoted = divided(message.text).quoted
    while quoted is not None and len(found) <= DEEPEST_QUOTATION:
        before = found[-1].sent - _MILLISECOND
        when = _quoted_time(quoted)
        sent = when if when is not None and when < found[-1].sent else before
        found.append(_Said(_writer(quoted, by_name), sent, own_words(quoted.text)))
        quoted = divided(quoted.text).quoted
    return found


def _quoted_time(quoted: Quoted) -> datetime | None:
    if quoted.when is not None:
        return written_date(quoted.when)
    match = _TIME_IN_WORDS.search(quoted.who or "")
    if match is None:
        return None
    # "On Tue, 3 Mar 2026 at 10:02:11 +0100, Ada Brook wrote:"
    said = re.sub(r"\bat\b|,(?= \d{1,2}:)", "", (quoted.who or "").partition(" ")[2])
    zoned = re.match(r"(.{6,40}?\d{1,2}:\d{2}(?::\d{2})? ?[+-]\d{4})", said)
    return written_date(" ".join(zoned[1].split())) if zoned else None


def _writer(quoted: Quoted, by_name: dict[str, Address]) -> Address | None:
    who = quoted.who or ""
    address = written_address(who)
    if address is not None:
        return next((one for one in by_name.values() if one.email == address.email), address)
    named = [one for name, one in by_name.items() if name in who.casefold()]
    return named[0] if len(named) == 1 else None


def _turn(said: _Said, first: datetime) -> Turn:
    at = (said.sent - first) // _MILLISECOND
    return Turn(said.sender.email if said.sender else None, at, at, said.words)


def _parties(messages: list[Message], said: list[_Said], home_domains: Collection[str]) -> tuple[Party, ...]:
    """Everyone who writes or is written to, the writers first, by address."""
    writing = {one.sender.email for one in said if one.sender is not None}
    known: dict[str, Address] = {}
    senders = [one.sender for one in said if one.sender is not None]
    for one in (*senders, *(each for message in messages for each in (message.sender, *message.recipients))):
        if one.email not in known or (known[one.email].name is None and one.name):
            known[one.email] = replace(one)
    home = tuple(domain.lower().lstrip("@.") for domain in home_domains)
    return tuple(
        Party(
            speaker_id=email if email in writing else None,
            name=known[email].name,
            email=email,
            affiliation=_side(email, home),
        )
        for email in sorted(known, key=lambda one: (one not in writing, one))
    )


def _side(email: str, home: tuple[str, ...]) -> Affiliation:
    if not home:
        return Affiliation.UNKNOWN
    domain = email.rpartition("@")[2]
    ours = any(domain == one or domain.endswith(f".{one}") for one in home)
    return Affiliation.INTERNAL if ours else Affiliation.EXTERNAL
