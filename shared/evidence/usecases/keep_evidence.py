"""Keeps an item's bytes and its record, so that neither is there for long without the other.

First a note that bytes are on their way, then the bytes, then in one commit the record in the note's place. Whatever a
crash leaves of that the sweep takes away (`tidy_evidence`); the same item sent again is kept as if nothing had been.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.evidence.messages import EvidenceRecorded
from shared.evidence.records import Evidence, EvidenceRecords, Upload, evidence_id_of
from shared.kernel.errors import Conflict, Retryable
from shared.people.aliases import Aliases
from shared.ports.ambient import Clock, Files, Ids
from shared.ports.documents import AlreadyExists, PreconditionFailed
from shared.ports.messages import Message
from shared.ports.outbox import Outbox

TOPIC: Final = "evidence-recorded"
KEPT_FOR: Final = timedelta(days=7 * 365 + 2)
"""An apprenticeship lasts up to four years; who funds it in England may ask for its evidence until six after its end is
paid, which the portfolio's own retention will say by the learner's dates."""


@dataclass(frozen=True, slots=True)
class KeptIn:
    """Tells where items are looked up: in their records, under the ids that their senders had."""

    records: EvidenceRecords
    aliases: Aliases


class KeepEvidence:
    """Writes items."""

    def __init__(self, stores: KeptIn, files: Files, outbox: Outbox, clock: Clock, ids: Ids) -> None:
        self._records, self._aliases = stores.records, stores.aliases
        self._files = files
        self._outbox = outbox
        self._clock = clock
        self._ids = ids

    def now(self) -> datetime:
        """Returns when what is kept now is received."""
        return self._clock.now()

    def known(self, sender: str, *key: str) -> Evidence | None:
        """Returns what a sender has sent under a key, by any id that they have or had."""
        names = [sender, *(one.alias for one in self._aliases.of(sender))]
        found = self._records.many(evidence_id_of(one, *key) for one in names)
        return next(iter(found.values()), None)

    def arrived(self, sender: str, keys: Collection[str]) -> dict[str, str]:
        """Returns the SHA-256 of what a sender has sent under keys of one part, by key; of those that are here."""
        if not keys:
            return {}
        names = [sender, *(one.alias for one in self._aliases.of(sender))]
        ids = {evidence_id_of(name, key): key for key in keys for name in names}
        return {ids[evidence_id]: one.sha256 for evidence_id, one in self._records.many(ids).items()}

    def keep(self, item: Evidence, content: bytes) -> tuple[Evidence, bool]:
        """Keeps a new item, and tells of it; returns it, or what another request kept under its key meanwhile, and
        whether it is new. item: without its bytes' place

        Raises Conflict where another request has kept other bytes under its key meanwhile; Retryable.
        """
        upload_id = self._ids.new()
        stored_as = f"{item.sha256[:2]}/{item.sha256}/{upload_id}"
        kept = item.changed(stored_as=stored_as, keep_until=item.received_at + KEPT_FOR)
        note = Upload(employee_id=item.employee_id, stored_as=stored_as, at=self._clock.now())
        self._records.begin(upload_id, note)
        self._files.write(stored_as, content, content_type=item.media_type)
        noted = self._records.upload(upload_id)
        if noted is None or noted.record.swept:
            raise Retryable("writing the bytes took too long, and they were taken for left behind")
        writes = (self._records.created(kept), self._records.landed(upload_id, noted.stamp))
        try:
            self._outbox.accept(writes, TOPIC, [Message(fact_of(kept).model_dump(mode="json"))], noted=True)
        except PreconditionFailed:
            raise Retryable("writing the bytes took too long, and they were taken for left behind") from None
        except AlreadyExists:
            return self._there_already(item, upload_id, stored_as), False
        return kept, True

    def _there_already(self, item: Evidence, upload_id: str, stored_as: str) -> Evidence:
        """Returns what another request has kept at the same time. These bytes are one copy too many."""
        with suppress(Retryable):  # else the sweep takes them away
            self._files.delete(stored_as)
            self._records.commit([self._records.landed(upload_id, None)])
        first = self._records.get(item.evidence_id)
        if first is None:
            raise Retryable("the same evidence is being taken away")
        require_same(first, item.sha256)
        return first


def require_same(first: Evidence, sha256: str) -> None:
    """Raises Conflict for other bytes under the key of what is there."""
    if first.sha256 != sha256:
        raise Conflict(
            f"key: {first.evidence_id} was sent under this key with other bytes ({first.sha256[:12]}…, now "
            f"{sha256[:12]}…); send what is new under a key of its own",
            field="key",
        )


def fact_of(item: Evidence) -> EvidenceRecorded:
    """Returns what others are told of an item."""
    seen = item.performance
    return EvidenceRecorded(
        evidence_id=item.evidence_id,
        employee_id=item.employee_id,
        recorded_by=item.recorded_by,
        recorded_by_role=item.recorded_role,
        kind=item.kind,
        media_type=item.media_type,
        content_bytes=item.bytes,
        competencies=list(item.competencies),
        lesson_id=item.lesson_id,
        supervision=None if seen is None else seen.supervision,
        captured_at=item.captured_at,
        received_at=item.received_at,
        content_kept=item.stored_as is not None,
    )
