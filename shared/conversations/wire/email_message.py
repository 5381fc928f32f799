"""Reads one e-mail message, from RFC 5322 bytes or from a JSON object: who wrote it to whom, when, and its text."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message as Parsed
from email.parser import BytesHeaderParser, BytesParser
from email.utils import getaddresses, parsedate_to_datetime
from typing import Any

from shared.conversations.wire.email_automatic import answers_an_invitation, is_automatic, subject_is_automatic
from shared.conversations.wire.email_html import LONGEST, as_text
from shared.kernel.errors import Malformed

_BEFORE = ("references", "in_reply_to")
MAX_TEXT = 100_000
"""Characters of one message that are read, quotations included: a short novel. Nothing reads more of it."""
MAX_HEADER = 10_000
"""Characters of one header that are read: some two hundred addresses."""
MAX_HEAD = 200_000
MAX_MESSAGE = 5_000_000
"""Bytes of all headers of a message, and of the whole of it, that are parsed: attachments stand at its end."""

_ADDRESS = re.compile(r"[^\s@<>\"(),;:\[\]]{1,64}@[^\s@<>\"(),;:\[\]]{1,255}")
_FORGED = re.compile(r"\bdmarc ?= ?fail\b", re.IGNORECASE)
_NO_CHARSETS = frozenset({"idna", "mbcs", "oem", "punycode", "raw_unicode_escape", "undefined", "unicode_escape"})
"""Python's codecs of text that no mail is written in; the time that some take is quadratic in the text."""
_SENT_BY = ("Sender", "X-Original-From", "X-Original-Sender")
_ID = re.compile(r"<([^<>\s]{1,400})>")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")


class Unreadable(Malformed):
    """The bytes are no thread that we read; detail and field say why and where."""

    title = "The e-mail thread cannot be read"


@dataclass(frozen=True, slots=True)
class Address:
    """email: in lower case. name: None where only the address is given."""

    email: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One message.

    message_id: None where it has none. references: ids of the messages before it, the root of the thread first.
    sent: in UTC. text: everything it says, quotations included; from HTML where there is no plain text.
    automatic: a program has answered, so that its words are nobody's.
    in_doubt: its own headers say that somebody else has perhaps written it.
    """

    message_id: str | None
    references: tuple[str, ...]
    sender: Address
    recipients: tuple[Address, ...]
    sent: datetime
    subject: str | None
    text: str
    automatic: bool = False
    in_doubt: bool = False


def cleaned(text: str) -> str:
    """Returns the text with one kind of line end and letters in one piece with their accents (NFC), without control and
    invisible characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ").replace("\x85", "\n")
    text = _SURROGATE.sub("\ufffd", _CONTROL.sub("", _INVISIBLE.sub("", text)))
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def head_from_bytes(data: bytes, path: str) -> Message:
    """Returns what the headers of a message say, without its words. path: as below. Raises Unreadable."""
    ends = [end for end in (data.find(b"\n\n", 0, MAX_HEAD), data.find(b"\r\n\r\n", 0, MAX_HEAD)) if end >= 0]
    return _read(BytesHeaderParser().parsebytes(data[: min(ends, default=MAX_HEAD) + 4]), path)


def from_bytes(data: bytes, path: str) -> Message:
    """Returns a message from its RFC 5322 bytes. path: of the message, for complaints. Raises Unreadable."""
    head = head_from_bytes(data, path)
    if head.automatic:
        return head
    try:
        return _with_words(head, BytesParser().parsebytes(data[:MAX_MESSAGE]))
    except (RecursionError, MessageError, AssertionError):
        raise Unreadable("The parts of this message cannot be told apart.", field=path) from None


def _read(parsed: Parsed, path: str) -> Message:
    senders = _addresses([_header(parsed, "From") or _header(parsed, "Sender") or ""])
    if not senders:
        raise Unreadable("A message needs an address in its From.", field=f"{path}.from")
    references = _ids(" ".join(filter(None, (_header(parsed, "References"), _header(parsed, "In-Reply-To")))))
    recipients = _addresses([_header(parsed, name) or "" for name in ("To", "Cc")])
    return Message(
        message_id=next(iter(_ids(_header(parsed, "Message-ID") or "")), None),
        references=references,
        sender=senders[0],
        recipients=recipients,
        sent=_rfc_date(_header(parsed, "Date"), f"{path}.date"),
        subject=_header(parsed, "Subject"),
        text="",
        automatic=is_automatic(lambda name: _header(parsed, name), senders[0].email),
        in_doubt=_is_perhaps_anothers(parsed, senders, recipients),
    )


