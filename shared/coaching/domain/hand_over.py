"""Says why a person takes over from the coach, and for how long the coach is silent then."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal, get_args

from shared.coaching.domain.safety import StopKind

Reason = StopKind | Literal["asked", "needs_a_person", "voice", "silent", "goes_on"]
"""asked: the learner asked for it; needs_a_person: it is nothing that a program answers; voice: a voice note, which no
program here hears; silent: they have not answered for a week; goes_on: they have reached a milestone and go on, or want
to. The others are what stopped the chat."""
SAFETY: Final[tuple[Reason, ...]] = get_args(StopKind)
Speaker = Literal["learner", "answerer"]
Outcome = Literal["answered", "safe", "reported", "mistaken", "back_to_coach"]
"""What came of it. safe: nobody is harmed and the work is safe; reported: it is reported where the employer wants it;
mistaken: the chat was stopped for nothing; back_to_coach: the learner went back themselves."""

SILENT_FOR: Final = timedelta(hours=24)
"""Since either wrote last: who waits for longer is not left without anybody, and the coach answers beside them."""


BESIDE: Final[frozenset[Reason]] = frozenset({"voice", "silent", "goes_on"})
"""Reasons for which somebody is asked in while the coach goes on: the learner has asked for nobody."""


def keeps_silent(reason: Reason, last_at: datetime, resumed_at: datetime | None, now: datetime) -> bool:
    """Tells whether a hand-over that is open keeps the coach silent. last_at: when either wrote last"""
    if reason in BESIDE or (resumed_at is not None and resumed_at >= last_at):
        return False
    return now < last_at + SILENT_FOR


def is_safety(reason: Reason) -> bool:
    """Tells whether a chat was stopped; then only a person ends it, and says what came of it."""
    return reason in SAFETY


def outcomes_of(reason: Reason) -> tuple[Outcome, ...]:
    """Returns what a person may say came of a hand-over."""
    return ("safe", "reported", "mistaken") if is_safety(reason) else ("answered",)
