"""Calls made of a few lines, scored and measured."""

from __future__ import annotations

from shared.analysts.lexical.analysis import Analysis
from shared.analysts.lexical.analyst import analyse
from shared.conversations.domain.conversation import (
    Affiliation,
    Conversation,
    Party,
    Turn,
    choose_speaker,
)


def scored(conversation: Conversation) -> Analysis:
    return analyse(conversation, choose_speaker(conversation).speaker_id)


def scores(analysis: Analysis) -> dict[str, int]:
    return {str(one.competency): one.score for one in analysis.scores}


def talk(*said: tuple[str, str], pause_ms: int = 400) -> Conversation:
    """Turns one after the other at three words a second; `s` sells, `b` buys."""
    turns = []
    at = 0
    for speaker, text in said:
        end = at + 333 * len(text.split())
        turns.append(Turn(speaker, at, end, text))
        at = end + pause_ms
    parties = (Party("s", affiliation=Affiliation.INTERNAL), Party("b", affiliation=Affiliation.EXTERNAL))
    return Conversation("1", None, at, parties, tuple(turns))
