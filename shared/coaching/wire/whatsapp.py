"""Reads WhatsApp's webhooks: every piece of every change of every entry, and each that cannot be read by itself.

A body holds entries, an entry changes, a change of a field a list of pieces: messages and statuses beside the contacts
that they are from. Fields and kinds that nobody knows yet never fail. A piece that cannot be read is set apart with
its own bytes, and the others are taken.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from shared.coaching.domain.inbound import (
    Category,
    Choice,
    Echo,
    HistoryItem,
    InboundMessage,
    NumberChange,
    PreferenceChange,
    Status,
    StatusUpdate,
    TemplateCategoryChange,
    TemplateStatusChange,
)
from shared.coaching.wire.whatsapp_messages import Unreadable, identity_of, message_of, moment, sender_of, text_at
from shared.kernel.errors import Malformed
from shared.kernel.json_values import Json, JsonObject
from shared.kernel.reading import parse_json

ACCOUNT: Final = "whatsapp_business_account"
MOST_PIECES: Final = 5_000
"""Of one body: WhatsApp batches up to a thousand."""
MOST_LISTED: Final = 20_000
"""In one list: a chunk of history is the longest that there is."""
STATUSES: Final[Mapping[str, Status]] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "played": "read",
    "failed": "failed",
}
CATEGORIES: Final[Mapping[str, Category]] = {
    "marketing": "marketing",
    "marketing_lite": "marketing",
    "utility": "utility",
    "authentication": "authentication",
    "authentication_international": "authentication",
    "service": "service",
    "referral_conversion": "service",
}


@dataclass(frozen=True, slots=True)
class SetApart:
    """A piece that cannot be read, as JSON, and why."""

    raw: bytes
    detail: str


@dataclass
class Received:
    """All that a body holds. passed: pieces of kinds that the coach has no use for"""

    messages: list[InboundMessage] = field(default_factory=list)
    statuses: list[StatusUpdate] = field(default_factory=list)
    preferences: list[PreferenceChange] = field(default_factory=list)
    number_changes: list[NumberChange] = field(default_factory=list)
    echoes: list[Echo] = field(default_factory=list)
    history: list[HistoryItem] = field(default_factory=list)
    categories: list[TemplateCategoryChange] = field(default_factory=list)
    template_statuses: list[TemplateStatusChange] = field(default_factory=list)
    set_apart: list[SetApart] = field(default_factory=list)
    passed: int = 0


def parse(raw: bytes, received_at: datetime, number_id: str | None = None) -> Received:
    """Reads a webhook's body. Raises Malformed for one that is no such thing at all.

    received_at: stands where a piece does not say when it is of, or says a moment to come
    number_id:   the number that is ours; what is to or from another one of the account is passed over
    """
    body = _parsed(raw)
    if not isinstance(body, dict) or not isinstance(body.get("entry"), list):
        raise Malformed("the body is no webhook of WhatsApp's: it has no list `entry`", field="entry")
    _bounded(body["entry"])
    found = Received()
    left = MOST_PIECES
    for entry in body["entry"]:
        told_at = moment({"timestamp": text_at(entry, "time")}, received_at)
        for change in _list(entry, "changes", found):
            if left <= 0:
                raise Malformed(f"the body holds more than {MOST_PIECES:,} pieces", field="entry")
            left -= _Change(found, change, (received_at, told_at), number_id).read()
    return found


def _parsed(raw: bytes) -> Json:
    """Reads JSON; half a character in one text spoils no other piece."""
    try:
        value: Json = parse_json(raw)
    except Malformed:
        with suppress(ValueError, RecursionError):
            whole = json.dumps(json.loads(raw), ensure_ascii=False).encode("utf-8", "replace")
            return parse_json(whole)  # type: ignore[no-any-return]
        raise
    return value


def _list(holder: Json, name: str, found: Received) -> Sequence[Json]:
    """Returns a list in an object; what is neither is set apart."""
    value = holder.get(name) if isinstance(holder, Mapping) else None
    if isinstance(value, list):
        return _bounded(value)
    if value is not None or not isinstance(holder, Mapping):
        found.set_apart.append(SetApart(_raw(holder), f"{name} is no list"))
    return ()


def _bounded(listed: Sequence[Json]) -> Sequence[Json]:
    """Returns a list that is not too long to be looked at piece by piece. Raises Malformed."""
    if len(listed) > MOST_LISTED:
        raise Malformed(f"a list of the body holds more than {MOST_LISTED:,} pieces", field="entry")
    return listed


def _raw(piece: Json) -> bytes:
    return json.dumps(piece, ensure_ascii=False, separators=(",", ":")).encode()


class _Change:
    """Reads one change into what has been found. moments: when it was received, and of when its entry is"""

    def __init__(
        self, found: Received, change: Json, moments: tuple[datetime, datetime], number_id: str | None
    ) -> None:
        self._found = found
        self._change = change
        self._at, self._told_at = moments
        self._number_id = number_id

    def read(self) -> int:
        """Reads all pieces; returns how many there were."""
        value = self._change.get("value") if isinstance(self._change, Mapping) else None
        if not isinstance(self._change, Mapping) or not isinstance(value, Mapping):
            self._found.set_apart.append(SetApart(_raw(self._change), "the change has no object `value`"))
            return 1
        if self._number_id is not None and text_at(value, "metadata", "phone_number_id") not in ("", self._number_id):
            self._found.passed += 1
            return 1
        before = self._count()
        name = text_at(self._change, "field")
        reader = self._readers().get(name)
        if reader is None:
            self._found.passed += 1
        else:
            reader(value)
        return max(1, self._count() - before)

    def _count(self) -> int:
        found = self._found
        told = len(found.statuses) + len(found.preferences) + len(found.categories) + len(found.template_statuses)
        written = len(found.messages) + len(found.number_changes) + len(found.echoes) + len(found.history)
        return told + written + len(found.set_apart) + found.passed

    def _readers(self) -> Mapping[str, Callable[[JsonObject], None]]:
        return {
            "messages": self._messages,
            "user_preferences": self._preferences,
            "history": self._history,
            "smb_message_echoes": self._echoes,
            "template_category_update": lambda value: self._take([value], self._category),
            "message_template_status_update": lambda value: self._take([value], self._template_status),
        }

    def _take(self, pieces: Sequence[Json], read: Callable[[JsonObject], None]) -> None:
        """Reads each piece; one that cannot be read is set apart."""
        for piece in pieces:
            try:
                if not isinstance(piece, Mapping):
                    raise Unreadable("the piece is no object")
                read(piece)
            except Unreadable as problem:
                self._found.set_apart.append(SetApart(_raw(piece), str(problem)))

    def _messages(self, value: JsonObject) -> None:
        contacts = self._contacts(value)
        self._take(_list(value, "messages", self._found), lambda piece: self._message(piece, contacts))
        self._take(_list(value, "statuses", self._found), self._status)

    def _contacts(self, value: JsonObject) -> list[JsonObject]:
        return [one for one in _list(value, "contacts", self._found) if isinstance(one, Mapping)]

    def _message(self, piece: JsonObject, contacts: Sequence[JsonObject]) -> None:
        read = message_of(piece, contacts, self._at)
        if isinstance(read, NumberChange):
            self._found.number_changes.append(read)
        elif read is None:
            self._found.passed += 1
        else:
            self._found.messages.append(read)

    def _status(self, piece: JsonObject) -> None:
        word = text_at(piece, "status").lower()
        if not word:
            raise Unreadable("the status has no word")
        if word not in STATUSES:
            self._found.passed += 1  # deleted, warning, and what may come
            return
        errors = piece.get("errors")
        first = errors[0] if isinstance(errors, list) and errors else None
        code = first.get("code") if isinstance(first, Mapping) else None
        update = StatusUpdate(
            wamid=identity_of(piece),
            status=STATUSES[word],
            at=moment(piece, self._at),
            recipient=sender_of(text_at(piece, "recipient_id"), text_at(piece, "recipient_user_id")),
            error_code=_code(code),
            category=CATEGORIES.get(text_at(piece, "pricing", "category").lower()),
            tracker=text_at(piece, "biz_opaque_callback_data")[:120] or None,
        )
        self._found.statuses.append(update)

    def _preferences(self, value: JsonObject) -> None:
        contacts = self._contacts(value)

        def read(piece: JsonObject) -> None:
            choice = _CHOICES.get(text_at(piece, "value").lower())
            sender = sender_of(text_at(piece, "wa_id"), text_at(piece, "user_id"), contacts=contacts)
            if text_at(piece, "category") not in ("", "marketing_messages"):
                self._found.passed += 1
            elif choice is None or not sender.keys:
                raise Unreadable("the preference is neither stop nor resume of somebody")
            else:
                self._found.preferences.append(PreferenceChange(sender, moment(piece, self._at), choice))

        self._take(_list(value, "user_preferences", self._found), read)

    def _history(self, value: JsonObject) -> None:
        def read(piece: JsonObject) -> None:
            self._found.history.append(HistoryItem(identity_of(piece), moment(piece, self._at)))

        def thread(piece: JsonObject) -> None:
            self._take(_list(piece, "messages", self._found), read)

        def chunk(piece: JsonObject) -> None:
            self._take(_list(piece, "threads", self._found), thread)

        self._take(_list(value, "history", self._found), chunk)

    def _echoes(self, value: JsonObject) -> None:
        def read(piece: JsonObject) -> None:
            recipient = sender_of(text_at(piece, "to"), text_at(piece, "to_user_id"))
            if not recipient.keys:
                raise Unreadable("the echo is to nobody")
            self._found.echoes.append(Echo(identity_of(piece), recipient, moment(piece, self._at)))

        self._take(_list(value, "message_echoes", self._found), read)

    def _category(self, value: JsonObject) -> None:
        after = CATEGORIES.get(text_at(value, "new_category").lower())
        name = text_at(value, "message_template_name")[:512]
        if after is None or not name:
            raise Unreadable("the template has no name, or no category that is known")
        before = CATEGORIES.get(text_at(value, "previous_category").lower(), "unknown")
        language = text_at(value, "message_template_language")[:20]
        self._found.categories.append(TemplateCategoryChange(name, language, before, after, self._told_at))

    def _template_status(self, value: JsonObject) -> None:
        name, event = text_at(value, "message_template_name")[:512], text_at(value, "event")[:40].upper()
        if not name or not event:
            raise Unreadable("the template has no name, or the event none")
        reason = text_at(value, "reason") or text_at(value, "other_info", "title")
        language = text_at(value, "message_template_language")[:20]
        self._found.template_statuses.append(TemplateStatusChange(name, language, event, self._told_at, reason[:200]))


_CHOICES: Final[Mapping[str, Choice]] = {"stop": "stop", "resume": "resume"}


def _code(value: Json) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
