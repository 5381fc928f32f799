"""Posts one observation per analysed employee, then notes in the call's record what came of it.

Done again after a crash it posts the same observations, which `ingest` knows.
"""

from __future__ import annotations

from collections.abc import Mapping

from shared.analysts.usecases.analyst import NotAnalysed
from shared.call_pipeline.usecases.observe_call import observation, observation_id
from shared.call_pipeline.usecases.take_back import TakeBack
from shared.call_pipeline.usecases.tell_of_call import TellOfCall
from shared.conversations.domain.analysis_version import analysis_version
from shared.conversations.domain.call_analysis import CallAnalysis
from shared.conversations.domain.call_state import State
from shared.conversations.records import CallRecord, CallRecords, CallResult
from shared.kernel.errors import Conflict, Rejected
from shared.kernel.log_events import LogEvent
from shared.ports.ambient import Log
from shared.ports.observations import Observations


class PostAnalyses:
    """Posts what was observed in a call."""

    def __init__(
        self, records: CallRecords, observations: Observations, taking_back: TakeBack, telling: TellOfCall, log: Log
    ) -> None:
        self._records = records
        self._observations = observations
        self._taking_back = taking_back
        self._telling = telling
        self._log = log

    def post(self, record: CallRecord, found: Mapping[str, CallAnalysis | NotAnalysed]) -> State:
        """Posts what was found of each employee; the call's state afterwards. Raises Retryable."""
        observed = {who for who, one in found.items() if isinstance(one, NotAnalysed) or one.scores}
        self._taking_back.of_others(record, observed)
        results = tuple(self._result(record, employee_id, one) for employee_id, one in sorted(found.items()))
        refusals = sorted(one.reason for one in found.values() if isinstance(one, NotAnalysed))
        scorers = sorted({one.scorer.scorer_id for one in found.values() if isinstance(one, CallAnalysis)})
        state: State = "refused" if refusals and len(refusals) == len(found) else "observed"

        def note(known: CallRecord) -> CallRecord | None:
            if known.analysis != record.analysis:
                return None  # somebody has asked for another analysis meanwhile, which will say what holds
            return known.changed(
                state=state,
                scorer=", ".join(scorers) or None,
                observations=results,
                last_error="; ".join(sorted(set(refusals)))[:500] or None,
                batch_id=None,
            )

        changed, _ = self._records.change(record.record_id, note)
        self._telling.publish(changed)
        self._log.event(
            LogEvent.CALL_FINISHED,
            state=state,
            source=record.source,
            call_id=record.call_id,
            observations=sum(one.observation_id is not None for one in results),
            scores=sum(len(one.points) for one in results),
            waiting=sum(len(one.pending_review) for one in results),
            set_aside=changed.set_aside or 0,
        )
        return state

    def _result(self, record: CallRecord, employee_id: str, found: CallAnalysis | NotAnalysed) -> CallResult:
        if isinstance(found, NotAnalysed):
            return CallResult(employee_id=employee_id, observation_id=None, standing=found.reason)
        version = analysis_version(found.scorer.number, record.analysis)
        observed = observation(
            found,
            employee_id=employee_id,
            source=record.source,
            at=record.started_at,
            version=version,
            context=record.context,
            deal_id=record.deal.deal_id,
            source_url=record.url,
        )
        if observed is None:
            return CallResult(employee_id=employee_id, observation_id=None, standing="nothing_observed")
        result = CallResult(
            employee_id=employee_id,
            observation_id=observation_id(record.source, found.call_id, employee_id, version),
            standing="known",
            scores={one.competency: one.score for one in found.scores},
            waiting=(),
        )
        try:
            taken = self._observations.post(observed.body)
        except Conflict:
            # The id is taken by what an earlier, differing answer of the model gave: that one stands.
            return result
        except Rejected as refusal:
            # It is in the quarantine, where a person sees why and can take it in again.
            self._log.event(LogEvent.CALL_REJECTED, "ERROR", call_id=record.call_id, field=refusal.field)
            return result.changed(standing="rejected")
        return result.changed(standing=taken.standing, waiting=taken.waiting)
