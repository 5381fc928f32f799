"""Removes an item's bytes and the words that came with them; the record stays, and says since when and why."""

from __future__ import annotations

from shared.evidence.domain.evidence_kind import Removal
from shared.evidence.records import Evidence, EvidenceRecords
from shared.evidence.usecases.keep_evidence import TOPIC, fact_of
from shared.kernel.errors import NotFound, Retryable
from shared.ports.ambient import Clock, Files
from shared.ports.documents import PreconditionFailed
from shared.ports.messages import Message
from shared.ports.outbox import Outbox


class RemoveContent:
    """Takes content away. Done again after a crash it finishes what was begun."""

    def __init__(self, records: EvidenceRecords, files: Files, outbox: Outbox, clock: Clock) -> None:
        self._records = records
        self._files = files
        self._outbox = outbox
        self._clock = clock

    def remove(self, evidence_id: str, because: Removal, by: str | None) -> Evidence:
        """Removes the bytes first: while the record names them, somebody can find and remove them. by: None: nobody did

        Raises NotFound, Retryable.
        """
        known = self._records.versioned(evidence_id)
        if known is None:
            raise NotFound(f"there is no evidence {evidence_id[:60]!r}", field="evidence_id")
        item = known.record
        if item.stored_as is None:
            return item
        self._files.delete(item.stored_as)
        gone = item.without_content(self._clock.now(), because, by)
        message = Message(fact_of(gone).model_dump(mode="json"))
        try:
            self._outbox.accept([self._records.put(gone, known.stamp)], TOPIC, [message], noted=True)
        except PreconditionFailed:
            raise Retryable("somebody else has changed this evidence meanwhile") from None
        return gone