def _is_perhaps_anothers(parsed: Parsed, senders: tuple[Address, ...], recipients: tuple[Address, ...]) -> bool:
    """Tells whether somebody else of the message is named as its sender (a list's or a help desk's program writes its
    own address into From), or the receiving server found the sender's address to be forged."""
    author = senders[0].email
    others = {one.email for one in (*senders[1:], *recipients)} - {author}
    named = {one.email for name in _SENT_BY for one in _addresses([_header(parsed, name) or ""])}
    answered = {one.email for one in _addresses([_header(parsed, "Reply-To") or ""])}
    elsewhere = {one for one in answered if one.rpartition("@")[2] != author.rpartition("@")[2]}
    forged = bool(_FORGED.search(_header(parsed, "Authentication-Results") or ""))
    return forged or bool((named | elsewhere) & others) or _bears_anothers_name(senders[0], recipients)


def _bears_anothers_name(sender: Address, recipients: tuple[Address, ...]) -> bool:
    """Tells whether an address goes under the name, or the address, of somebody else."""
    called = (sender.name or "").casefold()
    others = [one for one in recipients if one.email != sender.email]
    return any(one.email in called or (one.name and one.name.casefold() in called) for one in others)


def head_from_json(value: Any, path: str) -> Message:
    """Returns what `from_json` does, without the words."""
    return _from_json(value, path, lambda text, html: "")


def from_json(value: Any, path: str) -> Message:
    """Returns a message from `{from, to, cc, date, subject, text | html, message_id, references, in_reply_to}`. Raises
    Unreadable.

    An address is `a@b`, `Name <a@b>` or `{name, email}`; to and cc are one or a list. date: ISO 8601 with a zone, or as
    RFC 5322 has it.
    """
    return _from_json(value, path, _plain)


def _from_json(value: Any, path: str, words: Callable[[str, str], str]) -> Message:
    if not isinstance(value, dict):
        raise Unreadable("A message is an object.", field=path)
    senders = _json_addresses(value.get("from"), f"{path}.from")
    if not senders:
        raise Unreadable("A message needs an address in `from`.", field=f"{path}.from")
    text, html = (_text(value.get(name), f"{path}.{name}") for name in ("text", "html"))
    if text is None and html is None:
        raise Unreadable("A message needs `text` or `html`.", field=f"{path}.text")
    ids = _ids(_text(value.get("message_id"), f"{path}.message_id") or "")
    subject = _text(value.get("subject"), f"{path}.subject")
    recipients = _json_addresses(value.get("to"), f"{path}.to") + _json_addresses(value.get("cc"), f"{path}.cc")
    return Message(
        message_id=next(iter(ids), None),
        references=_ids(" ".join(_text(value.get(name), f"{path}.{name}") or "" for name in _BEFORE)),
        sender=senders[0],
        recipients=recipients,
        sent=_any_date(_text(value.get("date"), f"{path}.date"), f"{path}.date"),
        subject=subject[:MAX_HEADER] if subject else None,
        text=words(text or "", html or ""),
        automatic=subject_is_automatic(subject or ""),
        in_doubt=_bears_anothers_name(senders[0], recipients),
    )


def written_address(text: str) -> Address | None:
    """Returns the first address in words that a client has written (`Ada Brook <ada@orchard.example> wrote`)."""
    match = _ADDRESS.search(text)
    return Address(match.group().lower().rstrip(".")) if match else None


def written_date(text: str) -> datetime | None:
    """Returns the time that words name, where it is unmistakable: an RFC 5322 date or ISO 8601 with a zone; else
    None."""
    try:
        return _any_date(text, "")
    except Unreadable:
        return None


def _with_words(head: Message, parsed: Parsed) -> Message:
    """Returns the message with what its parts say. One with a file's name is an attachment, and nobody's words, unless
    nothing else says anything and it does not call itself one."""
    words: dict[str, list[str]] = {"text/plain": [], "text/html": []}
    named: dict[str, list[str]] = {"text/plain": [], "text/html": []}
    waiting = [parsed]
    while waiting:
        part = waiting.pop(0)
        if any(len(str(part.get(name, ""))) > MAX_HEADER for name in ("Content-Type", "Content-Disposition")):
            continue
        disposition = str(part.get("Content-Disposition", "")).strip().lower()
        if answers_an_invitation(_header(part, "Content-Type") or ""):
            return replace(head, automatic=True)
        if "attachment" in disposition or (disposition and _is_named(part)):
            continue
        if part.get_content_maintype() == "multipart" and isinstance(part.get_payload(), list):
            waiting = [one for one in part.get_payload() if isinstance(one, Parsed)] + waiting
        elif part.get_content_type() in words:
            (named if _is_named(part) else words)[part.get_content_type()].append(_decoded(part))
    if not any(one.strip() for kind in words.values() for one in kind):
        words = named if all(len(kind) <= 1 for kind in named.values()) else words
    return replace(head, text=_plain("\n".join(words["text/plain"]), "\n".join(words["text/html"])))


