"""Ends a call without scores: nobody spoke, it is internal or private, or nothing can come of it."""

from __future__ import annotations

import json
from collections.abc import Callable

from shared.call_pipeline.usecases.take_back import WHY, TakeBack
from shared.call_pipeline.usecases.tell_of_call import TellOfCall
from shared.conversations.domain.call_state import OVER, State
from shared.conversations.ports.calls import UnreadableAnswer
from shared.conversations.records import CallRecord, CallRecords
from shared.kernel.errors import Rejected
from shared.kernel.log_events import LogEvent
from shared.platform.records.quarantine import CALL
from shared.platform.usecases.quarantine import Quarantine
from shared.ports.ambient import Log


class EndCall:
    """Ends calls.

    quarantine: made when something is set aside
    """

    def __init__(
        self,
        records: CallRecords,
        taking_back: TakeBack,
        telling: TellOfCall,
        quarantine: Callable[[], Quarantine],
        log: Log,
    ) -> None:
        self._records = records
        self._taking_back = taking_back
        self._telling = telling
        self._quarantine = quarantine
        self._log = log

    def end(self, record: CallRecord, state: State, reason: str | None = None) -> bool:
        """Notes a call's last state, takes back what was observed in one of which nothing counts, and tells whoever
        follows. False where the call is no longer what was looked at: nothing is done then. Raises Retryable."""

        def over(known: CallRecord) -> CallRecord | None:
            if not is_begun(known, record.analysis):
                return None
            return known.changed(state=state, last_error=reason and reason[:500])

        changed, ended = self._records.change(record.record_id, over)
        if not ended:
            return False
        changed = self._taken_back(changed)
        self._telling.publish(changed)
        severity = "WARNING" if state == "failed" else "INFO"
        self._log.event(
            LogEvent.CALL_FINISHED,
            severity,
            state=state,
            source=changed.source,
            call_id=changed.call_id,
            set_aside=changed.set_aside or 0,
        )
        return True

    def _taken_back(self, record: CallRecord) -> CallRecord:
        """Takes back what was observed in a call of which nothing counts, once: what is noted of it goes last."""
        if record.state not in WHY or not (record.observations or record.scorer):
            return record
        self._taking_back.all(record, WHY[record.state])

        def nothing(known: CallRecord) -> CallRecord | None:
            same = known.analysis == record.analysis and known.state == record.state
            return known.changed(observations=(), scorer=None) if same else None

        return self._records.change(record.record_id, nothing)[0]

    def set_aside(self, record: CallRecord, refusal: Rejected) -> None:
        """Keeps what the recorder answers in the quarantine, for a person to see."""
        request = json.dumps({"record_id": record.record_id, "analysis": record.analysis}).encode()
        raw = (refusal.raw if isinstance(refusal, UnreadableAnswer) else b"") or request
        kept = self._quarantine().keep(CALL, raw, refusal, sent_by=record.source, record_id=record.record_id)
        self._log.event(LogEvent.CALL_UNREADABLE, "WARNING", call_id=record.call_id, quarantine_id=kept)

    def tell_again(self, record: CallRecord) -> None:
        """Tells of a call that is over, once more: the process that ended it may have died before it told, or before it
        took back what was observed."""
        self._telling.publish(self._taken_back(record))


def is_begun(known: CallRecord, analysis: int) -> bool:
    """Tells whether a call still is what a task has begun with, after what took its time."""
    return known.analysis == analysis and known.state not in OVER and known.state != "batched"
