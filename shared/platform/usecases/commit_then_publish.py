"""Commits, then publishes: the outbox where documents and bus are two systems."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from shared.kernel.errors import Retryable
from shared.platform.records.unpublished import UnpublishedRecords
from shared.ports.ambient import Clock, Ids
from shared.ports.documents import Documents, Write
from shared.ports.messages import Bus, Message


class CommitThenPublish:
    """The `Outbox` port over any store and any bus, one after the other.

    An event that is sent alone is kept by its sender, who repeats it until it is answered: a note of it would double
    what it writes. Of what nobody may repeat a note lies in the store until it is published.
    """

    def __init__(self, documents: Documents, bus: Bus, ids: Ids, clock: Clock) -> None:
        self._documents = documents
        self._bus = bus
        self._notes = UnpublishedRecords(documents, ids)
        self._clock = clock

    def accept(self, writes: Sequence[Write], topic: str, messages: Sequence[Message], *, noted: bool = False) -> None:
        notes = self._notes.noted(topic, messages, self._clock.now()) if noted else []
        self._documents.commit([*writes, *notes])
        self._bus.publish(topic, messages)
        if notes:
            with suppress(Retryable):  # the sweep publishes them once more, which readers bear
                self._notes.published([note.path for note in notes])

    def sweep(self) -> int:
        swept = 0
        while left := self._notes.left(self._clock.now()):
            for path, one in left:
                self._bus.publish(one.topic, one.again())
                self._notes.published([path])
                swept += len(one.messages)
        return swept
