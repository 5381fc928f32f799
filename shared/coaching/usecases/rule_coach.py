"""Answers by rules alone."""

from __future__ import annotations

from shared.coaching.domain.conversation import Answered, Context, State, reply
from shared.coaching.domain.inbound import InboundMessage


class RuleCoach:
    """Says what the coach is for, and what became of a file (see `conversation`)."""

    def reply(self, state: State, message: InboundMessage, context: Context) -> Answered:
        """Returns the answers, and where the conversation stands after them."""
        return reply(state, message, context)
