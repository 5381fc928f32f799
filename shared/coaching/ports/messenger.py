"""Offers what the coach needs of WhatsApp: to write, and to fetch what was sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from shared.coaching.domain.outbound import Content
from shared.coaching.domain.sending_errors import Verdict


@dataclass(frozen=True, slots=True)
class Recipient:
    """Says to whom a message goes. At least one is given; the phone goes first where both are"""

    phone: str | None = None
    user_id: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """Says what came of an attempt.

    verdict: accepted: taken, wamid names it; uncertain: it may have been taken; else why not (see `Verdict`)
    code:    WhatsApp's error code; after_seconds: how long it wants to be left alone
    """

    verdict: Literal["accepted", "uncertain"] | Verdict
    wamid: str | None = None
    code: int | None = None
    after_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class FoundMedia:
    """Media as WhatsApp knows them. address: for some minutes; None where it has none yet; sha256: hexadecimal"""

    address: str | None
    mime_type: str
    sha256: str | None
    size: int | None


class Messenger(Protocol):
    """Writes to people, and fetches what they sent."""

    def send(self, recipient: Recipient, content: Content, *, tracker: str) -> Sent:
        """Sends one message, once; never raises.

        tracker: comes back with every status of the message
        """
        ...

    def find_media(self, media_id: str) -> FoundMedia | None:
        """Returns where media are; None where they are gone for good. Raises Retryable."""
        ...

    def fetch_media(self, found: FoundMedia) -> bytes | None:
        """Returns the bytes; None where the address does not hold any more. Raises TooLarge, Retryable."""
        ...
