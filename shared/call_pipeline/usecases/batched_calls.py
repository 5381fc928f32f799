"""Takes calls into message batches and out of them again: what a batch's life does to the records of its calls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shared.call_pipeline.records.batches import Batch, Batches
from shared.call_pipeline.usecases.call_tasks import CallTasks
from shared.conversations.records import CallRecord, CallRecords
from shared.ports.ambient import Ids

MOST_CALLS = 200
"""In one batch: their requests' texts are held in memory together, about 50 kB each."""
MOST_ROUNDS = 3


class BatchedCalls:
    """Moves calls between `ready`, `batched` and an import at once."""

    def __init__(self, records: CallRecords, batches: Batches, tasks: CallTasks, ids: Ids) -> None:
        self._records = records
        self._batches = batches
        self._tasks = tasks
        self._ids = ids

    def gather(self) -> Batch | None:
        """Makes a batch of the calls that are ready, and takes their records into it; None when there are none."""
        ready = self._ready()
        if not ready:
            return None
        # First the batch, then its calls: a call in no batch's list would be forgotten.
        batch = self._batches.create(self._ids.new(), {record.record_id: record.analysis for record in ready})
        for record in ready:
            self._take(record, batch)
        return batch

    def batch(self, batch_id: str) -> Batch:
        """Reads a batch. Raises NotFound."""
        return self._batches.get(batch_id)

    def left_unsent(self) -> Sequence[Batch]:
        """Reads the batches whose process died before it sent them."""
        return self._batches.left_unsent()

    def waiting(self, batch: Batch) -> Iterator[CallRecord]:
        """Reads those calls of a batch that still are what it is about."""
        for record_id, analysis in sorted(batch.calls.items()):
            record = self._records.get(record_id)
            if record.batch_id == batch.batch_id and record.analysis == analysis:
                yield record

    def known(self, batch: Batch) -> Iterator[CallRecord]:
        """Reads the records of all calls of a batch."""
        return (self._records.get(record_id) for record_id in sorted(batch.calls))

    def sent(self, batch: Batch, vendor_id: str) -> None:
        """Notes that a batch is at the vendor, and has it looked at."""
        self._batches.sent(batch, vendor_id)
        self._tasks.poll(batch.batch_id, 0)

    def look_again_at(self, batch: Batch, polls: int) -> None:
        """Has a batch looked at once more that the vendor knows, and is not done with."""
        self._batches.found(batch)
        self.look_again(batch.batch_id, polls)

    def look_again(self, batch_id: str, polls: int) -> None:
        """Has a batch looked at once more. polls: how often it has been"""
        self._tasks.poll(batch_id, polls)

    def look_at_those_left(self) -> None:
        """Has batches looked at whose chain of looks may have been cut; where it was not, one more does no harm."""
        for batch in self._batches.left_at_the_vendor():
            self._tasks.sweep(batch.batch_id)

    def collected(self, batch: Batch) -> None:
        """Notes that nothing more is to come of a batch."""
        self._batches.collected(batch)

    def is_lost(self, batch: Batch) -> bool:
        """Notes that the vendor does not know a batch at this moment; True where it has not known it for hours."""
        return self._batches.missed(batch)

    def once_more(self, record: CallRecord, *, at_once: bool = False, blameless: bool = False) -> None:
        """Puts a call that expired, failed or is unreadable in a batch into the next one, or has it analysed at once:
        the third time, or where another batch would bring the same.

        blameless: the account was refused, which is no round of the call's
        """
        if at_once or (record.rounds >= MOST_ROUNDS and not blameless):
            self.release(record.record_id, record.analysis, record.batch_id)
            return

        def ready(known: CallRecord) -> CallRecord | None:
            same = known.state == "batched" and known.batch_id == record.batch_id
            rounds = known.rounds - blameless
            return known.changed(state="ready", batch_id=None, rounds=rounds) if same else None

        self._records.change(record.record_id, ready)

    def release(self, record_id: str, analysis: int, batch_id: str | None) -> None:
        """Takes a call out of its batch, and has it analysed at once."""

        def release(known: CallRecord) -> CallRecord | None:
            mine = (known.state, known.batch_id, known.analysis) == ("batched", batch_id, analysis)
            return known.changed(state="discovered", batch_id=None, route="immediate") if mine else None

        record, changed = self._records.change(record_id, release)
        if changed or record.state == "discovered":
            self._tasks.queue(record, "immediate")

    def end(self, batch: Batch) -> None:
        """Ends a batch of which nothing will come: each of its calls is analysed by itself."""
        for record_id, analysis in sorted(batch.calls.items()):
            self.release(record_id, analysis, batch.batch_id)
        self._batches.collected(batch)

    def _ready(self) -> Sequence[CallRecord]:
        """Returns the latest calls that wait for a batch, past those that are being analysed at once, however many."""
        found: list[CallRecord] = []
        after = None
        while True:
            page = self._records.page(state="ready", limit=MOST_CALLS, after=after)
            found += [record for record in page.items if record.route == "batch"]
            after = page.next
            if after is None or len(found) >= MOST_CALLS:
                return found[:MOST_CALLS]

    def _take(self, record: CallRecord, batch: Batch) -> None:
        def take(known: CallRecord) -> CallRecord | None:
            same = (known.state, known.route, known.analysis) == ("ready", "batch", record.analysis)
            changed = known.changed(state="batched", batch_id=batch.batch_id, rounds=known.rounds + 1)
            return changed if same else None

        self._records.change(record.record_id, take)
