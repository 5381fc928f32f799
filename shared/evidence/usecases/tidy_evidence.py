"""Takes away what crashes and time have left: bytes without a record, and content whose years are over."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Final

from shared.evidence.records import Evidence, EvidenceRecords, Upload
from shared.evidence.usecases.remove_content import RemoveContent
from shared.kernel.errors import Rejected
from shared.kernel.records import Versioned
from shared.ports.ambient import Clock, Files
from shared.ports.documents import PreconditionFailed

LEFT_AFTER: Final = timedelta(hours=1)
"""A request is over after minutes: what it noted an hour ago, it has left behind."""
PENDING_AFTER: Final = timedelta(minutes=5)


class TidyEvidence:
    """Works for the platform itself. May raise Retryable."""

    def __init__(
        self,
        records: EvidenceRecords,
        files: Files,
        removing: RemoveContent,
        clock: Clock,
        tell_ledger: Callable[[Evidence], object],
    ) -> None:
        self._records = records
        self._files = files
        self._removing = removing
        self._clock = clock
        self._tell_ledger = tell_ledger

    def sweep(self) -> int:
        """Does what is due, some hundred items of it; how many that were."""
        now, done = self._clock.now(), 0
        for upload_id, upload in self._records.left_over(now - LEFT_AFTER):
            done += self._take_away(upload_id, upload)
        for item in self._records.pending(now - PENDING_AFTER):
            with suppress(Rejected):  # then it is no item any more: who sent it was never told that it is one
                self._tell_ledger(item)
            done += 1
        for item in self._records.expired(now):
            self._removing.remove(item.evidence_id, "expired", None)
            done += 1
        return done

    def _take_away(self, upload_id: str, upload: Versioned[Upload]) -> bool:
        """Deletes bytes that became nobody's: marked first, so that a request which still lives cannot make them an
        item's while they go."""
        if not upload.record.swept:
            try:
                self._records.commit([self._records.being_swept(upload_id, upload)])
            except PreconditionFailed:
                return False  # they became an item's in this moment
        self._files.delete(upload.record.stored_as)
        self._records.commit([self._records.landed(upload_id, None)])
        return True
