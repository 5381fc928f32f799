"""Reads an exported e-mail thread into a conversation whose turns are messages.

Three shapes are read, told apart by how they begin:

- a mailbox file (mbox): several RFC 5322 messages, each after a line `From …`;
- JSON: a list of `{from, to, cc, date, subject, text | html, message_id}`, or an object with it as `messages`;
- one RFC 5322 message (.eml). Where it quotes the thread, the quoted messages become turns, too. That is best effort:
  a quoted writer is known by an address beside the words or by a name that a header gives an address to, and is an
  unknown speaker otherwise; a quoted time that is not unmistakable (no zone) is put just before the message that quotes
  it. Since only the quotation says so, it is in doubt that these are their words. Of several messages only their own
  words are taken, and a message that is quoted but not there stays out.

Each message counts once, by its Message-ID, else by sender, time and words; in the order of time. Its words are without
quotations, signature and whatever stands in an earlier message of the thread; what of them is in doubt is a turn of its
own that says so. Automatic replies are nobody's words. A turn's start and end are the milliseconds since the first
message.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from shared.conversations.domain.conversation import Affiliation, Conversation, Party, Turn
from shared.conversations.wire.email_evidence import People
from shared.conversations.wire.email_message import (
    Address,
    Message,
    Unreadable,
    from_bytes,
    from_json,
    written_address,
    written_date,
)
from shared.conversations.wire.email_overlap import Passages
from shared.conversations.wire.email_words import Quoted, divided, in_paragraphs
from shared.kernel.errors import TooLarge

MAX_BYTES = 25_000_000
MAX_MESSAGES = 1_000
MAX_TEXT_OF_ALL = 2_000_000
"""Characters of all messages together."""
DEEPEST_QUOTATION = 50
MOST_PEOPLE = 100
"""Whose names are looked for in a thread's messages: writers first."""
LONGEST_ABOUT = 2_000
"""Characters of an introduction that are read for who wrote when."""
LEAST_KNOWN = 0.25
"""Share of an unmarked quotation that stands in the thread, from which on the rest of it is the author's answers: they
are often longer than the questions."""

_SEPARATOR = re.compile(rb"^From [^\r\n]*\r?\n(?=[!-9;-~]{1,80}:)", re.MULTILINE)
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
_THREAD_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ZONED = re.compile(
    r"(?<!\d)\d{1,2} [A-Za-z]{3,9} \d{4},? (?:at )?\d{1,2}:\d{2}(?::\d{2})? ?[+-]\d{4}"
    r"|(?<!\d)\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:?\d{2})"
)
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class _Said:
    """Words of a message. sender: None where nobody can tell."""

    sender: Address | None
    sent: datetime
    words: str
    in_doubt: bool = False


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
    messages = _once(_bounded(_messages(data)))
    said = [one for one in (_history(messages[0]) if len(messages) == 1 else _thread(messages)) if one.words]
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


def _bounded(messages: Iterable[Message]) -> Iterator[Message]:
    """Yields messages until they are too much to be read; raises TooLarge then."""
    size = 0
    for message in messages:
        size += len(message.text)
        if size > MAX_TEXT_OF_ALL:
            raise TooLarge(f"Up to {MAX_TEXT_OF_ALL} characters of text are accepted.", field="messages")
        yield message


def _messages(data: bytes) -> Iterator[Message]:
    begun = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if begun[:1] in (b"[", b"{"):
        return (from_json(one, f"messages.{position}") for position, one in enumerate(_listed(begun)))
    if begun.startswith(b"From "):
        starts = list(_SEPARATOR.finditer(begun))
        if not starts or starts[0].start() != 0:
            raise Unreadable("A mailbox file begins with a line `From …` and a header below it.", field="messages")
        ends = [match.start() for match in starts[1:]] + [len(begun)]
        raw = [begun[match.end() : end] for match, end in zip(starts, ends, strict=True)]
        if len(raw) > MAX_MESSAGES:
            raise TooLarge(f"{len(raw)} messages; up to {MAX_MESSAGES} are accepted.", field="messages")
        return (from_bytes(_ESCAPED.sub(rb"\1", one), f"messages.{position}") for position, one in enumerate(raw))
    if not begun:
        raise Unreadable("Nothing here; a mailbox file, a JSON list of messages or one message is accepted.")
    return iter([from_bytes(begun, "messages.0")])


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
    """Returns each message once, in the order of time."""
    found: dict[object, Message] = {}
    for message in sorted(messages, key=lambda one: (one.sent, one.sender.email, one.text)):
        found.setdefault(
            message.message_id or (message.sender.email, message.sent, " ".join(message.text.split())), message
        )
    return list(found.values())


def _identity(messages: list[Message]) -> str:
    first = messages[0]
    root = next(iter(first.references), None) or first.message_id
    known = root or f"{first.sender.email}\n{first.sent.isoformat()}\n{first.subject or ''}"
    return f"thread-{hashlib.sha256(known.encode('utf-8', 'replace')).hexdigest()[:20]}"


