"""Says where a conversation stands, until when, and what a message leads to.

What is pressed says by itself what it is about; a state is needed only for what is written, and what it says ends by
itself: whoever writes after that is answered as if nothing had been asked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from shared.coaching.domain.asked import ANSWERED_WITHIN, Asked
from shared.coaching.domain.inbound import InboundMessage
from shared.coaching.domain.outbound import Content
from shared.coaching.domain.preference import Chosen
from shared.coaching.domain.safety import StopKind

PERSON_SPEAKS: Final = timedelta(hours=4)
"""Since a person wrote from the business's phone: the conversation is theirs."""
WAITS_FOR: Final = timedelta(hours=2)
"""For what somebody is asked to write next, and for what "this" means; after that it is taken for something new."""
UNANSWERED: Final = frozenset({"reaction", "sticker", "revoke"})
"""What nobody expects an answer to."""
CLOCKS: Final = timedelta(seconds=2)
"""WhatsApp tells whole seconds, of a clock that is not ours."""

MediaOutcome = Literal["kept", "lost", "unfit", "not_agreed"]
Waiting = Literal["answer", "note", "hours", "label", "relay", "explain", "beside"]
"""What a written message may be: an option, a note, a time, a competency, words for a learner, what to explain; or
words for a person who has taken over, after it was said that the coach keeps quiet."""


@dataclass(frozen=True, slots=True)
class State:
    """Says where a conversation stands.

    intent:  what is waited for, None: nothing; question, lesson_id, lesson_version: what was asked, or told of, last
    about:   the file, or the hand-over, that it is about; asking: which asking of the question
    asked_at, expires_at: since when it stands, and when it is over
    """

    intent: str | None = None
    question: str | None = None
    lesson_id: str | None = None
    lesson_version: int | None = None
    asked_at: datetime | None = None
    expires_at: datetime | None = None
    asking: str | None = None
    about: str | None = None

    @property
    def asked(self) -> Asked | None:
        """Returns the question that is asked; None where none is."""
        parts = (self.asking, self.lesson_id, self.lesson_version, self.question, self.asked_at)
        asking, lesson, version, question, at = parts
        if self.intent != "answer" or asking is None or lesson is None or version is None:
            return None
        return None if question is None or at is None else Asked(asking, lesson, version, question, at)

    def lesson_at(self, now: datetime) -> str | None:
        """Returns the lesson that is talked of, which "this" may mean; None where none is, or no more."""
        return None if self.expires_at is None or now >= self.expires_at else self.lesson_id


def asking(asked: Asked) -> State:
    """Returns where a conversation stands that asks a question."""
    return State(
        intent="answer",
        question=asked.question_id,
        lesson_id=asked.lesson_id,
        lesson_version=asked.version,
        asked_at=asked.at,
        expires_at=asked.at + ANSWERED_WITHIN,
        asking=asked.asking,
    )


def talking_of(lesson_id: str, now: datetime) -> State:
    """Returns where a conversation stands in which a lesson was told of, and nothing is waited for."""
    return State(lesson_id=lesson_id, asked_at=now, expires_at=now + WAITS_FOR)


def waiting(what: Waiting, now: datetime, *, about: str | None = None) -> State:
    """Returns where a conversation stands in which somebody is asked to write something."""
    return State(intent=what, asked_at=now, expires_at=now + WAITS_FOR, about=about)


def awaited(state: State, message: InboundMessage) -> str | None:
    """Returns what a written message may be an answer to; None where nothing is waited for, or no more.

    What was written before it was asked for is no answer to it: it only came late.
    """
    if state.intent is None or state.asked_at is None or state.expires_at is None:
        return None
    in_time = state.asked_at - CLOCKS <= message.at < state.expires_at
    return state.intent if in_time and message.kind == "text" and message.payload_id is None else None


DoubtOutcome = Literal["danger", "harmless", "person", "stopped", "no_answer"]
"""danger, harmless: as they answered; person: they want one; stopped: what they wrote next was; no_answer: in time"""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Holds a message that may tell of danger, about which the coach has asked back.

    kind:    the danger that it may tell of; learner: who wrote it, None where nobody knows
    message: as it was written, state: where the conversation stood, media: what became of its file, kept
             as evidence_id; until it is decided
    due_at:  when a person is told, if nothing was answered until then
    """

    doubt_id: str
    kind: StopKind
    learner: str | None
    asked_at: datetime
    due_at: datetime
    message: InboundMessage | None
    state: State = State()
    media: MediaOutcome | None = None
    evidence_id: str | None = None
    outcome: DoubtOutcome | None = None
    decided_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Tells whether it is not decided."""
        return self.outcome is None

    @property
    def lapsed(self) -> bool:
        """Tells whether it was not answered in time, and not since."""
        return self.outcome == "no_answer"

    def decided(self, outcome: DoubtOutcome, now: datetime) -> Doubt:
        """Returns it as it is once it is known what it was: without a word of it."""
        return replace(self, message=None, state=State(), media=None, evidence_id=None, outcome=outcome, decided_at=now)


@dataclass(frozen=True, slots=True)
class Context:
    """Holds what an answer depends on beside the message.

    learner:   None where nobody knows who this is, or it is not certain
    stopped:   they said STOP; echoed_at: when a person wrote to them last
    media:     what became of the message's file; None where it has none; evidence_id: as what it is kept
    doubts:    those of theirs that are open, or lapsed a short while ago, each the oldest first, and the one that a
               pressed button is about
    """

    learner: str | None
    now: datetime
    stopped: bool = False
    echoed_at: datetime | None = None
    media: MediaOutcome | None = None
    evidence_id: str | None = None
    doubts: tuple[Doubt, ...] = ()

    @property
    def person_speaks(self) -> bool:
        """Tells whether a person writes to them from the business's phone."""
        return self.echoed_at is not None and self.now < self.echoed_at + PERSON_SPEAKS


@dataclass(frozen=True, slots=True)
class Answered:
    """Says what a message leads to.

    contents: what is written, in its order; chosen: whether the coach may write; doubts: those begun, and decided
    """

    contents: tuple[Content, ...]
    state: State
    chosen: Chosen | None = None
    doubts: tuple[Doubt, ...] = ()
