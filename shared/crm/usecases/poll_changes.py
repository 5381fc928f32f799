"""Finds what has changed in the CRM, whether anything told of it or not: what was dropped, merged, deleted, undeleted.

Each kind is followed by (SystemModstamp, Id). A change is committed after its own time, so that each run begins before
the last record of the one before, and meets some again: the task of a change is named by it, and made once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from shared.crm.domain.deal_mapping import DEAL, DealMapping
from shared.crm.records import Polled, PollRecords, ReadRecords
from shared.crm.usecases.follow_record import Ambient, deals_touched
from shared.crm.usecases.read_deal import LATE, Changed, ReadDeal
from shared.crm.usecases.record_tasks import RecordTasks
from shared.kernel.log_events import LogEvent
from shared.ports.crm import CrmLimited, CrmRefused, Cursor

MOST_PAGES: Final = 100
"""Of a kind in one run; the next one goes on."""

MOST_RESUMED: Final = 500


@dataclass(frozen=True, slots=True)
class Found:
    """Says what a run found.

    records: that had changed, or were met again; queued: deals that are read again
    refused: kinds that the CRM does not give us; stopped: why it ended early, so that the next run goes on
    """

    records: int = 0
    queued: int = 0
    refused: tuple[str, ...] = ()
    stopped: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """Holds what is known of deals' records: how far each was read, how far each kind was looked through."""

    reads: ReadRecords
    polls: PollRecords


class PollChanges:
    """Looks through what has changed. first: how far back where nobody has looked yet"""

    def __init__(
        self, reading: ReadDeal, kept: Kept, tasks: RecordTasks, ambient: Ambient, *, first: timedelta
    ) -> None:
        self._reading = reading
        self._reads = kept.reads
        self._polls = kept.polls
        self._tasks = tasks
        self._ambient = ambient
        self._first = first

    def poll(self, mapping: DealMapping) -> Found:
        """Has the deals read again about which anything has changed. Raises Retryable."""
        found = Found()
        for kind in (DEAL, *sorted(mapping.kinds - {DEAL})):
            try:
                found = self._look_through(kind, found)
            except CrmRefused as problem:
                # One kind that is switched off (team selling, say) keeps no other from being looked through.
                found = replace(found, refused=(*found.refused, kind))
                self._ambient.log.event(LogEvent.CRM_REFUSED, "ERROR", kind=kind, mend=problem.mend[:200])
            except CrmLimited as problem:
                if problem.kind == "concurrent":
                    raise
                found = replace(found, stopped=problem.detail)
            if found.stopped is not None:
                # The place is kept. Asking on would take what the organisation's other integrations live on.
                self._ambient.log.event(LogEvent.CRM_LIMITED, "ERROR", kind=kind)
                break
        return found if DEAL in found.refused else replace(found, queued=found.queued + self._resume())

    def _resume(self) -> int:
        """Has those records read that waited until the CRM lets us in."""
        waiting = [one.record_id for one in self._reads.refused(limit=MOST_RESUMED)]
        return self._tasks.deals(waiting, self._ambient.clock.now(), "resumed")

    def _look_through(self, kind: str, found: Found) -> Found:
        polled = self._begun(kind)
        place = Cursor(polled.modified, polled.record_id)
        for _ in range(MOST_PAGES):
            page = self._reading.changed(kind, place)
            found = replace(found, records=found.records + len(page.records), queued=found.queued + self._hand_on(page))
            for last in page.records[-1:]:
                place = Cursor(last.modified, last.record_id)
            polled = polled.changed(modified=place.modified, record_id=place.id, whole=page.cursor is None)
            self._polls.put(polled)
            if self._reading.nearly_spent():
                return replace(found, stopped="the requests that the CRM allows in a day are nearly used up")
            if page.cursor is None:
                break
        return found

    def _begun(self, kind: str) -> Polled:
        """Returns where a run begins: where the one before came no further, else before all that can have been late
        for it."""
        now, known = self._ambient.clock.now(), self._polls.get(kind)
        if known is None:
            return Polled(kind=kind, modified=now - self._first, record_id="", begun=now, whole=False)
        if not known.whole:
            return known
        return known.changed(modified=min(known.modified, known.begun) - LATE, record_id="", begun=now)

    def _hand_on(self, page: Changed) -> int:
        touched = deals_touched(page, self._reads)
        # Whatever was read since a change could have been committed has seen it.
        return sum(self._tasks.deals([one], modified + LATE, "polled") for one, modified in touched.items())
