"""Holds one message of a learner's with all that its answer depends on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.coaching.domain.conversation import Answered, Context, State
from shared.coaching.domain.inbound import InboundMessage
from shared.coaching.domain.outbound import Content
from shared.coaching.usecases.tell_answerer import Said
from shared.kernel.access import Caller


@dataclass(frozen=True, slots=True)
class Turn:
    """Holds it. caller: the learner, with the rights of their role; payload: what was pressed, by its name"""

    state: State
    message: InboundMessage
    context: Context
    caller: Caller
    payload: str = ""

    @property
    def learner(self) -> str:
        """Returns the learner's id."""
        return self.caller.employee_id or self.caller.email

    @property
    def now(self) -> datetime:
        """Returns the present."""
        return self.context.now

    @property
    def text(self) -> str:
        """Returns what was written, or stands below a file."""
        return words_of(self.message)

    @property
    def said(self) -> Said:
        """Returns it as what a person is shown of it."""
        named = {"audio": "(a voice note)", "image": "(a photo)", "video": "(a video)", "document": "(a file)"}
        text = self.text or named.get(self.message.kind, f"({self.message.called or self.message.kind})")
        return Said(self.message.wamid, text, self.message.at, self.context.evidence_id)

    def answered(self, *contents: Content, state: State | None = None) -> Answered:
        """Returns what it leads to; the conversation waits for nothing then, unless it is said for what."""
        return Answered(contents, State() if state is None else state)


def words_of(message: InboundMessage) -> str:
    """Returns what somebody wrote, be it below a file."""
    return message.text or (message.media.caption if message.media else "")
