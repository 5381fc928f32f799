"""Numbers a conversation's lines for a reader, in as many parts as the reader can take.

    [12] S1 (ours): What does one of those weeks cost you?

One turn is one line, whatever its text holds, so that no text can pass for another turn. Speakers have labels instead
of names: S1 is the one to be scored, the others S2, S3 … by their first turn. Angle brackets are written as ‹ ›, and
what nobody can see is left out. The number is the turn's index in the conversation, in every part.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shared.analysts.domain.addressed_to_the_analyst import BLANK
from shared.conversations.domain.conversation import Affiliation, Conversation, speakers
from shared.conversations.domain.verbatim import visible

SCORED = "S1"
_SIDES = {Affiliation.INTERNAL: "ours", Affiliation.EXTERNAL: "theirs", Affiliation.UNKNOWN: "side unknown"}
_BRACKETS = str.maketrans("<>", "‹›")
_BLANKS = re.compile(f"{BLANK}++")


@dataclass(frozen=True, slots=True)
class Line:
    """A turn, or a piece of one that is larger than a part.

    words: how many of the scored speaker's words are in it; 0 for everybody else's and for what is withheld.
    """

    turn_index: int
    text: str
    words: int


@dataclass(frozen=True, slots=True)
class Part:
    """Says what one prompt holds. fresh: the index in `lines` where that begins which no earlier part holds."""

    lines: tuple[Line, ...]
    fresh: int

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)

    @property
    def words(self) -> int:
        """Returns the scored speaker's words in it: its weight when scores of several parts are combined."""
        return sum(line.words for line in self.lines)


@dataclass(frozen=True, slots=True)
class Parts:
    """A conversation cut into parts. cut_turns: turns that alone were larger than a part and had to be cut."""

    parts: tuple[Part, ...]
    cut_turns: tuple[int, ...]


def one_line(text: str) -> str:
    """Returns text as a line can hold it: white space as one space, angle brackets as ‹ ›, nothing invisible."""
    seen = "".join(one for one in text if one.isspace() or visible(one))
    return " ".join(seen.split()).translate(_BRACKETS)


def labels(conversation: Conversation, speaker_id: str) -> dict[str, str]:
    """Returns each speaker's label."""
    others = (one.speaker_id for one in speakers(conversation) if one.speaker_id != speaker_id)
    return {speaker_id: SCORED} | {other: f"S{number}" for number, other in enumerate(others, start=2)}


def parts(
    conversation: Conversation, speaker_id: str, withheld: frozenset[int], *, characters: int, overlap: int
) -> Parts:
    """Returns the conversation in parts of at most so many characters of turns, each beginning with the `overlap` turns
    before it (fewer where they would take more than a quarter of the part). Parts in which the speaker says nothing are
    kept.

    Cuts lie between turns. Only a turn that alone is larger than three quarters of a part is cut, between words.
    """
    largest = max(characters * 3 // 4, 200)
    lines: list[Line] = []
    cut: list[int] = []
    names = labels(conversation, speaker_id)
    for index, turn in enumerate(conversation.turns):
        label = names[turn.speaker_id] if turn.speaker_id is not None else "S?"
        if turn.speaker_id != speaker_id:
            party = conversation.party(turn.speaker_id) if turn.speaker_id is not None else None
            label += f" ({_SIDES[party.affiliation if party else Affiliation.UNKNOWN]})"
        if index in withheld:
            count = len(turn.text.split())
            lines.append(Line(index, f"[{index}] {label}: (withheld: {count} words that address the reader)", 0))
            continue
        pieces = _pieces(one_line(_BLANKS.sub(" (words that address the reader are withheld) ", turn.text)), largest)
        if len(pieces) > 1:
            cut.append(index)
        for number, piece in enumerate(pieces):
            more = " (continued)" if number else ""
            own = len(piece.split()) if turn.speaker_id == speaker_id else 0
            lines.append(Line(index, f"[{index}] {label}{more}: {piece}", own))
    return Parts(_packed(lines, characters, overlap), tuple(cut))


def _packed(lines: Sequence[Line], characters: int, overlap: int) -> tuple[Part, ...]:
    found: list[Part] = []
    begin = 0
    while begin < len(lines) or not found:
        before: list[Line] = []
        room = characters // 4
        while begin and len(before) < min(overlap, begin):
            line = lines[begin - len(before) - 1]
            room -= len(line.text) + 1
            if room < 0:
                break
            before.insert(0, line)
        size = sum(len(line.text) + 1 for line in before)
        end = begin
        while end < len(lines) and (end == begin or size + len(lines[end].text) + 1 <= characters):
            size += len(lines[end].text) + 1
            end += 1
        found.append(Part((*before, *lines[begin:end]), len(before)))
        begin = end
    return tuple(found)


def _pieces(text: str, largest: int) -> list[str]:
    """Returns the text in pieces of at most `largest` characters, cut between words where there are any."""
    pieces = []
    while len(text) > largest:
        at = text.rfind(" ", largest // 2, largest)
        at = at if at > 0 else largest
        pieces.append(text[:at])
        text = text[at:].lstrip()
    return [*pieces, text]
