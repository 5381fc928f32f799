"""Accepts events: the embedded default of the `Outbox` port.

Documents and queue lie in one file, so an accepted event is one transaction: its writes, and what is to be delivered.
Events that come at the same time share it (infra/local/documents/commits.py).
"""

from __future__ import annotations

from collections.abc import Sequence

from infra.local.queue import LocalQueue
from infra.local.sqlite_documents import SqliteDocuments
from shared.ports.documents import Write
from shared.ports.messages import Message


class LocalOutbox:
    """The port over the embedded documents and queue, which share a file."""

    def __init__(self, documents: SqliteDocuments, queue: LocalQueue):
        if documents.file is not queue.file:
            raise ValueError("documents and queue must share one file")
        self._documents = documents
        self._queue = queue

    def accept(self, writes: Sequence[Write], topic: str, messages: Sequence[Message], *, noted: bool = False) -> None:
        deliveries = self._queue.deliveries(topic, messages)
        self._documents.commit_along(writes, lambda connection: self._queue.insert(connection, deliveries))
        self._queue.tell(deliveries)

    def sweep(self) -> int:
        return 0  # what is written is in the queue
