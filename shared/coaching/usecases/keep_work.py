"""Keeps what learners bring of their work over messages: files as they came, notes word for word, hours as they say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shared.coaching.domain.conversation import Answered, waiting
from shared.coaching.domain.hours_text import hours_and_minutes, minutes_in
from shared.coaching.domain.outbound import MOST_ROWS, Button, Content
from shared.coaching.domain.replies import Replies
from shared.coaching.usecases.hand_over import HandOvers
from shared.coaching.usecases.turn import Turn
from shared.evidence.usecases.label_evidence import LabelEvidence
from shared.evidence.usecases.take_evidence import Sending, TakeEvidence
from shared.learning.usecases.learners import Learners

LABEL: Final = "ksb"
SEEN_FIRST: Final = ("skill", "behaviour", "knowledge")
"""What a photo of work is mostly about, first."""


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Holds how evidence is taken and labelled, and who brings it."""

    taking: TakeEvidence
    labelling: LabelEvidence
    learners: Learners


def key_of(wamid: str) -> str:
    """Returns under which key of the sender's what a message brought is kept."""
    return f"whatsapp-{wamid}"


class KeepWork:
    """Keeps evidence. Every method may raise Rejected, Retryable."""

    def __init__(self, portfolio: Portfolio, hand_overs: HandOvers, replies: Replies) -> None:
        self._portfolio = portfolio
        self._hand_overs = hand_overs
        self._replies = replies

    def file(self, turn: Turn) -> Answered:
        """Says what became of a file, and what it is about, or asks that. A voice note goes to a person."""
        outcome = turn.context.media
        if outcome == "not_agreed":
            return turn.answered(self._say("not_agreed", "talk_to_mentor", "help"))
        if outcome != "kept":
            return turn.answered(self._say("unfit" if outcome == "unfit" else "lost", "log_evidence", "talk_to_mentor"))
        if turn.message.kind == "audio":
            opened = self._hand_overs.open(turn.learner, "voice", turn.said)
            name = self._hand_overs.answerer(opened)
            words = "kept_voice_many" if name is None else "kept_voice"
            return turn.answered(self._say(words, "whats_next", "log_evidence", name=name or ""))
        return self._about(turn, turn.message.wamid, turn.text)

    def note(self, turn: Turn) -> Answered:
        """Keeps what is written as a note, word for word."""
        self._take_note(turn, turn.text)
        about = self._portfolio.labelling.named(turn.caller, turn.text)
        if about:
            self._portfolio.labelling.label(turn.caller, key_of(turn.message.wamid), about)
        return turn.answered(self._say("note_kept", "log_evidence", "whats_next", "progress"))

    def ask_for_evidence(self, turn: Turn) -> Answered:
        """Says how evidence is brought; what is written next is kept as a note."""
        content = self._say("send_evidence", "whats_next", "quiz_me", "talk_to_mentor")
        return turn.answered(content, state=waiting("note", turn.now))

    def hours(self, turn: Turn, *, asked: bool = False) -> Answered:
        """Keeps for how long somebody says that they learned, by their own day; asks where they do not say how long."""
        minutes = minutes_in(turn.text, asked=asked)
        if minutes is None:
            content = self._say("hours_misread" if asked else "hours_asked", "whats_next", "talk_to_mentor")
            return turn.answered(content, state=waiting("hours", turn.now))
        zone = self._portfolio.learners.own(turn.caller).zone
        time, day = hours_and_minutes(minutes), f"{turn.message.at.astimezone(zone):%-d %B %Y}"
        self._take_note(turn, f"Off-the-job training: {time} ({minutes} minutes), told on {day}.\n{turn.text}")
        return turn.answered(self._say("hours_kept", "log_hours", "whats_next", "progress", time=time, day=day))

    def label(self, turn: Turn, competency: str, wamid: str) -> Answered:
        """Notes what a file is about, as it was pressed."""
        about = self._portfolio.labelling.label(turn.caller, key_of(wamid), [competency])
        return turn.answered(self._say("kept_about", "log_evidence", "whats_next", "progress", about=", ".join(about)))

    def labelled(self, turn: Turn, wamid: str) -> Answered:
        """Notes what a file is about, as it is written; asks again where no competency has that name."""
        named = self._portfolio.labelling.named(turn.caller, turn.text)
        return self.label(turn, named[0], wamid) if named else self._ask(turn, wamid, "about_unknown")

    def names(self, turn: Turn) -> bool:
        """Tells whether a message names a competency. Raises Forbidden."""
        return bool(self._portfolio.labelling.named(turn.caller, turn.text))

    def _about(self, turn: Turn, wamid: str, words: str) -> Answered:
        named = self._portfolio.labelling.named(turn.caller, words)
        if not named:
            return self._ask(turn, wamid, "about_what", kept=True)
        about = self._portfolio.labelling.label(turn.caller, key_of(wamid), named)
        return turn.answered(self._say("kept_about", "log_evidence", "whats_next", "progress", about=", ".join(about)))

    def _ask(self, turn: Turn, wamid: str, words: str, *, kept: bool = False) -> Answered:
        choices = self._portfolio.labelling.choices(turn.caller)
        rank = {category: place for place, category in enumerate(SEEN_FIRST)}
        choices.sort(key=lambda one: (rank.get(one.category, len(rank)), one.competency))
        rows = [Button(f"{LABEL}:{one.competency}:{wamid}", f"{one.competency} {one.name}") for one in choices]
        offered = (*rows[: MOST_ROWS - 1], *self._replies.offered("skip_label"))
        said = self._replies.text(words)
        body = f"{self._replies.text('kept')} {said}" if kept else said
        return turn.answered(Content(body, offered), state=waiting("label", turn.now, about=wamid))

    def _take_note(self, turn: Turn, text: str) -> None:
        sending = Sending(
            key=key_of(turn.message.wamid), kind="note", captured_at=turn.message.at, claimed_type="text/plain"
        )
        self._portfolio.taking.take(turn.caller, sending, text.encode())

    def _say(self, name: str, /, *buttons: str, **values: str) -> Content:
        return self._replies.say(name, *buttons, **values)
