"""Accepts a change of live state, and the fact that tells of it, as one promise to whoever sent it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from shared.ports.documents import Documents, Write
from shared.ports.messages import Bus, Message


class Outbox(Protocol):
    """Commits writes, then publishes messages about them."""

    def accept(self, writes: Sequence[Write], topic: str, messages: Sequence[Message]) -> None:
        """Writes and publishes; both are durable when it returns.

        Raises AlreadyExists, PreconditionFailed, DocumentTooLarge as `Documents.commit` does; then nothing was written
        and nothing published. After Retryable the writes may have been done, and the messages published or not: whoever
        sends the same again must lead to the messages being published. Nothing is published before it is committed.
        """
        ...


class CommitThenPublish:
    """The port over any store and any bus: one after the other."""

    def __init__(self, documents: Documents, bus: Bus) -> None:
        self._documents = documents
        self._bus = bus

    def accept(self, writes: Sequence[Write], topic: str, messages: Sequence[Message]) -> None:
        self._documents.commit(writes)
        self._bus.publish(topic, messages)
