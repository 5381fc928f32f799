"""Has one call analysed again."""

from __future__ import annotations

from shared.call_pipeline.usecases.ask_again import AskAgain
from shared.call_pipeline.usecases.call_sight import CallSight
from shared.conversations.domain.call_state import OVER
from shared.conversations.records import CallRecord, CallRecords
from shared.kernel.access import Caller
from shared.kernel.errors import Conflict
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit


class ReanalyseCall:
    """Takes requests for one call."""

    def __init__(self, records: CallRecords, sight: CallSight, asking: AskAgain, audit: Audit) -> None:
        self._records = records
        self._sight = sight
        self._asking = asking
        self._audit = audit

    def ask(self, record_id: str, caller: Caller) -> CallRecord:
        """Returns the call's record, back at its beginning.

        Raises NotFound; Forbidden for a manager none of whose reports took part; Conflict for a private call, and for
        one that is being analysed at this moment.
        """
        record = self._records.get(record_id)
        self._sight.check_acts(caller, record, "calls.analyse")
        return self._ask(record, caller)

    def once_more(self, record_id: str, caller: Caller) -> CallRecord:
        """Asks for a call that could not be read, unless somebody has: its record. Raises NotFound, Conflict."""
        record = self._records.get(record_id)
        return self._ask(record, caller) if record.state in OVER else record

    def _ask(self, record: CallRecord, caller: Caller) -> CallRecord:
        if record.state == "private":
            raise Conflict("the recorder marks this call as private; it is not analysed", field="call_id")
        if record.state not in OVER:
            raise Conflict(f"this call is being analysed: it is {record.state}", field="call_id")
        self._audit.record(caller, AuditAction.CALL_REANALYSIS_REQUESTED, subject=record.record_id)
        return self._asking.ask(record.record_id, record.analysis, "immediate")
