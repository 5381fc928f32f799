"""Reads one message of WhatsApp's, whatever its kind, and who it is from."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from shared.coaching.domain.inbound import FORM, MOST_TEXT, InboundMessage, Kind, MediaRef, NumberChange, Sender
from shared.kernel.json_values import Json, JsonObject
from shared.kernel.reading import is_senders_id

KINDS: Final[Mapping[str, Kind]] = {
    "text": "text",
    "button": "button",
    "interactive": "interactive",
    "image": "image",
    "audio": "audio",
    "voice": "audio",
    "video": "video",
    "document": "document",
    "sticker": "sticker",
    "location": "location",
    "contacts": "contacts",
    "reaction": "reaction",
}
_MEDIA: Final = frozenset({"image", "audio", "video", "document", "sticker"})
_PHONE: Final = re.compile(r"\+?([0-9]{5,15})")
_USER_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_INVISIBLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
"""Control characters, and those that turn the direction of what is read."""
_LATEST: Final = 4_102_444_800
"""Seconds of the year 2100; what is more are thousandths."""


class Unreadable(Exception):
    """A piece cannot be read; in words without what it holds."""


def text_at(holder: Json, *names: str) -> str:
    """Returns a text or a number some objects deep, as text of at most as much as a message holds; else empty."""
    value = holder
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value[:MOST_TEXT] if isinstance(value, str) else ""


def identity_of(piece: JsonObject) -> str:
    """Returns WhatsApp's id of a message. Raises Unreadable."""
    wamid = text_at(piece, "id")
    if not is_senders_id(wamid):
        raise Unreadable("the piece has no id of 1-200 printable characters")
    return wamid


def moment(piece: JsonObject, received_at: datetime) -> datetime:
    """Returns when a piece is of: seconds since 1970 as text or number; when it was received where it says nothing
    readable, or something to come."""
    written = text_at(piece, "timestamp").strip()
    if not (written.isascii() and written.isdigit()) or len(written) > 13:
        return received_at
    seconds = int(written)
    at = datetime.fromtimestamp(seconds / 1_000 if seconds > _LATEST else seconds, UTC)
    return min(at, received_at)


def sender_of(wa_id: str, user_id: str, *, contacts: Sequence[JsonObject] = ()) -> Sender:
    """Returns who somebody is. A user id never goes through what reads numbers, wherever it stands.

    contacts: what stands beside the piece, in which the other id of the same person may be
    """
    phone = _PHONE.fullmatch(wa_id.strip())
    user = user_id.strip() or ("" if phone else wa_id.strip())
    found = Sender(user if _USER_ID.fullmatch(user) else None, phone[1] if phone else None)
    for contact in contacts:
        other = sender_of(text_at(contact, "wa_id"), text_at(contact, "user_id"))
        if set(found.keys) & set(other.keys):
            return Sender(found.user_id or other.user_id, found.phone or other.phone)
    return found


def message_of(
    piece: JsonObject, contacts: Sequence[JsonObject], received_at: datetime
) -> InboundMessage | NumberChange | None:
    """Reads a message; None for one of the system that tells nothing we use. Raises Unreadable."""
    wamid, at = identity_of(piece), moment(piece, received_at)
    sender = _sender(piece, contacts)
    called = text_at(piece, "type")[:40]
    if called == "system":
        return _change(piece, wamid, sender, at)
    if not sender.keys:
        raise Unreadable("the message is from nobody")
    kind = KINDS.get(called, "unsupported")
    text, payload = _words(piece, kind, called)
    return InboundMessage(
        wamid=wamid,
        sender=sender,
        at=at,
        kind=kind,
        text=clean(text),
        payload_id=payload[:256] or None,
        media=_media(piece, called) if kind in _MEDIA else None,
        forwarded=_forwarded(piece.get("context")),
        called=called,
    )


def clean(text: str) -> str:
    """Returns a text without characters that nobody sees and nobody means."""
    return _INVISIBLE.sub("", text)[:MOST_TEXT]


def _sender(piece: JsonObject, contacts: Sequence[JsonObject]) -> Sender:
    found = sender_of(text_at(piece, "from"), text_at(piece, "from_user_id"), contacts=contacts)
    if not found.keys and len(contacts) == 1:
        alone = contacts[0]
        return sender_of(text_at(alone, "wa_id"), text_at(alone, "user_id"), contacts=contacts)
    return found


def _change(piece: JsonObject, wamid: str, sender: Sender, at: datetime) -> NumberChange | None:
    kind = text_at(piece, "system", "type")
    if "changed" not in kind:
        return None
    phone = text_at(piece, "system", "wa_id") or text_at(piece, "system", "new_wa_id")
    after = sender_of(phone, text_at(piece, "system", "user_id"))
    if not sender.keys or not after.keys:
        raise Unreadable("the change of number has no number before, or none after")
    return NumberChange(wamid, sender, after, at)


def _words(piece: JsonObject, kind: Kind, called: str) -> tuple[str, str]:
    """Returns what a message says, and what we had given the button or row that was pressed."""
    if kind == "text":
        return text_at(piece, "text", "body"), ""
    if kind == "button":
        return text_at(piece, "button", "text"), text_at(piece, "button", "payload")
    if kind == "reaction":
        return text_at(piece, "reaction", "emoji"), ""
    if kind == "interactive":
        form = text_at(piece, "interactive", "type")
        if form == "nfm_reply":
            return text_at(piece, "interactive", form, "response_json"), FORM
        return text_at(piece, "interactive", form, "title"), text_at(piece, "interactive", form, "id")
    if called == "edit":
        return text_at(piece, "edit", "message", "text", "body"), ""
    return text_at(piece, called, "caption"), ""


def _media(piece: JsonObject, called: str) -> MediaRef | None:
    media_id = text_at(piece, called, "id")
    if not is_senders_id(media_id):
        return None
    return MediaRef(
        media_id=media_id,
        mime_type=text_at(piece, called, "mime_type")[:120].partition(";")[0].strip().lower(),
        sha256=sha256_of(text_at(piece, called, "sha256")),
        caption=clean(text_at(piece, called, "caption")),
    )


def sha256_of(written: str) -> str | None:
    """Returns a digest in hexadecimal, of that or of base64; of what is neither of 32 bytes the text as it is, which no
    bytes will have; None where nothing is written."""
    text = written.strip()
    if not text:
        return None
    if re.fullmatch(r"[0-9A-Fa-f]{64}", text):
        return text.lower()
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (ValueError, binascii.Error):
        return text[:100]
    return raw.hex() if len(raw) == 32 else text[:100]


def _forwarded(context: Json) -> bool:
    return isinstance(context, Mapping) and True in (context.get("forwarded"), context.get("frequently_forwarded"))
