"""Analyses a call at once: everyone who spoke, each analysis kept first, then all of them posted."""

from __future__ import annotations

from shared.analysts.usecases.analyst import Analyst, NotAnalysed
from shared.call_pipeline.usecases.keep_analyses import KeepAnalyses
from shared.call_pipeline.usecases.post_analyses import PostAnalyses
from shared.conversations.domain.call_analysis import CallAnalysis
from shared.conversations.domain.call_state import State
from shared.conversations.domain.conversation import Conversation
from shared.conversations.records import CallParticipant, CallRecord
from shared.conversations.usecases.call_settings import Route
from shared.kernel.log_events import LogEvent
from shared.ports.ambient import Log


class AnalyseCall:
    """Takes a kept conversation to posted observations.

    in_batches: whether the analyst can take message batches (a language model is connected)
    """

    def __init__(
        self,
        analyst: Analyst,
        keeping: KeepAnalyses,
        posting: PostAnalyses,
        log: Log,
        *,
        in_batches: bool,
    ) -> None:
        self._analyst = analyst
        self._keeping = keeping
        self._posting = posting
        self._log = log
        self._in_batches = in_batches

    def analyse(self, record: CallRecord, conversation: Conversation, route: Route) -> State:
        """Analyses everyone who spoke and posts, or leaves a call that is ready to the next message batch.

        Returns the call's state afterwards. Raises Retryable.
        """
        if route == "batch" and self._in_batches:
            return "ready"
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
                self._keeping.framework_of(person),
                record.context,
                lambda usage: self._keeping.spend(record, [usage]),
            )
        except NotAnalysed as refusal:
            if refusal.reason == "request_refused":
                self._log.event(LogEvent.CALL_REQUEST_REFUSED, "ERROR", call_id=record.call_id)
            return refusal
        self._keeping.keep(record, person, analysis)
        return analysis
