"""Discovers calls: those of the day with employees in them, and one that has just ended.

Discovery runs over the recorder's *scheduled* times, so each run overlaps the one before by three days, and what is
known is left alone. A run that dies is run again: the place where the next one begins moves at the very end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.call_pipeline.records.discoveries import Discoveries
from shared.call_pipeline.usecases.discovery_reports import DiscoveryReports
from shared.call_pipeline.usecases.take_calls import TakeCalls, Taken
from shared.conversations.domain.recorded_call import RecordedCall
from shared.conversations.ports.calls import CallPage, Calls, CursorExpired, UnreadableAnswer
from shared.conversations.usecases.call_settings import CallSettings
from shared.kernel.errors import Retryable
from shared.ports.ambient import Clock

OVERLAP = timedelta(days=3)
"""A call may start, and be recorded, long after the time for which it was scheduled, and appear two days later: with
the day between two runs that is three. A day costs a few pages more."""
RESTARTS = 3
"""How often a listing whose cursor has expired begins again before the run gives up until its next try."""


@dataclass(frozen=True, slots=True)
class Discovered:
    """Says what one run has found. until: None when it broke off, so that the next one begins where it did"""

    since: datetime
    until: datetime | None
    taken: Taken


@dataclass(frozen=True, slots=True)
class Recorder:
    """Names the recorder that calls are discovered at. calls: None where none is connected"""

    calls: Calls | None
    settings: CallSettings


class DiscoverCalls:
    """Finds the calls of the day."""

    def __init__(
        self, recorder: Recorder, taking: TakeCalls, discoveries: Discoveries, reports: DiscoveryReports, clock: Clock
    ) -> None:
        self._recorder = recorder
        self._taking = taking
        self._discoveries = discoveries
        self._reports = reports
        self._clock = clock

    def daily(self) -> Discovered | None:
        """Takes everything since the last run; None where no recorder is connected.

        Raises Retryable, after which it is simply run again.
        """
        calls, settings = self._recorder.calls, self._recorder.settings
        if calls is None:
            self._reports.not_configured()
            return None
        now, place = self._clock.now(), self._discoveries.place()
        begun, reached = place or (settings.calls_from or now, settings.calls_from or now)
        if place is not None:
            # A run by a clock of the future has reached nothing that is still to come.
            begun, reached = min(begun, now), min(reached, now)
        if place is None:
            # Written first: a run that dies must not make the next one forget where the beginning was.
            self._discoveries.reached(begun, begun)
        since, taken = max(begun, reached - OVERLAP), Taken()
        try:
            for page in self._pages(calls, since, now) if since < now else ():
                taken = taken.plus(self._taking.take(page.calls, settings.daily_route, not_before=begun))
                for one in page.unreadable:
                    self._reports.unreadable_call(one)
        except UnreadableAnswer as unreadable:
            # Asking at once again would bring the same; the next run begins where this one did.
            self._reports.unreadable_answer(unreadable)
            return Discovered(since, None, taken)
        self._discoveries.reached(begun, now)
        self._reports.discovered(taken)
        return Discovered(since, now, taken)

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
                self._reports.cursor_expired()
        raise Retryable("the listing of calls expires faster than it can be read", after_seconds=300)


class TakeFinishedCall:
    """Takes one call that the recorder reports as finished."""

    def __init__(self, taking: TakeCalls, reports: DiscoveryReports, calls_from: datetime | None) -> None:
        self._taking = taking
        self._reports = reports
        self._calls_from = calls_from

    def take(self, call: RecordedCall) -> Taken:
        """Has a call analysed at once. A rule of the recorder may fire for old calls as well; what is from before the
        configured beginning is left alone here, too. Raises Retryable."""
        taken = self._taking.take([call], "immediate", not_before=self._calls_from)
        self._reports.reported(taken)
        return taken
