"""Has one call analysed again."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Final

from msgspec import UNSET

from shared.call_pipeline.usecases.ask_again import AskAgain
from shared.call_pipeline.usecases.call_sight import CallSight
from shared.conversations.domain.call_state import OVER
from shared.conversations.records import CallRecord, CallRecords
from shared.kernel.access import Caller
from shared.kernel.errors import Conflict, TooManyRequests
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock

AGAIN_AFTER: Final = timedelta(hours=1)
"""An analysis is paid for, and the same words seldom score otherwise; who has changed a rubric can wait."""


class ReanalyseCall:
    """Takes requests for one call."""

    def __init__(self, records: CallRecords, sight: CallSight, asking: AskAgain, audit: Audit, clock: Clock) -> None:
        self._records = records
        self._sight = sight
        self._asking = asking
        self._audit = audit
        self._clock = clock

    def ask(self, record_id: str, caller: Caller) -> CallRecord:
        """Returns the call's record, back at its beginning.

        Raises NotFound; Forbidden for a manager none of whose reports took part; Conflict for a private call, and for
        one that is being analysed at this moment; TooManyRequests for one that somebody has asked for lately.
        """
        record = self._records.get(record_id)
        self._sight.check_acts(caller, record, "calls.analyse")
        asked, now = record.asked_again_at, self._clock.now()
        if record.state in OVER and asked is not UNSET and now < asked + AGAIN_AFTER:
            wait = math.ceil((asked + AGAIN_AFTER - now).total_seconds())
            detail = f"this call was analysed again at {asked:%H:%M} UTC; ask once more in {-(-wait // 60)} minutes"
            raise TooManyRequests(detail, after=wait, headers={})
        return self._ask(record, caller, by_hand=now)

    def once_more(self, record_id: str, caller: Caller) -> CallRecord:
        """Asks for a call that could not be read, unless somebody has: its record. Raises NotFound, Conflict."""
        record = self._records.get(record_id)
        return self._ask(record, caller) if record.state in OVER else record

    def _ask(self, record: CallRecord, caller: Caller, *, by_hand: datetime | None = None) -> CallRecord:
        if record.state == "private":
            raise Conflict("the recorder marks this call as private; it is not analysed", field="call_id")
        if record.state not in OVER:
            raise Conflict(f"this call is being analysed: it is {record.state}", field="call_id")
        self._audit.record(caller, AuditAction.CALL_REANALYSIS_REQUESTED, subject=record.record_id)
        return self._asking.ask(record.record_id, record.analysis, "immediate", by_hand=by_hand)
