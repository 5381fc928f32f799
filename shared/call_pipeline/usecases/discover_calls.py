"""Discover calls: those of the day with employees in them, one that has just ended, and those that a person asks for.

Discovery runs over the recorder's *scheduled* times, so each run overlaps the one before by a day, and what is known is
left alone. A run that dies is run again: the place where the next one begins moves at the very end. A call's task is
queued as long as its record says that nobody has begun, so that a death between the two writes loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from shared.call_pipeline.usecases.call_people import CallPeople
from shared.conversations.domain.recorded_call import RecordedCall, UnreadableCall
from shared.conversations.ports.calls import CallPage, Calls, CursorExpired, UnreadableAnswer
from shared.conversations.usecases.call_records import CallRecords, record_id
from shared.conversations.usecases.call_settings import CallSettings, Route
from shared.kernel.errors import Malformed, Retryable
from shared.kernel.log_events import LogEvent
from shared.platform.usecases.quarantine import Quarantine
from shared.ports.ambient import Clock, Log
from shared.ports.documents import Documents, Put
from shared.ports.messages import TaskQueue

FUNCTION = "gong_batch"
EMAIL = "email"
"""The source of e-mail threads."""
COUNTED = ("seen", "with_employees", "new", "queued", "private")
"""What a discovery counts calls by."""
OVERLAP = timedelta(days=1)
"""A call may start, and be recorded, long after the time for which it was scheduled."""
RESTARTS = 3
"""How often a listing whose cursor has expired begins again before the run gives up until its next try."""


def destination(record: Mapping[str, Any]) -> tuple[str, str]:
    """The queue and the function that bring a record forward."""
    return ("email-analyses", "email_analysis") if record["source"] == EMAIL else ("gong-calls", "gong_call")


def task_name(record: Mapping[str, Any], attempt: int) -> str:
    """A call's task: one for each request to analyse it, each round through a batch, and each time it is put off."""
    return f"{record['record_id']}-{record['analysis']}-{record['rounds']}-{attempt}"


class DiscoverCalls:
    """Finds calls and queues their import."""

    def __init__(
        self,
        calls: Calls | None,
        records: CallRecords,
        people: CallPeople,
        integrations: Documents,
        tasks: TaskQueue,
        quarantine: Callable[[], Quarantine],
        settings: CallSettings,
        clock: Clock,
        log: Log,
    ) -> None:
        """calls: None where no recorder is configured"""
        self._quarantine = quarantine
        self._calls = calls
        self._records = records
        self._people = people
        self._integrations = integrations
        self._tasks = tasks
        self._settings = settings
        self._clock = clock
        self._log = log

    def daily(self) -> dict[str, Any]:
        """One run: everything since the last one. Raises Retryable, after which it is simply run again."""
        if self._calls is None:
            self._log.event(LogEvent.CALLS_NOT_CONFIGURED)
            return {"configured": False}
        place = f"discoveries/{self._settings.source}"
        before = self._integrations.get(place)
        now = self._clock.now()
        begun = datetime.fromisoformat(before.data["begun"]) if before else (self._settings.calls_from or now)
        if before is None:
            # Written first: a run that dies must not make the next one forget where the beginning was.
            self._integrations.commit([Put(place, {"begun": begun.isoformat(), "until": begun.isoformat()})])
        until = datetime.fromisoformat(before.data["until"]) if before else begun
        since = max(begun, until - OVERLAP)
        counts = dict.fromkeys(COUNTED, 0)
        if since < now:
            try:
                for page in self._pages(self._calls, since, now):
                    self.take(page.calls, self._settings.daily_route, counts, not_before=begun)
                    for one in page.unreadable:
                        self._set_aside(one)
            except UnreadableAnswer as unreadable:
                # Asking at once again would bring the same; the next run begins where this one did.
                kept = self._quarantine().keep(FUNCTION, unreadable.raw, unreadable, sent_by=self._settings.source)
                self._log.event(LogEvent.CALLS_UNREADABLE, "ERROR", quarantine_id=kept)
                return {"configured": True, "since": since.isoformat(), "until": None, **counts}
        self._integrations.commit([Put(place, {"begun": begun.isoformat(), "until": now.isoformat()})])
        self._log.event(LogEvent.CALLS_DISCOVERED, seen=counts["seen"], new=counts["new"], queued=counts["queued"])
        return {"configured": True, "since": since.isoformat(), "until": now.isoformat(), **counts}

    def finished(self, call: RecordedCall) -> dict[str, Any]:
        """One call that the recorder reports as finished: analysed at once. A rule of the recorder may fire for old
        calls as well; what is from before the configured beginning is left alone here, too."""
        counts = dict.fromkeys(COUNTED, 0)
        self.take([call], "immediate", counts, not_before=self._settings.calls_from)
        self._log.event(LogEvent.CALLS_REPORTED, new=counts["new"], queued=counts["queued"])
        return counts

    def take(
        self,
        calls: Sequence[RecordedCall],
        route: Route,
        counts: dict[str, int],
        *,
        not_before: datetime | None = None,
    ) -> None:
        """Notes and queues those calls that employees take part in, and that nobody has begun."""
        counts["seen"] += len(calls)
        wanted = [call for call in calls if not_before is None or (call.scheduled or call.started) >= not_before]
        counts["private"] += sum(call.private for call in wanted)
        wanted = [call for call in wanted if not call.private]
        known_people = self._people.of(self._settings.source, wanted)
        ours = {call.call_id: known_people.titled(call) for call in wanted if known_people.in_call(call)}
        counts["with_employees"] += len(ours)
        known = self._records.find(record_id(self._settings.source, call_id) for call_id in ours)
        for call_id, call in ours.items():
            record = known.get(record_id(self._settings.source, call_id))
            if record is None:
                record = self._records.discover(self._settings.source, call, known_people.in_call(call))
                counts["new"] += record is not None
                # Somebody else, a webhook perhaps, has noted it this very moment: it queues the task as well.
                record = record or self._records.get(record_id(self._settings.source, call_id))
            if record["state"] == "discovered":
                counts["queued"] += self.queue(record, route)

    def queue(self, record: Mapping[str, Any], route: Route) -> bool:
        """Queues the import of a call; False if it is queued already."""
        return self._tasks.enqueue(
            *destination(record),
            {"record_id": record["record_id"], "analysis": record["analysis"], "route": route},
            name=task_name(record, 0),
        )

    def _set_aside(self, call: UnreadableCall) -> None:
        """Details that nobody can read: a person sees them, and the rest of the page goes on."""
        problem = Malformed(call.detail, field=call.place)
        kept = self._quarantine().keep(FUNCTION, call.raw, problem, sent_by=self._settings.source)
        self._log.event(LogEvent.CALL_UNREADABLE, "WARNING", call_id=call.call_id, quarantine_id=kept)

    def _pages(self, calls: Calls, since: datetime, until: datetime) -> Iterator[CallPage]:
        for _ in range(RESTARTS):
            cursor: str | None = None
            try:
                while True:
                    page = calls.page(since, until, cursor)
                    yield page
                    cursor = page.cursor
                    if cursor is None:
                        return
            except CursorExpired:
                self._log.event(LogEvent.CALLS_CURSOR_EXPIRED, "WARNING")
        raise Retryable("the listing of calls expires faster than it can be read", after_seconds=300)
