"""Answers by rules alone."""

from __future__ import annotations

from typing import Final

from shared.coaching.domain.conversation import UNANSWERED, Answered, Context, State, reply
from shared.coaching.domain.inbound import InboundMessage
from shared.coaching.domain.outbound import Content
from shared.coaching.domain.safety import Safety, StopKind

CLOSING: Final = "I am a program and cannot see the job. I stop here; ring your supervisor or mentor yourself now."
STOPS: Final[dict[StopKind, str]] = {
    "live_work": f"Stop, and keep clear: treat it as live until an authorised person has proved it dead. {CLOSING}",
    "injury": f"If anybody is hurt, call 999 now. Any shock is looked at by a doctor, however small. {CLOSING}",
    "near_miss": f"Stop, keep everybody clear and leave it as it is. It has to be reported, even if nobody was hurt. "
    f"Where gas was struck: no flames, and call 0800 111 999. {CLOSING}",
    "self_harm": "I am a program, and this needs a person. If you or somebody is in danger now, call 999. "
    "Samaritans listen day and night, free: 116 123. Please stay with somebody, and ring somebody whom you trust.",
}
"""What is said in place of any answer. None says that somebody has been told: nobody has, until that is built."""


class RuleCoach:
    """Stops what sounds like danger, says what the coach is for, and what became of a file (see `conversation`)."""

    def __init__(self, safety: Safety) -> None:
        self._safety = safety

    def reply(self, state: State, message: InboundMessage, context: Context) -> Answered:
        """Returns the answers, and where the conversation stands after them.

        Words of danger win over every state, over STOP, and over whoever is writing to them, known or not.
        """
        words = message.text or (message.media.caption if message.media else "")
        stop = None if message.called in UNANSWERED else self._safety.stop(words)
        if stop is None:
            return reply(state, message, context)
        return Answered((Content(STOPS[stop.kind]),), State("stopped"))
