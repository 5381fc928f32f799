"""Notes and queues those of a recorder's calls that employees take part in: what nobody has begun, or what was given up
before the recorder had it whole.

A call's task is queued as long as its record says that nobody has begun, so that a death between the two writes loses
nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from shared.call_pipeline.usecases.ask_again import AskAgain
from shared.call_pipeline.usecases.call_people import CallPeople
from shared.call_pipeline.usecases.call_tasks import CallTasks
from shared.conversations.domain.call_name import record_id
from shared.conversations.domain.recorded_call import RecordedCall
from shared.conversations.records import CallRecord, CallRecords
from shared.conversations.usecases.call_settings import Route
from shared.kernel.errors import Conflict


@dataclass(frozen=True, slots=True)
class Taken:
    """Says what was found, in calls."""

    seen: int = 0
    with_employees: int = 0
    new: int = 0
    queued: int = 0
    private: int = 0

    def plus(self, other: Taken) -> Taken:
        """Returns both together."""
        return Taken(
            self.seen + other.seen,
            self.with_employees + other.with_employees,
            self.new + other.new,
            self.queued + other.queued,
            self.private + other.private,
        )


class TakeCalls:
    """Takes calls in.

    source: the recorder's name, as observations carry it
    """

    def __init__(self, records: CallRecords, people: CallPeople, tasks: CallTasks, source: str) -> None:
        self._records = records
        self._people = people
        self._tasks = tasks
        self._asking = AskAgain(records, tasks)
        self._source = source

    def take(self, calls: Sequence[RecordedCall], route: Route, *, not_before: datetime | None = None) -> Taken:
        """Notes calls and queues their import; a call from before `not_before` is left alone. Raises Retryable."""
        recent = [call for call in calls if not_before is None or (call.scheduled or call.started) >= not_before]
        wanted = [call for call in recent if not call.private]
        people = self._people.of(self._source, wanted)
        # Without parties yet: whether they are ours shows when the recorder has them.
        ours = {call.call_id: people.titled(call) for call in wanted if people.in_call(call) or not call.parties}
        known = self._records.find(record_id(self._source, call_id) for call_id in ours)
        new = queued = 0
        for call_id, call in ours.items():
            identity = record_id(self._source, call_id)
            record = known.get(identity)
            if record is None:
                record = self._records.discover(self._source, call, people.in_call(call))
                new += record is not None
                # Somebody else, a webhook perhaps, has noted it this very moment: it queues the task as well.
                record = record or self._records.find([identity]).get(identity)
            if record is not None:
                queued += self._queue(record, route)
        return Taken(len(calls), len(ours), new, queued, len(recent) - len(wanted))

    def _queue(self, record: CallRecord, route: Route) -> bool:
        """Queues a call that nobody has begun, or that was given up before the recorder had it whole."""
        if record.state == "discovered":
            return self._tasks.queue(record, route)
        if record.given_up:
            with suppress(Conflict):  # analysed the most times already
                return self._asking.ask(record.record_id, record.analysis, route).analysis > record.analysis
        return False
