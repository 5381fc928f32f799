"""Reports how a discovery went: a line in the log, and what nobody can read in the quarantine."""

from __future__ import annotations

from collections.abc import Callable

from shared.call_pipeline.usecases.take_calls import Taken
from shared.conversations.domain.recorded_call import UnreadableCall
from shared.conversations.ports.calls import UnreadableAnswer
from shared.kernel.errors import Malformed
from shared.kernel.log_events import LogEvent
from shared.platform.usecases.quarantine import Quarantine
from shared.ports.ambient import Log

FUNCTION = "gong_batch"


class DiscoveryReports:
    """Writes to the log and to the quarantine.

    quarantine: made when something is set aside; source: the recorder's name
    """

    def __init__(self, quarantine: Callable[[], Quarantine], source: str, log: Log) -> None:
        self._quarantine = quarantine
        self._source = source
        self._log = log

    def not_configured(self) -> None:
        """Says that no recorder is connected."""
        self._log.event(LogEvent.CALLS_NOT_CONFIGURED)

    def discovered(self, taken: Taken) -> None:
        """Says what a run has found."""
        self._log.event(LogEvent.CALLS_DISCOVERED, seen=taken.seen, new=taken.new, queued=taken.queued)

    def reported(self, taken: Taken) -> None:
        """Says what became of a call that the recorder has reported as finished."""
        self._log.event(LogEvent.CALLS_REPORTED, new=taken.new, queued=taken.queued)

    def cursor_expired(self) -> None:
        """Says that a listing has to begin again."""
        self._log.event(LogEvent.CALLS_CURSOR_EXPIRED, "WARNING")

    def unreadable_call(self, call: UnreadableCall) -> None:
        """Sets details aside that nobody can read: a person sees them, and the rest of the page goes on."""
        problem = Malformed(call.detail, field=call.place)
        kept = self._quarantine().keep(FUNCTION, call.raw, problem, sent_by=self._source)
        self._log.event(LogEvent.CALL_UNREADABLE, "WARNING", call_id=call.call_id, quarantine_id=kept)

    def unreadable_answer(self, unreadable: UnreadableAnswer) -> None:
        """Sets a page aside that nobody can read."""
        kept = self._quarantine().keep(FUNCTION, unreadable.raw, unreadable, sent_by=self._source)
        self._log.event(LogEvent.CALLS_UNREADABLE, "ERROR", quarantine_id=kept)
