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

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.conversations.domain.conversation import Affiliation, Conversation, Party, Turn
from shared.conversations.domain.home_domains import is_home
from shared.conversations.wire.email_automatic import labels, reads_like_an_absence_note
from shared.conversations.wire.email_export import identity, messages_in
from shared.conversations.wire.email_message import Address, Message, Unreadable, written_address, written_date
from shared.conversations.wire.email_others import apart_from_cited
from shared.conversations.wire.email_overlap import Passages
from shared.conversations.wire.email_people import LONGEST_ABOUT, People, core
from shared.conversations.wire.email_reading import Quoted
from shared.conversations.wire.email_words import divided, in_paragraphs

DEEPEST_QUOTATION = 30
MOST_PEOPLE = 100
"""Whose names are looked for in a thread's messages: writers first."""
CLOCKS_DIFFER = timedelta(hours=26)
"""By so much at most: a zone taken for another, and a day."""
MOST_NEAR = 5
"""Messages behind one that may have been written before it."""
LEAST_KNOWN = 0.25
"""Share of an unmarked quotation that stands in the thread, from which on the rest of it is the author's answers: they
are often longer than the questions."""

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


@dataclass(frozen=True, slots=True)
class Heads:
    """Holds what the headers of a thread say. thread: without a turn; its parties with a speaker's id have written"""

    thread: Conversation
    messages: int


def thread_heads(data: bytes, *, home_domains: Collection[str] = (), thread_id: str | None = None) -> Heads:
    """Returns who wrote to whom and when: only headers are read. Arguments and errors: as below."""
    messages = messages_in(data, words=False)
    first = messages[0].sent
    writing = [_Said(one.sender, one.sent, "") for one in messages if not one.automatic]
    thread = Conversation(
        call_id=_checked(thread_id) or identity(messages),
        started=first,
        duration_ms=(messages[-1].sent - first) // _MILLISECOND,
        parties=_parties(messages, writing, home_domains),
        turns=(),
        medium="email",
    )
    return Heads(thread, len(messages))


def parse_thread(
    data: bytes,
    *,
    home_domains: Collection[str] = (),
    thread_id: str | None = None,
    known: Conversation | None = None,
    more: Sequence[bytes] = (),
) -> Conversation:
    """Returns the conversation (medium `email`) in the bytes.

    home_domains: domains of our own, their subdomains included: who writes from there is Internal, everybody else
    External; with none given everybody is Unknown.
    thread_id: 1-64 letters, digits, _ and -; without it the id is made from the thread's first Message-ID, so that a
    later export of the same thread has the same one.
    known: what earlier exports of the thread held; what they alone held stays in it.
    more: other exports of the thread that nobody has read yet, in whatever order.

    Raises Unreadable (a Malformed) naming the field, or TooLarge, and nothing else, whatever the bytes.
    """
    name = _checked(thread_id)
    messages = messages_in(data, more)
    earlier = _earlier(known, messages) if known else []
    alone = len(messages) == 1 and not earlier
    said = [one for one in (_history(messages[0]) if alone else _thread(messages, earlier)) if one.words]
    if not said:
        raise Unreadable("No message says anything of its own.", field="messages")
    first = min(one.sent for one in said)
    turns = tuple(_turn(one, first) for one in said)
    return Conversation(
        call_id=name or identity(messages),
        started=first,
        duration_ms=max(turn.end_ms for turn in turns),
        parties=_with_known(_parties(messages, said, home_domains), known),
        turns=turns,
        medium="email",
    )


def _checked(thread_id: str | None) -> str | None:
    if thread_id is not None and not _THREAD_ID.fullmatch(thread_id):
        raise Unreadable("1 to 64 letters, digits, _ and - are accepted.", field="thread_id")
    return thread_id


def _earlier(known: Conversation, messages: list[Message]) -> list[_Said]:
    """Returns what an earlier export held and these messages do not say anew, by time.

    What only a quotation said is left out: the message itself, or its quotation, says it anew.
    """
    if known.started is None:
        return []
    again = {(message.sender.email, message.sent) for message in messages}
    found = []
    for turn in known.turns:
        party = known.party(turn.speaker_id) if turn.speaker_id else None
        sent = known.started + turn.start_ms * _MILLISECOND
        if party is not None and party.email and (party.email, sent) not in again:
            found.append(_Said(Address(party.email, party.name), sent, turn.text, turn.in_doubt))
    return found


def _with_known(parties: tuple[Party, ...], known: Conversation | None) -> tuple[Party, ...]:
    """Returns the parties with those whom only an earlier export knew."""
    found = {party.email for party in parties}
    return (*parties, *(party for party in (known.parties if known else ()) if party.email not in found))


