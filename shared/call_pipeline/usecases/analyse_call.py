"""Analyses a call at once: everyone who spoke, each analysis kept first, then all of them posted."""

from __future__ import annotations

from shared.analysts.usecases.analyst import Analyst, NotAnalysed
from shared.call_pipeline.usecases.keep_analyses import KeepAnalyses
from shared.call_pipeline.usecases.post_analyses import PostAnalyses
from shared.conversations.domain.call_analysis import CallAnalysis
from shared.conversations.domain.call_state import State
from shared.conversations.domain.conversation import Conversation
from shared.conversations.records import CallParticipant, CallRecord
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.log_events import LogEvent
from shared.ports.ambient import Log


class AnalyseCall:
    """Takes a kept conversation to posted observations."""

    def __init__(
        self,
        analyst: Analyst,
        keeping: KeepAnalyses,
        posting: PostAnalyses,
        configuration: Configuration,
        log: Log,
    ) -> None:
        self._analyst = analyst
        self._keeping = keeping
        self._posting = posting
        self._configuration = configuration
        self._log = log

    def at_once(self, record: CallRecord, conversation: Conversation) -> State:
        """Analyses everyone who spoke and posts; the call's state afterwards. Raises Retryable."""
        found = {one.employee_id: self._analysis(record, one, conversation) for one in record.speakers}
        return self._posting.post(record, found)

    def _analysis(
        self, record: CallRecord, person: CallParticipant, conversation: Conversation
    ) -> CallAnalysis | NotAnalysed:
        kept = self._keeping.kept(record, person)
        if kept is not None:
            return kept
        try:
            analysis = self._analyst.analyse(
                conversation,
                person.speaker_id or "",
                self._configuration.framework(person.framework_id),
                record.context,
                lambda usage: self._keeping.spend(record, [usage]),
            )
        except NotAnalysed as refusal:
            if refusal.reason == "request_refused":
                self._log.event(LogEvent.CALL_REQUEST_REFUSED, "ERROR", call_id=record.call_id)
            return refusal
        self._keeping.keep(record, person, analysis)
        return analysis
