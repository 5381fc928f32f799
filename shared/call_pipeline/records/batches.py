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

LOST_AFTER = timedelta(hours=6)
"""For so long a vendor may not know a batch that it has: a minute's 404 must not cost a batch's calls twice."""

BatchState = Literal["sending", "sent", "collected"]


class Batch(Record, frozen=True, kw_only=True):
    """One message batch.

    vendor_id: the vendor's name for it, once it is sent
    calls:     record id to the request to analyse it that the batch is about
    missing_since: when the vendor first did not know it, where it has not known it ever since
    """

    batch_id: str
    state: BatchState = "sending"
    gathered_at: datetime
    vendor_id: str | None = None
    calls: Mapping[str, int]
    sent_at: datetime | UnsetType = UNSET
    missing_since: datetime | UnsetType = UNSET


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

    def missed(self, batch: Batch) -> bool:
        """Notes that the vendor does not know a batch; True where that has been so for hours."""
        now = self._clock.now()
        if batch.missing_since is UNSET:
            self._put(batch.changed(missing_since=now))
            return False
        return now - batch.missing_since >= LOST_AFTER

    def found(self, batch: Batch) -> None:
        """Notes that the vendor knows a batch after all."""
        if batch.missing_since is not UNSET:
            self._put(batch.changed(missing_since=UNSET))

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
