"""Reads the transcripts that tests are made of."""

from __future__ import annotations

from shared.conversations.domain.conversation import Conversation
from shared.conversations.wire.gong import parse_conversations


def only_conversation(data: bytes) -> Conversation:
    """Returns the one conversation in the bytes."""
    (found,) = parse_conversations(data)
    return found
