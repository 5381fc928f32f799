"""Keeps the facts that a commit tells of until they have been published.

unpublished/<id>   some messages of one topic, written in the commit that they tell of; gone when they are out
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from shared.kernel.records import Record
from shared.ports.ambient import Ids
from shared.ports.documents import Create, Delete, Documents, Query, Where
from shared.ports.messages import Message

MOST_BYTES = 500_000
"""Of messages in one document, which may have a million."""
LEFT_ALONE = timedelta(minutes=2)
"""What has not been published after so long was left by a process that died."""
PAGE = 20


class Unpublished(Record, frozen=True, kw_only=True):
    """Some messages. messages: each as JSON, [data, attributes], since they are only ever read whole"""

    topic: str
    at: datetime
    messages: tuple[str, ...]

    def again(self) -> list[Message]:
        """Returns the messages as they would have gone out."""
        return [Message(data, attributes) for data, attributes in map(json.loads, self.messages)]


class UnpublishedRecords:
    """Reads and writes what is to be published."""

    def __init__(self, documents: Documents, ids: Ids) -> None:
        self._documents = documents
        self._ids = ids

    def noted(self, topic: str, messages: Sequence[Message], at: datetime) -> list[Create]:
        """Returns the writes that note messages, cut by bytes."""
        texts = [_text(message) for message in messages]
        return [
            Create(f"unpublished/{self._ids.new()}", Unpublished(topic=topic, at=at, messages=part).stored())
            for part in _cut(texts)
        ]

    def left(self, now: datetime) -> list[tuple[str, Unpublished]]:
        """Returns the first of those that a process has left, by their paths."""
        where = [Where("at", "<", now - LEFT_ALONE)]
        found = self._documents.query(Query("unpublished", where, [("at", "asc")], PAGE))
        return [(document.path, Unpublished.read(document)) for document in found]

    def published(self, paths: Sequence[str]) -> None:
        """Forgets what is out. Raises Retryable."""
        self._documents.commit([Delete(path) for path in paths])


def _text(message: Message) -> str:
    return json.dumps([message.data, message.attributes], ensure_ascii=False, separators=(",", ":"))


def _cut(texts: Sequence[str]) -> Iterator[tuple[str, ...]]:
    part: list[str] = []
    size = 0
    for text in texts:
        if part and size + len(text.encode()) > MOST_BYTES:
            yield tuple(part)
            part, size = [], 0
        part.append(text)
        size += len(text.encode())
    if part:
        yield tuple(part)
