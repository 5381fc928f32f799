"""Answers a learner: what the coach writes to a message, and where the conversation stands after it.

For now the coach says what it is for, and what it cannot do; it claims nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from shared.coaching.domain.inbound import InboundMessage
from shared.coaching.domain.outbound import Button, Content
from shared.coaching.domain.preference import Chosen, chosen_in

PERSON_SPEAKS: Final = timedelta(hours=4)
"""Since a person wrote from the business's phone: the conversation is theirs."""
UNANSWERED: Final = frozenset({"reaction", "sticker", "revoke"})
"""What nobody expects an answer to."""

INTENTS: Final = (
    Button("whats_next", "What’s next"),
    Button("quiz_me", "Quiz me"),
    Button("progress", "My progress"),
    Button("talk_to_mentor", "Talk to my mentor"),
)
SAFETY: Final = (
    "If anybody is hurt or something may be live: stop, keep clear, call 999, and ring your supervisor. "
    "I cannot see the job."
)
HELP: Final = f"I am the coach, a program. Choose one of these, or write STOP to end my messages. {SAFETY}"
STOPPED: Final = "You get no more messages from the coach. Write START to have them again."
STARTED: Final = "The coach writes to you again. Write STOP to end that."
STRANGER: Final = f"This number is not known as a learner’s. Ask whoever runs your training to add it. {SAFETY}"
KEPT: Final = "Your file has arrived, and is kept."
LOST: Final = "Your file did not arrive: it could not be fetched from WhatsApp as you sent it. Please send it again."
UNFIT: Final = "I can keep photos and voice notes, and not this file. Nothing of it is kept."
OF_MEDIA: Final = {"kept": KEPT, "lost": LOST, "unfit": UNFIT}

MediaOutcome = Literal["kept", "lost", "unfit"]


@dataclass(frozen=True, slots=True)
class State:
    """Says where a conversation stands.

    intent:  what it is about; question, lesson_id, lesson_version: what was asked last; expires_at: when that is over
    """

    intent: str | None = None
    question: str | None = None
    lesson_id: str | None = None
    lesson_version: int | None = None
    asked_at: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """Holds what an answer depends on beside the message.

    learner:   None where nobody knows who this is, or it is not certain
    stopped:   they said STOP; echoed_at: when a person wrote to them last
    media:     what became of the message's file; None where it has none
    """

    learner: str | None
    now: datetime
    stopped: bool = False
    echoed_at: datetime | None = None
    media: MediaOutcome | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """Says what a message leads to. contents: what is written, in its order; chosen: whether the coach may write"""

    contents: tuple[Content, ...]
    state: State
    chosen: Chosen | None = None


def reply(state: State, message: InboundMessage, context: Context) -> Answered:
    """Returns what the coach answers. STOP and START hold whatever the conversation is about."""
    chosen = chosen_in(message)
    if chosen is not None:
        words = STOPPED if chosen.choice == "stop" else STARTED
        return Answered((Content(words),), State(), chosen)
    if message.called in UNANSWERED or _person_speaks(context):
        return Answered((), state)
    if context.learner is None:
        return Answered((Content(STRANGER),), State())
    if context.media is not None:
        return Answered((Content(OF_MEDIA[context.media]),), state)
    return Answered((Content(HELP, INTENTS),), State("help"))


def _person_speaks(context: Context) -> bool:
    return context.echoed_at is not None and context.now < context.echoed_at + PERSON_SPEAKS
