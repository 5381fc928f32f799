"""Describes a conversation as it was spoken: who said what, and when.

    Conversation
    ├── parties   who was there, as far as the recording knows
    └── turns     what was said, in the order of time

Whatever order the turns are given in, a conversation holds them in one canonical order, so that a turn's
index names the same words every time.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from shared.kernel.errors import Rejected


class Affiliation(StrEnum):
    """On which side of the table a party sits, as the recording says (never guessed)."""

    INTERNAL = "Internal"
    EXTERNAL = "External"
    UNKNOWN = "Unknown"


class UnknownSpeaker(Rejected):
    """The scored speaker cannot be told from the conversation; the detail lists who speaks in it."""

    title = "Whose turns are these?"


@dataclass(frozen=True, slots=True)
class Party:
    """One person on the call. Every field but the affiliation may be missing, and often is.

    role: what a phone system calls the channel (`agent`, `caller`), where there are no names.
    """

    speaker_id: str | None = None
    name: str | None = None
    email: str | None = None
    affiliation: Affiliation = Affiliation.UNKNOWN
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """Says what one speaker said without the recording changing to another.

    speaker_id: None when the recording could not tell who it was.
    start_ms, end_ms: milliseconds from the start of the recording, 0 ≤ start ≤ end.
    text: the words as transcribed; a line break separates sentences that the recording timed apart.
    in_doubt: whether it is in doubt that these are the speaker's words; a score that stands on them waits for a person.
    """

    speaker_id: str | None
    start_ms: int
    end_ms: int
    text: str
    in_doubt: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.start_ms <= self.end_ms:
            raise Rejected(
                f"A turn runs from {self.start_ms} to {self.end_ms} ms; 0 ≤ start ≤ end is accepted.",
                field="turns",
            )

    @property
    def duration_ms(self) -> int:
        return self.end_ms - self.start_ms


@dataclass(frozen=True, slots=True)
class Said:
    """Holds what was said in a call, in the canonical order. set_aside: how many sentences could not be read"""

    turns: tuple[Turn, ...]
    set_aside: int = 0


@dataclass(frozen=True, slots=True)
class Conversation:
    """One recorded conversation.

    started: with a time zone, or None when the recording does not say.
    duration_ms: as the recording says, else the end of the last turn.
    turns: by start, end, speaker, doubt and text.
    medium: a call, or an e-mail thread, whose turns are messages and whose times are those of sending: nothing can be
    measured on them (talk ratio, interruptions).
    set_aside: how many sentences of it could not be read, as far as whoever read it tells.
    """

    call_id: str
    started: datetime | None
    duration_ms: int
    parties: tuple[Party, ...]
    turns: tuple[Turn, ...]
    medium: Literal["call", "email"] = "call"
    set_aside: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        ordered = sorted(
            self.turns, key=lambda turn: (turn.start_ms, turn.end_ms, turn.speaker_id or "", turn.in_doubt, turn.text)
        )
        object.__setattr__(self, "turns", tuple(ordered))
        object.__setattr__(self, "parties", tuple(self.parties))

    @property
    def messages(self) -> int:
        """Counts the messages of a thread: what is in doubt of one is a turn of its own."""
        return len({(turn.speaker_id, turn.start_ms) for turn in self.turns})

    def party(self, speaker_id: str) -> Party | None:
        """Returns the first party with this speaker id."""
        return next((party for party in self.parties if party.speaker_id == speaker_id), None)


@dataclass(frozen=True, slots=True)
class Speaker:
    """A speaker who has at least one turn, with what the parties tell about them.

    talk_ms: the sum of the turns, noise included: a help to recognise a person, not a measurement.
    """

    speaker_id: str
    name: str | None
    email: str | None
    affiliation: Affiliation
    role: str | None
    turns: int
    talk_ms: int

    def __str__(self) -> str:
        about = [self.name, self.email, None if self.affiliation is Affiliation.UNKNOWN else self.affiliation]
        if self.role != self.speaker_id:
            about.append(self.role)
        known = ", ".join(str(part) for part in about if part)
        return f"{self.speaker_id} ({known + '; ' if known else ''}{self.turns} turns, {self.talk_ms // 1000} s)"


def speakers(conversation: Conversation) -> tuple[Speaker, ...]:
    """Returns everyone who speaks, in the order of their first turn."""
    turns: dict[str, list[Turn]] = {}
    for turn in conversation.turns:
        if turn.speaker_id is not None:
            turns.setdefault(turn.speaker_id, []).append(turn)
    found = []
    for speaker_id, own in turns.items():
        party = conversation.party(speaker_id) or Party(speaker_id=speaker_id)
        found.append(
            Speaker(
                speaker_id=speaker_id,
                name=party.name,
                email=party.email,
                affiliation=party.affiliation,
                role=party.role,
                turns=len(own),
                talk_ms=sum(turn.duration_ms for turn in own),
            )
        )
    return tuple(found)


def choose_speaker(conversation: Conversation, *, speaker_id: str | None = None, email: str | None = None) -> Speaker:
    """Returns the speaker whose performance is to be scored.

    An explicit speaker id wins. Else the party with the e-mail. Else the only Internal speaker, or, where
    nobody is marked Internal, the only one whose role is `agent`. A colleague whose e-mail is known to be
    another one is never taken for the person asked for: a score on the wrong person is worse than none.

    Raises UnknownSpeaker, listing who speaks, when this leaves nobody or more than one.
    """
    present = speakers(conversation)
    if speaker_id is not None:
        return _only([one for one in present if one.speaker_id == speaker_id], present, f"id {speaker_id}")
    if email is not None:
        named = [one for one in present if one.email and one.email.casefold() == email.strip().casefold()]
        if named:
            return _only(named, present, f"e-mail {email}")
    ours = [one for one in present if one.affiliation is Affiliation.INTERNAL]
    wanted = "affiliation Internal"
    if not ours:
        ours = [one for one in present if (one.role or "").casefold() == "agent"]
        wanted = "affiliation Internal or role agent"
    if email is None:
        return _only(ours, present, wanted)
    nameless = [one for one in ours if one.email is None]
    return _only(nameless, present, f"{wanted} without an e-mail", f"No speaker has e-mail {email}. ")


def _only(candidates: list[Speaker], present: tuple[Speaker, ...], wanted: str, before: str = "") -> Speaker:
    if len(candidates) == 1:
        return candidates[0]
    trouble = "Several speakers have" if candidates else "No speaker has"
    listed = "; ".join(str(one) for one in present) or "nobody"
    raise UnknownSpeaker(
        f"{before}{trouble} {wanted}. Name one by speaker id. In this conversation speak: {listed}.",
        field="speaker_id",
    )


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of one turn, verbatim.

    turn_index: into Conversation.turns. start, end: characters of that turn's text, end exclusive.
    digest: SHA-256 of the text in UTF-8, hexadecimal. It outlives the words: where the transcript has been
    deleted, turn, span and digest still say what the score stood on.
    """

    turn_index: int
    start: int
    end: int
    text: str
    digest: str

    def __str__(self) -> str:
        return f"“{' '.join(self.text.split())}” (turn {self.turn_index})"


