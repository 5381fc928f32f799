"""Names what is stored of a message batch: which calls are in it, and how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from msgspec import UNSET, UnsetType

from shared.kernel.errors import NotFound
from shared.kernel.records import Record
from shared.ports.ambient import Clock
from shared.ports.documents import Create, Documents, Put, Query, Where

LEFT_AFTER = timedelta(minutes=10)
"""After which a batch was surely not left in its state by a process that is still alive."""

BatchState = Literal["sending", "sent", "collected"]


class Batch(Record, frozen=True, kw_only=True):
    """One message batch.

    vendor_id: the vendor's name for it, once it is sent
    calls:     record id to the request to analyse it that the batch is about
    """

    batch_id: str
    state: BatchState = "sending"
    gathered_at: datetime
    vendor_id: str | None = None
    calls: Mapping[str, int]
    sent_at: datetime | UnsetType = UNSET


class Batches:
    """Reads and writes message batches.

    documents: the integrations' database
    """

    def __init__(self, documents: Documents, clock: Clock) -> None:
        self._documents = documents
        self._clock = clock

    def get(self, batch_id: str) -> Batch:
        """Reads a batch. Raises NotFound."""
        document = self._documents.get(_path(batch_id))
        if document is None:
            raise NotFound(f"there is no batch {batch_id[:64]!r}", field="batch_id")
        return Batch.read(document)

    def create(self, batch_id: str, calls: Mapping[str, int]) -> Batch:
        """Writes a new batch that is to be sent."""
        batch = Batch(batch_id=batch_id, gathered_at=self._clock.now(), calls=calls)
        self._documents.commit([Create(_path(batch_id), batch.stored())])
        return batch

    def sent(self, batch: Batch, vendor_id: str) -> None:
        """Notes that a batch has gone out, under the vendor's name for it."""
        self._put(batch.changed(state="sent", vendor_id=vendor_id, sent_at=self._clock.now()))

    def collected(self, batch: Batch) -> None:
        """Notes that nothing more is to come of a batch."""
        self._put(batch.changed(state="collected"))

    def left_unsent(self) -> list[Batch]:
        """Reads the batches whose process died before it sent them."""
        return [one for one in self._in("sending") if one.gathered_at < self._clock.now() - LEFT_AFTER]

    def left_at_the_vendor(self) -> list[Batch]:
        """Reads the batches that were sent a while ago, and have not been collected."""
        before = self._clock.now() - LEFT_AFTER
        return [one for one in self._in("sent") if one.sent_at is not UNSET and one.sent_at < before]

    def _in(self, state: BatchState) -> list[Batch]:
        found = self._documents.query(Query("analysis_batches", where=[Where("state", "==", state)]))
        return list(Batch.readable(found))

    def _put(self, batch: Batch) -> None:
        self._documents.commit([Put(_path(batch.batch_id), batch.stored())])


def _path(batch_id: str) -> str:
    return f"analysis_batches/{batch_id}"
