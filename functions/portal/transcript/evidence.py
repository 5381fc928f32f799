"""Shows what a score stands on: quotes by turn, span and digest, or what the ledger says was measured and when."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from shared.conversations.domain.conversation import Conversation

_PIECES = re.compile(r"; (?=quote at turn |measured: )")
_QUOTE = re.compile(r"quote at turn (\d{1,7})(?:, characters (\d{1,9})-(\d{1,9}))?(?:, sha256 ([0-9a-f]{8,64}))?$")
_CLOCK = re.compile(r"\((?:(\d+):)?(\d+):(\d\d)–")


@dataclass(frozen=True)
class Quoted:
    """A reference to words. anchor: the id of its mark in the transcript; turn: from 0; start, end: characters of the
    turn, end exclusive, None where the ledger does not say; digest: the first digits of the words' SHA-256."""

    anchor: str
    competency: str
    name: str
    turn: int
    start: int | None
    end: int | None
    digest: str

    def stands_in(self, conversation: Conversation) -> bool:
        """Tells whether the conversation holds these very words at this place."""
        if self.start is None or self.end is None or not self.turn < len(conversation.turns):
            return False
        text = conversation.turns[self.turn].text[self.start : self.end]
        return bool(text.strip()) and hashlib.sha256(text.encode()).hexdigest().startswith(self.digest or "none")


@dataclass(frozen=True)
class Measured:
    """Puts what was measured into words; start_ms: where in the recording it begins, None where that is unknown."""

    words: str
    start_ms: int | None


def read(evidence: str | None, competency: str, name: str) -> tuple[tuple[Quoted, ...], tuple[Measured, ...]]:
    """Returns (quotes, measurements) of a score's evidence; what cannot be read as a quote is shown as it is."""
    quotes: list[Quoted] = []
    measured: list[Measured] = []
    for piece in _PIECES.split(evidence or ""):
        text = piece.strip()
        found = _QUOTE.fullmatch(text)
        if found:
            start, end = (None, None) if found[2] is None else (int(found[2]), int(found[3]))
            anchor = f"quote-{competency}-{len(quotes) + 1}"
            quotes.append(Quoted(anchor, competency, name, int(found[1]), start, end, found[4] or ""))
        elif text:
            words = text.removeprefix("measured: ")
            clock = _CLOCK.search(words)
            at = None
            if clock:
                at = 1000 * (3600 * int(clock[1] or 0) + 60 * int(clock[2]) + int(clock[3]))
            measured.append(Measured(words[:1].upper() + words[1:], at))
    return tuple(quotes), tuple(measured)