def _is_named(part: Parsed) -> bool:
    try:
        return part.get_filename() is not None
    except (LookupError, ValueError, TypeError):
        return True


def _plain(text: str, html: str) -> str:
    """Returns the text, or the HTML's where it says nothing; either is cut before anything looks at it."""
    text = cleaned(text[:MAX_TEXT])
    return text if text.strip() else cleaned(as_text(html, MAX_TEXT)[:MAX_TEXT])


def _decoded(part: Parsed) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    payload = payload[: 4 * LONGEST]
    for charset in (_charset(part), "utf-8", "windows-1252"):
        try:
            return payload.decode(charset)
        except (LookupError, ValueError):
            continue
    return payload.decode("latin-1")


def _charset(part: Parsed) -> str:
    try:
        return _known(str(part.get_content_charset() or "utf-8"))
    except (LookupError, ValueError, TypeError):
        return "utf-8"


def _known(charset: str) -> str:
    """Returns the codec of a charset. Raises LookupError for what is none."""
    name = codecs.lookup(charset).name
    if name.replace("-", "_") in _NO_CHARSETS:
        raise LookupError(name)
    return name


def _header(parsed: Parsed, name: str) -> str | None:
    """Returns a header's text with encoded words decoded, None when it is absent or empty."""
    raw = parsed.get(name)
    if raw is None:
        return None
    text = str(raw)[:MAX_HEADER]
    try:
        pieces = [_piece(*piece) for piece in decode_header(text)]
        # Encoded words stand side by side without the space that separates other words.
        text = "".join(pieces)
    except (HeaderParseError, ValueError, LookupError):
        pass
    return " ".join(cleaned(text).split()) or None


def _piece(said: bytes | str, charset: str | None) -> str:
    if isinstance(said, str):
        return said
    try:
        return said.decode(_known(charset or "utf-8"))
    except (LookupError, ValueError):
        return said.decode("latin-1")


def _addresses(headers: list[str]) -> tuple[Address, ...]:
    found: dict[str, Address] = {}
    try:
        pairs = getaddresses([one[:MAX_HEADER] for one in headers])
    except (ValueError, TypeError, IndexError, RecursionError):
        return ()
    for name, email in pairs:
        email = email.strip().lower()
        if _ADDRESS.fullmatch(email) and email not in found:
            found[email] = Address(email, " ".join(cleaned(name).split()) or None)
    return tuple(found.values())


def _json_addresses(value: Any, path: str) -> tuple[Address, ...]:
    found: list[Address] = []
    for position, one in enumerate(value if isinstance(value, list) else [] if value is None else [value]):
        here = f"{path}.{position}" if isinstance(value, list) else path
        if isinstance(one, dict):
            email, name = (_text(one.get(key), f"{here}.{key}") for key in ("email", "name"))
            read = _addresses([email or ""])
            read = tuple(Address(each.email, " ".join(cleaned(name or "").split()) or None) for each in read)
        else:
            read = _addresses([_text(one, here) or ""])
        if not read:
            raise Unreadable("An address (`a@b.example` or `Name <a@b.example>`) is accepted.", field=here)
        found += read
    return tuple(found)


def _ids(text: str) -> tuple[str, ...]:
    bracketed = _ID.findall(text)
    bare = [one for one in text.split() if not bracketed and len(one) <= 400]
    return tuple(dict.fromkeys(cleaned(one) for one in bracketed or bare))


def _any_date(text: str | None, path: str) -> datetime:
    try:
        moment = datetime.fromisoformat((text or "")[:100].strip())
    except ValueError:
        return _rfc_date(text, path)
    if moment.tzinfo is None:
        raise Unreadable("A date needs its time zone, e.g. 2026-02-10T14:30:00Z.", field=path)
    return _utc(moment, path)


def _rfc_date(text: str | None, path: str) -> datetime:
    if text is None:
        raise Unreadable("A message needs its date.", field=path)
    try:
        moment = parsedate_to_datetime(text[:100])
    except (ValueError, TypeError, IndexError, OverflowError):
        raise Unreadable("The date is none that RFC 5322 or ISO 8601 knows.", field=path) from None
    # A zone of -0000 is UTC of an unknown place.
    return _utc(moment if moment.tzinfo else moment.replace(tzinfo=UTC), path)


def _utc(moment: datetime, path: str) -> datetime:
    try:
        return moment.astimezone(UTC)
    except (OverflowError, ValueError):
        raise Unreadable("The date is out of range.", field=path) from None


def _text(value: Any, path: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise Unreadable("A text is accepted.", field=path)
