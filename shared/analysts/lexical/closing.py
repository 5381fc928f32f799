"""Finds how one speaker ends a conversation: next steps, their summary, the decision."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shared.analysts.lexical import lexicon
from shared.analysts.lexical.negation import affirmed
from shared.analysts.lexical.questions import QuestionKind
from shared.analysts.lexical.refusals import CALLED_OFF
from shared.analysts.lexical.side import REACH_TURNS, Side
from shared.analysts.lexical.speech import Kind, Utterance
from shared.conversations.domain.conversation import Quote

RECAP_STEPS = 3
"""A turn that names three next steps sums up, whatever it begins with."""

_CLOCK = re.compile(r"\b\d{1,2}(?:st|nd|rd|th|\s*(?:am|pm|a\.m\.|p\.m\.|o'clock))\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NextStep:
    """Something that will happen after the call. theirs: the customer does it."""

    said: Quote
    dated: bool
    agreed: bool
    theirs: bool


@dataclass(frozen=True, slots=True)
class Closing:
    """Says what the second half of a conversation arranges."""

    next_steps: tuple[NextStep, ...]
    recaps: tuple[Quote, ...]
    decisions_asked: tuple[Quote, ...]


def closing_of(side: Side) -> Closing:
    """Finds what a speaker arranges."""
    steps = _next_steps(side)
    return Closing(steps, _recaps(side, steps), _decisions_asked(side))


def _next_steps(side: Side) -> tuple[NextStep, ...]:
    """Finds commitments and dated arrangements in the second half: what is promised before that is the agenda of the
    call. A bare day is a step only when the customer agrees to it; what the customer turns down, or takes back, is
    none."""
    called_off = max(
        (one.turn_index for one in side.utterances if side.is_customers(one) and _calls_off(one.text)), default=-1
    )
    found = []
    for one in side.second_half():
        agreed = _agreed(side, one)
        if agreed is None or one.turn_index < called_off:
            continue
        for start, end in one.sentences:
            match = affirmed(lexicon.COMMITMENT, one.text, start, end)
            said = side.sentence(one, start, end, match)
            dated = bool(lexicon.DATE.search(said.text) or _CLOCK.search(said.text))
            if match or (dated and agreed and lexicon.ARRANGED.search(one.text[start:end])):
                theirs = bool(lexicon.THEIR_PART.search(one.text, start, end))
                found.append(NextStep(said, dated, agreed, theirs))
    return tuple(found)


def _calls_off(text: str) -> bool:
    return affirmed(CALLED_OFF, text) is not None


def _recaps(side: Side, steps: tuple[NextStep, ...]) -> tuple[Quote, ...]:
    """Finds sentences that announce a summary in the second half, and turns that name three next steps or more."""
    found = []
    for one in side.second_half():
        in_turn = [step.said for step in steps if step.said.turn_index == one.turn_index]
        announced = next(
            (
                side.sentence(one, start, end, match)
                for start, end in one.sentences
                if (match := lexicon.RECAP.search(one.text, start, end))
            ),
            None,
        )
        if announced is not None:
            found.append(announced)
        elif len(in_turn) >= RECAP_STEPS:
            found.append(in_turn[0])
    return tuple(found)


def _decisions_asked(side: Side) -> tuple[Quote, ...]:
    """Finds sentences of the second half about the decision itself or what counts as done."""
    return tuple(
        side.sentence(one, start, end, match)
        for one in side.second_half()
        for start, end in one.sentences
        if (match := lexicon.DECISION_ASKED.search(one.text, start, end))
    )


def _agreed(side: Side, one: Utterance) -> bool | None:
    """Tells whether the next thing that a customer says begins with a yes, or names a day; None where it turns the step
    down. A no to "is there anything else?" turns nothing down."""
    mine_again = 0
    latest = one
    for other in side.utterances[one.turn_index + 1 : one.turn_index + 1 + REACH_TURNS]:
        if other.kind is Kind.NOISE or other.turn.speaker_id is None:
            continue
        if other.turn.speaker_id == side.speaker_id:
            mine_again += other.kind is Kind.TALK
            if mine_again > 1:
                return False
            if other.kind is Kind.TALK:
                latest = other
            continue
        if lexicon.REFUSED.match(other.text):
            asked = side.asked[latest.turn_index]
            return False if asked and asked[-1].kind is QuestionKind.COURTESY else None
        opening = " ".join(word.text for word in other.words[:8])
        if lexicon.REFUSAL.search(opening):
            return False
        return bool(lexicon.AGREEMENT.search(opening) or lexicon.DATE.search(opening))
    return False
