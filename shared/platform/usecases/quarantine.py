"""Keeps input that could not be taken in, with its raw bytes and its reason.

The same bytes from the same place, about the same call, are one item, however often a caller retries. What is kept
expires after 90 days.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from shared.kernel.errors import Rejected
from shared.platform.records.quarantine import QuarantinedInput, QuarantineRecords
from shared.ports.ambient import Clock, Files
from shared.ports.documents import Documents

KEPT = timedelta(days=90)
MOST_KEPT_BYTES = 10_000_000


class Quarantine:
    """Keeps what was rejected."""

    def __init__(self, documents: Documents, files: Files, clock: Clock) -> None:
        self._records = QuarantineRecords(documents)
        self._files = files
        self._clock = clock

    def keep(self, source: str, raw: bytes, error: Rejected, *, sent_by: str, record_id: str | None = None) -> str:
        """Keeps rejected input and returns its id. source: the operation or subscription that rejected it.

        record_id: of the call that the input is about, where a call is asked for again instead of the input taken in
        """
        about = source if record_id is None else f"{source} {record_id}"
        quarantine_id = hashlib.sha256(about.encode() + b"\n" + raw).hexdigest()[:32]
        now = self._clock.now()
        known = self._records.get(quarantine_id)
        if known is None or known.state == "discarded":
            self._files.write(quarantine_id, raw[:MOST_KEPT_BYTES])
        self._records.put(
            QuarantinedInput(
                quarantine_id=quarantine_id,
                source=source,
                reason=error.detail[:500],
                field=error.field,
                record_id=record_id,
                state="open",
                received_at=now,
                times_received=1 + (known.times_received if known else 0),
                sent_by=sent_by,
                expires_at=now + KEPT,
            )
        )
        return quarantine_id