def _thread(messages: list[Message], earlier: list[_Said]) -> Iterator[_Said]:
    """Yields what each message says itself, without what stands in those before it."""
    everyone = _everyone(messages, earlier)
    before, quoted = Passages(), _quoted(messages, everyone)
    subjects = {core(one.subject) for one in messages if one.subject} - {""}
    read: set[str | None] = set()
    order = _answered_first(messages)
    place = {id(message): at for at, message in enumerate(order)}
    for message in _in_order(order, earlier):
        if isinstance(message, _Said):
            left, _ = before.without(message.words)
            yield replace(message, words="\n".join(line for line in left.split("\n") if line.strip()))
            before.add(message.words)
            continue
        people = _people(message.sender, everyone, message.subject)
        people = replace(people, all_is_known=read.issuperset(message.references), sent=message.sent)
        parts = divided(message.text, people)
        if not message.automatic:
            closings = _closings(parts.own, people)
            own, _ = before.without(parts.own, closings)
            answers = _answers(parts.quoted, before, _people(None, everyone, message.subject))
            sure, unsure = quoted.apart(own, message.sender.email, closings)
            near = _near(message, order[place[id(message)] + 1 :][:MOST_NEAR], everyone)
            sure, unclear = near.apart(sure, message.sender.email, closings)
            unsure = f"{unsure}\n\n{unclear}"
            doubtful, _ = before.without(parts.in_doubt)
            own, doubtful = f"{sure}\n\n{answers}", f"{unsure}\n\n{doubtful}"
            in_doubt = message.in_doubt or labels(message.subject or "", subjects)
            yield from _said(message.sender, message.sent, own, doubtful, in_doubt=in_doubt)
        read.add(message.message_id)
        before.add(message.text)


def _said(sender: Address | None, sent: datetime, own: str, doubtful: str, *, in_doubt: bool) -> Iterator[_Said]:
    words, cited = apart_from_cited(in_paragraphs(own))
    yield _Said(sender, sent, words, in_doubt or reads_like_an_absence_note(words))
    yield _Said(sender, sent, in_paragraphs(f"{doubtful}\n\n{cited}"), in_doubt=True)


def _near(message: Message, behind: list[Message], everyone: dict[str, Address]) -> Passages:
    """Returns the words of messages behind one that nothing shows to be later but the clocks of two people."""
    found = Passages()
    for one in behind:
        follows = message.message_id is not None and message.message_id in one.references
        if one.sender != message.sender and not follows and one.sent - message.sent <= CLOCKS_DIFFER:
            parts = divided(one.text, _people(one.sender, everyone, one.subject))
            found.add(parts.own, one.sender.email)
    return found


def _in_order(order: list[Message], earlier: list[_Said]) -> Iterator[Message | _Said]:
    waiting = list(reversed(earlier))
    for message in order:
        while waiting and waiting[-1].sent <= message.sent:
            yield waiting.pop()
        yield message
    yield from reversed(waiting)


def _quoted(messages: list[Message], everyone: dict[str, Address]) -> Passages:
    """Returns the passages that some message quotes as somebody's, whichever message that is."""
    found = Passages()
    for message in messages:
        parts = divided(message.text, _people(message.sender, everyone, message.subject))
        for _ in range(DEEPEST_QUOTATION):
            if parts.quoted is None:
                break
            writer = _writer(parts.quoted, everyone)
            parts = divided(parts.quoted.text, _people(writer, everyone, message.subject))
            if writer is not None:
                found.add(parts.own, writer.email)
    return found


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
    sent, in_doubt = message.sent, message.in_doubt
    people = _people(sender, everyone, message.subject)
    people = replace(people, all_is_known=not message.references, alone=True, sent=sent)
    parts = divided(message.text, people)
    for _ in range(DEEPEST_QUOTATION):
        yield from _said(sender, sent, parts.own, parts.in_doubt, in_doubt=in_doubt)
        if parts.quoted is None:
            return
        sender, when, in_doubt = _writer(parts.quoted, everyone), _quoted_time(parts.quoted), True
        sent = when if when is not None and when < sent else sent - _MILLISECOND
        parts = divided(parts.quoted.text, _people(sender, everyone, message.subject))


def _everyone(messages: list[Message], earlier: Iterable[_Said] = ()) -> dict[str, Address]:
    """Returns who writes or is written to, by address; with a name where any header gives one."""
    found: dict[str, Address] = {}
    recipients = (one for message in messages for one in message.recipients)
    before = (one.sender for one in earlier if one.sender is not None)
    for one in (*(message.sender for message in messages), *recipients, *before):
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
    return tuple(
        Party(
            speaker_id=email if email in writing else None,
            name=known[email].name,
            email=email,
            affiliation=_side(email, home_domains),
        )
        for email in sorted(known, key=lambda one: (one not in writing, one))
    )


def _side(email: str, home_domains: Collection[str]) -> Affiliation:
    if not home_domains:
        return Affiliation.UNKNOWN
    return Affiliation.INTERNAL if is_home(email, home_domains) else Affiliation.EXTERNAL
