"""Asks for a call to be analysed once more.

A request raises the record's `analysis` by one and puts it back to the beginning; what is then observed has a higher
version, so it replaces what it corrects. What a person has decided about the call outranks it all the same.
"""

from __future__ import annotations

from datetime import datetime

from shared.call_pipeline.usecases.call_tasks import CallTasks
from shared.conversations.domain.analysis_version import MOST_ANALYSES
from shared.conversations.domain.call_state import OVER
from shared.conversations.records import CallRecord, CallRecords
from shared.conversations.usecases.call_settings import Route
from shared.kernel.errors import Conflict


class AskAgain:
    """Asks, once for each analysis that a call has had."""

    def __init__(self, records: CallRecords, tasks: CallTasks) -> None:
        self._records = records
        self._tasks = tasks

    def ask(self, record_id: str, analysis: int, route: Route, *, by_hand: datetime | None = None) -> CallRecord:
        """Returns the record afterwards. analysis: the one that is to be replaced; for any other nothing is done.

        by_hand: when a person has asked

        Raises NotFound, and Conflict for a call that has been analysed the most times.
        """

        def again(known: CallRecord) -> CallRecord | None:
            if known.analysis != analysis or known.state not in OVER:
                return None
            if analysis + 1 >= MOST_ANALYSES:
                raise Conflict(f"this call has been analysed {analysis + 1} times, which is the most", field="call_id")
            begun = known if by_hand is None else known.changed(asked_again_at=by_hand)
            return begun.changed(
                state="discovered", analysis=analysis + 1, route="immediate", tries=0, rounds=0, last_error=None
            )

        record, _ = self._records.change(record_id, again)
        if record.state == "discovered" and record.analysis == analysis + 1:
            self._tasks.queue(record, route)
        return record
