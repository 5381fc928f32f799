"""Accepts many events at a time: the embedded default of the `Acceptance` port.

Documents and queue lie in one file, so an accepted event is one transaction: its writes, and what is to be delivered.
One request does it for everybody who has come by then, in one statement and with one sync of the log. By itself a
request would wait for the lock, for SQLite and for the disk, and after each of these once more for the interpreter,
which other requests have meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from infra.local.durability import Together
from infra.local.queue import Delivered, LocalQueue
from infra.local.sqlite_documents import Batch, SqliteDocuments
from shared.ports.documents import Write
from shared.ports.messages import Message

_DELIVERS: Final = """
CREATE TEMP TRIGGER delivers INSTEAD OF INSERT ON incoming WHEN NEW.how = 'deliver' BEGIN
    INSERT INTO deliveries (channel, kind, message_id, data, attributes, published_at, due)
        VALUES (NEW.collection, 'message', NEW.id, NEW.data, NEW.kind, NEW.if_version, NEW.if_version);
END;
"""
"""A message as a row of the documents' `incoming`."""


class _Accepted(NamedTuple):
    batch: Batch
    deliveries: Sequence[Delivered]


class LocalAcceptance:
    """The port over the embedded documents and queue, which share a file."""

    def __init__(self, documents: SqliteDocuments, queue: LocalQueue):
        if documents.file is not queue.file:
            raise ValueError("documents and queue must share one file")
        documents.file.with_each(_DELIVERS)
        self._documents = documents
        self._queue = queue
        self._together = Together(self._accept)

    def accept(self, writes: Sequence[Write], topic: str, messages: Sequence[Message]) -> None:
        deliveries = self._queue.deliveries(topic, messages)
        along = [
            ("deliver", channel, message_id, attributes, published_at, data)
            for channel, _, message_id, data, attributes, published_at, _ in deliveries
        ]
        self._together.do(_Accepted(self._documents.batch(writes, along), deliveries))

    def _accept(self, several: Sequence[_Accepted]) -> Sequence[Exception | None]:
        errors = self._documents.commit_each([one.batch for one in several])
        self._queue.tell(
            [row for one, error in zip(several, errors, strict=True) if not error for row in one.deliveries]
        )
        return errors
