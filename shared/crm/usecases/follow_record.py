"""Follows a hint: reads its record again, and tells on what it is now.

However often and in whatever order hints come, the same is told in the end. A reading that ends after another one has
begun may have told of something older last, so it begins again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from shared.crm.domain.deal_mapping import DEAL
from shared.crm.messages import RecordTask
from shared.crm.records import ReadRecords
from shared.crm.usecases.read_deal import LATE, Changed, ReadDeal
from shared.crm.usecases.record_tasks import RecordTasks
from shared.crm.usecases.tell_deal import TellDeal, Told
from shared.kernel.log_events import LogEvent
from shared.ports.ambient import Clock, Log
from shared.ports.crm import CrmRefused, Cursor
from shared.ports.documents import Contended

TRIES: Final = 3
"""Of a reading, where others of the same record begin meanwhile."""
MOST_DEALS: Final = 500
"""Of one account or contact."""
RESUMED: Final = 50
"""Records that waited for the CRM to let us in, and are read when one of them could be."""


@dataclass(frozen=True, slots=True)
class Followed:
    """Says what became of a hint: what was told, or that it had been read since; queued: readings of other records"""

    told: Told | Literal["read_since", "refused", "passed_on"]
    queued: int = 0


@dataclass(frozen=True, slots=True)
class Ambient:
    """Holds the time and the log."""

    clock: Clock
    log: Log


class FollowRecord:
    """Follows hints."""

    def __init__(
        self, reading: ReadDeal, reads: ReadRecords, telling: TellDeal, tasks: RecordTasks, ambient: Ambient
    ) -> None:
        self._reading = reading
        self._reads = reads
        self._telling = telling
        self._tasks = tasks
        self._clock = ambient.clock
        self._log = ambient.log

    def follow(self, task: RecordTask) -> Followed:
        """Reads a record again, and tells on what it is. Raises Retryable."""
        try:
            if task.record_id is None:
                return self._follow_changes(task)
            if task.kind != DEAL:
                return self._pass_on(task.kind, task.record_id, task.hinted_at)
            return self._follow(task.record_id, task.hinted_at)
        except CrmRefused as refused:
            # Asked again, it would refuse again: the record waits until somebody has mended that.
            self._log.event(LogEvent.CRM_REFUSED, "ERROR", record=task.record_id, mend=refused.mend[:200])
            if task.kind == DEAL and task.record_id is not None:
                self._reads.refuse(task.record_id)
            return Followed("refused")

    def _follow(self, record_id: str, hinted_at: datetime) -> Followed:
        begun = None
        for _ in range(TRIES):
            begun = self._reads.begin(record_id, self._clock.now(), hinted_at, over=begun)
            if begun is None:
                return Followed("read_since")
            found = self._reading.read(record_id, begun.at)
            told = self._telling.gone(record_id, begun.at) if found is None else self._telling.tell(found, begun.at)
            if found is not None and found.next_read is not None:
                self._tasks.at_meeting(record_id, found.next_read, begun.at)
            if self._reads.end(record_id, begun, found.about if found else ()):
                return Followed(told, self._resume() if begun.waited else 0)
        raise Contended("this record is being read by many at once")

    def _pass_on(self, kind: str, record_id: str, hinted_at: datetime) -> Followed:
        """Has those deals read that a record belongs to, or that were read from it before."""
        queued = self._tasks.deals(self._reads.about(record_id, limit=MOST_DEALS), hinted_at, record_id)
        parent = self._reading.deal_of(kind, record_id)
        return Followed("passed_on", queued + self._tasks.deals([parent] if parent else [], hinted_at, record_id))

    def _follow_changes(self, task: RecordTask) -> Followed:
        """Has those deals read that have changed, or whose other records have: a page of them, and then the next."""
        since = task.since or task.hinted_at
        page = self._reading.changed(task.kind, Cursor(since, task.after) if task.after else Cursor(since - LATE))
        queued = self._tasks.deals(deals_touched(page, self._reads), task.hinted_at, "changed")
        if page.cursor is not None:
            self._tasks.next_page(task, page.cursor)
        return Followed("passed_on", queued)

    def _resume(self) -> int:
        waiting = [one.record_id for one in self._reads.refused(limit=RESUMED)]
        return self._tasks.deals(waiting, self._clock.now(), "resumed")


def deals_touched(page: Changed, reads: ReadRecords) -> dict[str, datetime]:
    """Returns the deals that some changes are about, or that were read from what has changed; each with the latest."""
    touched: dict[str, datetime] = {}
    for one in page.records:
        others = [] if one.record_id == one.deal_id else reads.about(one.record_id, limit=MOST_DEALS)
        for deal_id in {*others, *([one.deal_id] if one.deal_id else [])}:
            touched[deal_id] = max(one.modified, touched.get(deal_id, one.modified))
    return touched
