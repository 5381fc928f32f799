"""A transcript beside scores: turns with their speakers, quotes marked, what is far from any quote folded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from functions.portal.transcript.evidence import Quoted
from shared.conversations.domain.conversation import Affiliation, Conversation

NEAR = 2
"""Turns shown before and after one that is quoted."""
SHORT = 14
"""A conversation of at most so many turns is never folded."""
FEWEST_FOLDED = 3
"""Fewer turns in a row are shown rather than hidden behind a control."""


@dataclass(frozen=True)
class Piece:
    """Some words of a turn. anchors: ids of the quotes that begin here; cites: quotes that end here; marked: quoted"""

    text: str
    marked: bool = False
    anchors: tuple[str, ...] = ()
    cites: tuple[Quoted, ...] = ()


@dataclass(frozen=True)
class Turn:
    """number: from 1. scored: said by the scored employee; clock: when, `12:04`, empty where time says nothing"""

    number: int
    speaker: str
    side: str
    scored: bool
    clock: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Passage:
    """Turns in a row; folded: far from anything that a score stands on."""

    turns: tuple[Turn, ...]
    folded: bool


def passages(
    conversation: Conversation,
    quotes: Sequence[Quoted],
    *,
    scored: str | None,
    names: Mapping[str, str],
    also: Collection[int] = (),
    whole: bool = False,
) -> tuple[Passage, ...]:
    """Returns the conversation in passages.

    scored: the scored employee's speaker id; names: of speakers, by their ids; also: turns to show besides the quoted
    whole: nothing is folded
    """
    by_turn: dict[int, list[Quoted]] = {}
    for quoted in quotes:
        if quoted.stands_in(conversation):
            by_turn.setdefault(quoted.turn, []).append(quoted)
    turns = [
        Turn(
            index + 1,
            _name(conversation, turn.speaker_id, names),
            _side(conversation, turn.speaker_id),
            scored is not None and turn.speaker_id == scored,
            clock(turn.start_ms) if conversation.medium == "call" else "",
            _pieces(turn.text, by_turn.get(index, ())),
        )
        for index, turn in enumerate(conversation.turns)
    ]
    if whole or len(turns) <= SHORT:
        return (Passage(tuple(turns), folded=False),) if turns else ()
    shown = {near for index in {*by_turn, *also} for near in range(index - NEAR, index + NEAR + 1)}
    found = []
    for near, group in groupby(range(len(turns)), key=lambda index: index in shown):
        members = tuple(turns[index] for index in group)
        found.append(Passage(members, folded=not near and len(members) >= FEWEST_FOLDED))
    return tuple(found)


def turn_at(conversation: Conversation, at_ms: int) -> int | None:
    """Returns the turn that is spoken at a time, else the next; None behind the last."""
    return next((index for index, turn in enumerate(conversation.turns) if turn.end_ms > at_ms), None)


def clock(milliseconds: int) -> str:
    """Writes a time as `4:07`, `1:04:07`."""
    minutes, seconds = divmod(milliseconds // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _pieces(text: str, quotes: Iterable[Quoted]) -> tuple[Piece, ...]:
    spans = [(quoted.start or 0, quoted.end or 0, quoted) for quoted in quotes]
    cuts = sorted({0, len(text), *(start for start, _, _ in spans), *(end for _, end, _ in spans)})
    return tuple(
        Piece(
            text[begin:finish],
            any(start <= begin and finish <= end for start, end, _ in spans),
            tuple(quoted.anchor for start, _, quoted in spans if start == begin),
            tuple(quoted for _, end, quoted in spans if end == finish),
        )
        for begin, finish in pairwise(cuts)
    )


def _name(conversation: Conversation, speaker_id: str | None, names: Mapping[str, str]) -> str:
    if speaker_id is None:
        return "Unknown speaker"
    party = conversation.party(speaker_id)
    return names.get(speaker_id) or (party.name if party and party.name else f"Speaker {speaker_id}")


def _side(conversation: Conversation, speaker_id: str | None) -> str:
    party = conversation.party(speaker_id) if speaker_id else None
    affiliation = party.affiliation if party else Affiliation.UNKNOWN
    return {Affiliation.INTERNAL: "colleague", Affiliation.EXTERNAL: "customer"}.get(affiliation, "")
