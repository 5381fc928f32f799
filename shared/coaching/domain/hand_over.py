"""Says why a person takes over from the coach, and for how long the coach is silent then."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal, get_args

from shared.coaching.domain.safety import StopKind

Reason = StopKind | Literal["unanswered", "asked", "needs_a_person", "voice", "silent", "goes_on"]
"""unanswered: the coach asked back about what may be danger, and nothing came in time; asked: the learner asked for it;
needs_a_person: it is nothing that a program answers; voice: a voice note, which no program here hears; silent: they
have not answered for a week; goes_on: they have reached a milestone and go on, or want to. The others are what stopped
the chat."""
STOPPED: Final[tuple[Reason, ...]] = get_args(StopKind)
SAFETY: Final[tuple[Reason, ...]] = (*STOPPED, "unanswered")
Speaker = Literal["learner", "answerer"]
Outcome = Literal["answered", "safe", "reported", "mistaken", "back_to_coach"]
"""What came of it. safe: nobody is harmed and the work is safe; reported: it is reported where the employer wants it;
mistaken: the chat was stopped for nothing; back_to_coach: the learner went back themselves."""

SILENT_FOR: Final = timedelta(hours=24)
"""Since either wrote last: who waits for longer is not left without anybody, and the coach answers beside them."""


BESIDE: Final[frozenset[Reason]] = frozenset({"unanswered", "voice", "silent", "goes_on"})
"""Reasons for which somebody is asked in while the coach goes on: the learner has asked for nobody."""


def keeps_silent(last_at: datetime, resumed_at: datetime | None, now: datetime) -> bool:
    """Tells whether a hand-over for which a person is wanted keeps the coach silent. last_at: when either wrote last"""
    if resumed_at is not None and resumed_at >= last_at:
        return False
    return now < last_at + SILENT_FOR


def is_safety(reason: Reason) -> bool:
    """Tells whether it is about danger; then only a person ends it, and says what came of it."""
    return reason in SAFETY


def graver(present: Reason, added: Reason) -> Reason:
    """Returns why a person answers where something is added to a hand-over that is open.

    What stops a chat outweighs everything else, then a question about danger without an answer, so that a person says
    what came of it; that a person is wanted outweighs what the coach goes on beside.
    """
    for some in (STOPPED, SAFETY):
        if present in some or added in some:
            return present if present in some else added
    return added if present in BESIDE and added not in BESIDE else present


def outcomes_of(reason: Reason) -> tuple[Outcome, ...]:
    """Returns what a person may say came of a hand-over."""
    return ("safe", "reported", "mistaken") if is_safety(reason) else ("answered",)
