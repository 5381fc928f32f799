"""Accepts a change of live state, and the fact that tells of it, as one promise to whoever sent it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from shared.ports.documents import Write
from shared.ports.messages import Message


class Outbox(Protocol):
    """Commits writes, then publishes messages about them."""

    def accept(self, writes: Sequence[Write], topic: str, messages: Sequence[Message], *, noted: bool = False) -> None:
        """Writes and publishes; both are durable when it returns.

        Raises AlreadyExists, PreconditionFailed, DocumentTooLarge as `Documents.commit` does; then nothing was written
        and nothing published. After Retryable the writes may have been done, and the messages published or not: whoever
        sends the same again must lead to the messages being published. Nothing is published before it is committed.

        noted: once they are written the messages are published, though nobody sends the same again and the process
        dies (see `sweep`)
        """
        ...

    def sweep(self) -> int:
        """Publishes what a process has noted and not published; how many messages that were. Raises Retryable."""
        ...
