"""Have a call analysed and post what was observed: at once, or when a message batch brings the answer.

For every employee who spoke: the analysis is kept first, then posted, then noted in the record. A task that dies in
between finds the kept analysis and posts the same observation again, which `ingest` knows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import reduce
from typing import Any

from shared.analysts.ports.language_model import Usage
from shared.analysts.usecases.analyst import Analyst, NotAnalysed
from shared.call_pipeline.messages import CallAnalysed
from shared.call_pipeline.usecases.observe_call import observation
from shared.conversations.domain.analysis_version import analysis_version
from shared.conversations.domain.call_analysis import CallAnalysis
from shared.conversations.domain.call_state import OVER
from shared.conversations.domain.conversation import Conversation
from shared.conversations.domain.cost import PRICES, PriceTable, total_cost
from shared.conversations.usecases.call_records import CallRecords
from shared.conversations.usecases.transcripts import TranscriptStore
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.errors import Conflict, Rejected
from shared.kernel.log_events import LogEvent
from shared.ports.ambient import Clock, Log
from shared.ports.messages import Bus, Message
from shared.ports.observations import Observations

TOPIC = "call-analysed"


class AnalyseCalls:
    """From a kept conversation to posted observations."""

    def __init__(
        self,
        analyst: Analyst,
        records: CallRecords,
        transcripts: TranscriptStore,
        configuration: Configuration,
        observations: Observations,
        bus: Bus,
        clock: Clock,
        log: Log,
        *,
        in_batches: bool,
        prices: PriceTable = PRICES,
    ) -> None:
        """in_batches: whether the analyst can take message batches (a language model is configured)"""
        self._prices = prices
        self.analyst = analyst
        self.in_batches = in_batches
        self._records = records
        self._transcripts = transcripts
        self._configuration = configuration
        self._observations = observations
        self._bus = bus
        self._clock = clock
        self._log = log

    def at_once(self, record: Mapping[str, Any], conversation: Conversation) -> str:
        """Analyses everyone who spoke and posts; the record's state afterwards. Raises Retryable."""
        results: dict[str, CallAnalysis | NotAnalysed] = {}
        for person in speakers_of(record):
            kept = self.kept(record, person)
            if kept is not None:
                results[person["employee_id"]] = kept
                continue
            framework = self._configuration.framework(person["framework_id"])
            try:
                analysis = self.analyst.analyse(
                    conversation,
                    person["speaker_id"],
                    framework,
                    record["context"],
                    lambda usage: self.spend(record, [usage]),
                )
            except NotAnalysed as refusal:
                if refusal.reason == "request_refused":
                    self._log.event(LogEvent.CALL_REQUEST_REFUSED, "ERROR", call_id=record["call_id"])
                results[person["employee_id"]] = refusal
                continue
            self.keep(record, person, analysis)
            results[person["employee_id"]] = analysis
        return self.post(record, results)

    def spend(self, record: Mapping[str, Any], usages: Sequence[Usage], once: str | None = None) -> None:
        """Notes tokens as soon as they are paid for: before anything that may fail is done with the answer.

        usages: one per request. once: names an answer that may be read several times, and is paid for once
        """
        if not usages:
            return
        dollars = total_cost(usages, self.analyst.model, self._prices)

        def note(known: dict[str, Any]) -> dict[str, Any] | None:
            paid: list[str] = known.get("paid", [])
            if once in paid:
                return None
            total = reduce(Usage.plus, usages if known["usage"] is None else (Usage(**known["usage"]), *usages))
            spent = None if dollars is None else round((known["cost_usd"] or 0) + float(dollars), 6)
            return {"usage": asdict(total), "cost_usd": spent} | ({} if once is None else {"paid": [*paid, once]})

        self._records.change(record["record_id"], note)

    def kept(self, record: Mapping[str, Any], person: Mapping[str, Any]) -> CallAnalysis | None:
        """The analysis of this request, if an earlier attempt has got that far."""
        version = self._version(record, person)
        return self._transcripts.analysis(record["source"], record["call_id"], person["employee_id"], version)

    def keep(self, record: Mapping[str, Any], person: Mapping[str, Any], analysis: CallAnalysis) -> None:
        """Keeps an analysis, so that nobody is asked for it again."""
        version = analysis_version(analysis.scorer.number, record["analysis"])
        self._transcripts.keep_analysis(record["source"], person["employee_id"], version, analysis)

    def _version(self, record: Mapping[str, Any], person: Mapping[str, Any]) -> int:
        framework = self._configuration.framework(person["framework_id"])
        return analysis_version(self.analyst.scorer(framework).number, record["analysis"])

    def post(self, record: Mapping[str, Any], results: Mapping[str, CallAnalysis | NotAnalysed]) -> str:
        """Posts one observation per employee, then notes what came of the call. Raises Retryable."""
        noted: list[dict[str, Any]] = []
        refusals: list[str] = []
        for employee_id, result in sorted(results.items()):
            if isinstance(result, NotAnalysed):
                refusals.append(result.reason)
                noted.append({"employee_id": employee_id, "observation_id": None, "standing": result.reason})
                continue
            noted.append(self._post_one(record, employee_id, result))
        scorers = {one.scorer.scorer_id for one in results.values() if isinstance(one, CallAnalysis)}
        state = "refused" if refusals and len(refusals) == len(results) else "observed"

        def note(known: dict[str, Any]) -> dict[str, Any] | None:
            if known["analysis"] != record["analysis"]:
                return None  # somebody has asked for another analysis meanwhile, which will say what holds
            return {
                "state": state,
                "scorer": ", ".join(sorted(scorers)) or None,
                "observations": noted,
                "last_error": "; ".join(sorted(set(refusals)))[:500] or None,
                "batch_id": None,
            }

        changed, _ = self._records.change(record["record_id"], note)
        self.publish(changed)
        self._log.event(
            LogEvent.CALL_FINISHED,
            state=state,
            source=record["source"],
            call_id=record["call_id"],
            observations=sum(one["observation_id"] is not None for one in noted),
        )
        return state

    def _post_one(self, record: Mapping[str, Any], employee_id: str, analysis: CallAnalysis) -> dict[str, Any]:
        body = observation(
            analysis,
            employee_id=employee_id,
            source=record["source"],
            at=record["started_at"],
            version=analysis_version(analysis.scorer.number, record["analysis"]),
            context=record["context"],
            deal_id=record["deal"]["deal_id"],
            source_url=record["url"],
        )
        if body is None:
            return {"employee_id": employee_id, "observation_id": None, "standing": "nothing_observed"}
        noted = {
            "employee_id": employee_id,
            "observation_id": body["observation_id"],
            "scores": {one["competency"]: one["score"] for one in body["competency_scores"]},
        }
        try:
            answer = self._observations.post(body)
        except Conflict:
            # The id is taken by what an earlier, differing answer of the model gave: that one stands.
            return {**noted, "standing": "known", "waiting": []}
        except Rejected as refusal:
            # It is in the quarantine, where a person sees why and can take it in again.
            self._log.event(LogEvent.CALL_REJECTED, "ERROR", call_id=record["call_id"], field=refusal.field)
            return {**noted, "standing": "rejected", "waiting": []}
        return {
            **noted,
            "standing": answer["standing"],
            "waiting": sorted(one["competency"] for one in answer["held"]),
        }

    def publish(self, record: Mapping[str, Any]) -> None:
        """Publishes what came of a call that is over; readers take the last of a call's analyses."""
        if record["state"] not in OVER:
            return
        usage = record["usage"] or {}
        observations = record["observations"]
        fact = CallAnalysed(
            record_id=record["record_id"],
            source=record["source"],
            call_id=record["call_id"],
            analysis=record["analysis"],
            state=record["state"],
            started_at=record["started_at"],
            finished_at=record["updated_at"],
            duration_seconds=record["duration_seconds"],
            employees=[one["employee_id"] for one in record["participants"] if one["spoke"]],
            observations=sum(one["observation_id"] is not None for one in observations),
            scores=sum(len(one.get("scores", {})) for one in observations),
            waiting=sum(len(one.get("waiting", [])) for one in observations),
            scorer=record["scorer"],
            route=record["route"],
            deal_id=record["deal"]["deal_id"],
            deal_link=record["deal_link"],
            account_name=record["deal"]["account_name"],
            source_url=record["url"],
            input_tokens=usage.get("input_tokens"),
            cache_write_tokens=usage.get("cache_write_tokens"),
            cache_read_tokens=usage.get("cache_read_tokens"),
            output_tokens=usage.get("output_tokens"),
            cost_usd=record["cost_usd"],
        )
        self._bus.publish(TOPIC, [Message(fact.model_dump(mode="json"), {"source": fact.source})])


def speakers_of(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The employees to be scored: who spoke."""
    return [one for one in record["participants"] if one["spoke"]]
