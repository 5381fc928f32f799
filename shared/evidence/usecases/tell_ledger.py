"""Records what a mentor saw, or an employer verified, as a field observation, by the one way in for all of them.

The observation's id is the item's, its source id the work's: told again it is the same, and in any order the highest
version counts.
"""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import timedelta
from typing import Final

from shared.evidence.domain.evidence_kind import SOURCE_OF
from shared.evidence.messages import EvidenceRecorded
from shared.evidence.records import Evidence, EvidenceRecords, Performance, Upload
from shared.evidence.usecases.keep_evidence import TOPIC, fact_of
from shared.intake.usecases.accept_event import AcceptEvent
from shared.kernel.access import ROLES, Caller
from shared.kernel.errors import Rejected, Retryable
from shared.kernel.json_values import JsonObject
from shared.observations.contract import FieldObservation
from shared.observations.usecases.interpret import sent
from shared.ports.ambient import Files
from shared.ports.documents import PreconditionFailed
from shared.ports.messages import Message
from shared.ports.outbox import Outbox

LONG_AGO: Final = timedelta(days=1)
"""Before an upload's own time: the next sweep takes its bytes away."""


class TellLedger:
    """Has items recorded that say what was seen."""

    def __init__(self, records: EvidenceRecords, events: AcceptEvent, files: Files, outbox: Outbox) -> None:
        self._records = records
        self._events = events
        self._files = files
        self._outbox = outbox

    def tell(self, item: Evidence) -> Evidence:
        """Has an item recorded, and notes how it counts; done again it changes nothing.

        Raises Rejected where it cannot be recorded, and is no item any more then; Retryable.
        """
        if item.performance is None:
            return item
        observer = Caller(
            email=item.recorded_by,
            role=next((role for role in ROLES if role == item.recorded_role), None),
            employee_id=item.recorded_by,
        )
        try:
            recorded = self._events.one(sent(FieldObservation, observation_of(item, item.performance)), observer)
        except Rejected:
            self._undo(item)
            raise
        answer = json.loads(recorded.text)
        told = item.performance.changed(event_id=answer["observation_id"], standing=answer["standing"])
        known = self._records.versioned(item.evidence_id)
        if known is None or known.record.pending_since is None:
            return item.changed(performance=told, pending_since=None)
        noted = known.record.changed(performance=told, pending_since=None)
        with suppress(PreconditionFailed):  # then it waits for the sweep, which does the same
            self._records.commit([self._records.put(noted, known.stamp)])
        return noted

    def _undo(self, item: Evidence) -> None:
        """Takes away an item that says what the ledger refuses: its sender is told, and may say it otherwise."""
        known = self._records.versioned(item.evidence_id)
        if known is None or known.record.stored_as is None:
            return
        stored_as, upload_id = known.record.stored_as, f"undone-{item.evidence_id}"
        left = Upload(employee_id=item.employee_id, stored_as=stored_as, at=item.received_at - LONG_AGO)
        gone: EvidenceRecorded = fact_of(item.changed(stored_as=None))
        writes = (
            self._records.deleted(known.record, known.stamp),
            self._records.noted(upload_id, left),
        )
        try:
            self._outbox.accept(writes, TOPIC, [Message(gone.model_dump(mode="json"))], noted=True)
        except PreconditionFailed:
            raise Retryable("another request is recording the same") from None
        with suppress(Retryable):  # else the sweep does
            self._files.delete(stored_as)
            self._records.commit([self._records.landed(upload_id, None)])


def observation_of(item: Evidence, seen: Performance) -> JsonObject:
    """Returns an item as the field observation that it is: each level counts as the score from which it holds."""
    scores: list[JsonObject] = []
    for one in seen.scores:
        words: JsonObject = {"evidence": one.words} if one.words else {}
        scores.append({"competency": one.competency, "score": float(one.level), **words})
    return {
        "employee_id": item.employee_id,
        "observation_id": item.evidence_id,
        "observation_source": SOURCE_OF[item.kind],
        "source_id": seen.observed,
        "timestamp": seen.observed_at.isoformat(),
        "competency_scores": scores,
        "context": {"dimensions": {name: list(values) for name, values in seen.context.items()}},
        "analysis_metadata": {"analysis_version": seen.version},
    }
