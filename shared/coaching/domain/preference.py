"""Knows the words with which somebody ends and resumes what the coach writes, and merges what they chose."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.coaching.domain.inbound import Choice, InboundMessage

STOP: Final = frozenset(
    {"stop", "stop all", "stopall", "stop please", "please stop", "unsubscribe", "opt out", "optout"}
)
START: Final = frozenset({"start", "unstop", "resume", "subscribe", "opt in", "optin"})
_NO_LETTER: Final = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True)
class Chosen:
    """Says what somebody chose, and when. Of two choices at one moment it is the one that ends."""

    choice: Choice
    at: datetime

    @property
    def order(self) -> tuple[datetime, bool]:
        """Returns what the later of two choices has more of."""
        return self.at, self.choice == "stop"


def latest(choices: Iterable[Chosen | None]) -> Chosen | None:
    """Returns the choice in force: the latest, in whatever order they came in; None where nobody chose."""
    return max(filter(None, choices), key=lambda one: one.order, default=None)


def chosen_in(message: InboundMessage) -> Chosen | None:
    """Returns what a message chooses; None for one that is about something else. A forwarded one is not theirs."""
    if message.kind not in ("text", "button", "interactive") or message.forwarded:
        return None
    words = _NO_LETTER.sub(" ", message.text[:80]).strip().casefold()
    if words in STOP:
        return Chosen("stop", message.at)
    return Chosen("resume", message.at) if words in START else None