@dataclass(frozen=True, slots=True)
class MeasuredSpan:
    """A stretch of time and what was measured in it: the evidence for what no words show.

    value: in words, with its unit. turn_index: where one turn is what was measured.
    """

    name: str
    start_ms: int
    end_ms: int
    value: str
    turn_index: int | None = None

    def __str__(self) -> str:
        return f"{self.name} {self.value} ({_clock(self.start_ms)}–{_clock(self.end_ms)})"


def quote(conversation: Conversation, turn_index: int, start: int, end: int) -> Quote:
    """Returns the quote at a span of a turn."""
    text = conversation.turns[turn_index].text[start:end]
    return Quote(turn_index, start, end, text, hashlib.sha256(text.encode("utf-8")).hexdigest())


def stands(conversation: Conversation, speaker_id: str, quoted: Quote) -> bool:
    """Tells whether the conversation holds these very words, at this place, said by this speaker."""
    if not 0 <= quoted.turn_index < len(conversation.turns) or not quoted.text.strip():
        return False
    if not 0 <= quoted.start < quoted.end <= len(conversation.turns[quoted.turn_index].text):
        return False
    said_by = conversation.turns[quoted.turn_index].speaker_id
    return said_by == speaker_id and quoted == quote(conversation, quoted.turn_index, quoted.start, quoted.end)


def _clock(ms: int) -> str:
    return f"{ms // 60000}:{ms // 1000 % 60:02d}"