def _thread(messages: list[Message]) -> Iterator[_Said]:
    """Yields what each message says itself, without what stands in those before it."""
    everyone = _everyone(messages)
    before = Passages()
    read: set[str | None] = set()
    for message in _answered_first(messages):
        people = _people(message.sender, everyone, message.subject)
        people = replace(people, all_is_known=read.issuperset(message.references))
        read.add(message.message_id)
        parts = divided(message.text, people)
        if not message.automatic:
            own, _ = before.without(parts.own, _closings(parts.own, people))
            doubtful, _ = before.without(parts.in_doubt)
            answers = _answers(parts.quoted, before, _people(None, everyone, message.subject))
            yield _Said(message.sender, message.sent, in_paragraphs(f"{own}\n\n{answers}"))
            yield _Said(message.sender, message.sent, in_paragraphs(doubtful), in_doubt=True)
        before.add(message.text)


def _closings(own: str, people: People) -> set[int]:
    """Returns the numbers of the lines above the author's name: two people may close in the same words."""
    lines = own.split("\n")
    return {at for at, below in enumerate(lines[1:]) if people.signs_for_author(below.strip())}


def _answered_first(messages: list[Message]) -> list[Message]:
    """Returns the messages by time, but none before one that it refers to: clocks differ."""
    by_id = {message.message_id: message for message in messages if message.message_id}
    found: dict[int, Message] = {}
    for message in messages:
        for one in (*(by_id[each] for each in message.references if each in by_id), message):
            found.setdefault(id(one), one)
    return list(found.values())


def _answers(quoted: Quoted | None, before: Passages, people: People) -> str:
    """Returns unmarked lines of a quotation that do not stand in the message that it quotes."""
    if quoted is None or quoted.marked:
        return ""
    left, known = before.without(divided(quoted.text, people).own)
    return left if known >= LEAST_KNOWN else ""


def _history(message: Message) -> Iterator[_Said]:
    """Yields the message and what it quotes, the newest first."""
    if message.automatic:
        return
    everyone = _everyone([message])
    sender: Address | None = message.sender
    sent, in_doubt = message.sent, False
    people = replace(_people(sender, everyone, message.subject), all_is_known=not message.references)
    parts = divided(message.text, people)
    for _ in range(DEEPEST_QUOTATION):
        yield _Said(sender, sent, in_paragraphs(parts.own), in_doubt)
        yield _Said(sender, sent, in_paragraphs(parts.in_doubt), in_doubt=True)
        if parts.quoted is None:
            return
        sender, when, in_doubt = _writer(parts.quoted, everyone), _quoted_time(parts.quoted), True
        sent = when if when is not None and when < sent else sent - _MILLISECOND
        parts = divided(parts.quoted.text, _people(sender, everyone, message.subject))


def _everyone(messages: list[Message]) -> dict[str, Address]:
    """Returns who writes or is written to, by address; with a name where any header gives one."""
    found: dict[str, Address] = {}
    recipients = (one for message in messages for one in message.recipients)
    for one in (*(message.sender for message in messages), *recipients):
        known = found.get(one.email)
        if (known is None and len(found) < MOST_PEOPLE) or (known is not None and known.name is None and one.name):
            found[one.email] = one
    return found


def _people(author: Address | None, everyone: dict[str, Address], subject: str | None) -> People:
    known = {**everyone, **({author.email: author} if author and author.email not in everyone else {})}
    pairs = {email: (email, one.name) for email, one in known.items()}
    writer = pairs.pop(author.email, None) if author else None
    return People(writer, tuple(pairs.values()), subject)


def _quoted_time(quoted: Quoted) -> datetime | None:
    match = _ZONED.search((quoted.about or "")[:LONGEST_ABOUT])
    return written_date(re.sub(r",? at |,(?= )", " ", match[0])) if match else None


def _writer(quoted: Quoted, everyone: dict[str, Address]) -> Address | None:
    """Returns whom an introduction or a run of headers names first."""
    about = (quoted.about or "")[:LONGEST_ABOUT]
    address = written_address(about)
    named = sorted(
        (at, email)
        for email, one in everyone.items()
        if one.name and (at := about.casefold().find(one.name.casefold())) >= 0
    )
    if address is not None and (not named or about.casefold().find(address.email) < named[0][0]):
        return everyone.get(address.email, address)
    return everyone[named[0][1]] if named else None


def _turn(said: _Said, first: datetime) -> Turn:
    at = (said.sent - first) // _MILLISECOND
    return Turn(said.sender.email if said.sender else None, at, at, said.words, said.in_doubt)


def _parties(messages: list[Message], said: list[_Said], home_domains: Collection[str]) -> tuple[Party, ...]:
    """Returns everyone who writes or is written to, the writers first, by address."""
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
