"""Describes what comes in over WhatsApp, as far as the coach needs it: a value for each kind of piece."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias

Kind = Literal[
    "text",
    "button",
    "interactive",
    "image",
    "audio",
    "video",
    "document",
    "sticker",
    "location",
    "contacts",
    "reaction",
    "unsupported",
]
"""What a message is of. unsupported: whatever else there is or will be, an edit and a removal among it."""
FILES: Final[frozenset[Kind]] = frozenset({"image", "audio", "video", "document"})
"""Kinds that bring a file, which is fetched."""
Status = Literal["sent", "delivered", "read", "failed"]
Choice = Literal["stop", "resume"]
Category = Literal["marketing", "utility", "authentication", "service", "unknown"]
"""What a template is charged as; service: an answer within the window."""

Key: TypeAlias = str
"""Names one id that WhatsApp knows somebody by: `user:GB.134…` or `phone:447700900123`. Never shown, never logged."""

MOST_TEXT: Final = 4_096
"""Characters of a message's text, as WhatsApp bounds it."""


FORM: Final = "form"
"""Stands for what we give a button, of a form that was filled in: what it says was written."""


def user_key(user_id: str) -> Key:
    """Returns the key of a business-scoped user id."""
    return f"user:{user_id}"


def phone_key(phone: str) -> Key:
    """Returns the key of a phone number: digits with the country's code."""
    return f"phone:{phone}"


@dataclass(frozen=True, slots=True)
class Sender:
    """Says who somebody is: by a business-scoped user id, a phone number, or both."""

    user_id: str | None = None
    phone: str | None = None

    @property
    def keys(self) -> tuple[Key, ...]:
        """Returns the keys, that of the user id first: it stays when a number is handed on."""
        user = () if self.user_id is None else (user_key(self.user_id),)
        return user if self.phone is None else (*user, phone_key(self.phone))


@dataclass(frozen=True, slots=True)
class MediaRef:
    """Names media that can be fetched for a few minutes. sha256: as told, hexadecimal; caption: the sender's words"""

    media_id: str
    mime_type: str
    sha256: str | None
    caption: str = ""


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """A message to the coach.

    text:          what was written, or what the pressed button or row says; of a reaction the emoji, empty where it
                   was taken back
    payload_id:    what we gave the pressed button or row
    called:        the kind in WhatsApp's own word
    """

    wamid: str
    sender: Sender
    at: datetime
    kind: Kind
    text: str = ""
    payload_id: str | None = None
    media: MediaRef | None = None
    forwarded: bool = False
    called: str = ""


@dataclass(frozen=True, slots=True)
class StatusUpdate:
    """Tells what became of a message of ours. tracker: the name that we sent it under, where WhatsApp says it again"""

    wamid: str
    status: Status
    at: datetime
    recipient: Sender = Sender()
    error_code: int | None = None
    category: Category | None = None
    tracker: str | None = None


@dataclass(frozen=True, slots=True)
class PreferenceChange:
    """Somebody does not want templates of marketing any more, or wants them again: told by WhatsApp, not in words."""

    sender: Sender
    at: datetime
    choice: Choice


@dataclass(frozen=True, slots=True)
class NumberChange:
    """Somebody has another number. before: as who they were known; after: the new phone, user id or both"""

    wamid: str
    before: Sender
    after: Sender
    at: datetime


@dataclass(frozen=True, slots=True)
class Echo:
    """A person has written to the learner from the business's own phone."""

    wamid: str
    recipient: Sender
    at: datetime


@dataclass(frozen=True, slots=True)
class HistoryItem:
    """A message of before the account was connected: nobody answers it, alerts about it or takes a STOP from it."""

    wamid: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TemplateCategoryChange:
    """WhatsApp charges a template as something else from a moment on. language: empty where WhatsApp names none"""

    name: str
    language: str
    before: Category
    after: Category
    at: datetime


@dataclass(frozen=True, slots=True)
class TemplateStatusChange:
    """WhatsApp has approved, rejected, paused or disabled a template. event: in its own word, upper case

    language: empty where WhatsApp names none, which is every language of it
    """

    name: str
    language: str
    event: str
    at: datetime
    reason: str = ""
