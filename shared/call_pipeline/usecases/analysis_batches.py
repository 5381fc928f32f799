"""Message batches: the day's calls analysed together at half the price, within a day.

    submit   lists the calls that are ready in a batch document, takes their records to `batched`, then sends the batch;
             a batch that was not sent (its process died) is sent by a later run
    collect  asks until the batch has ended, joins the results by custom_id, posts, and makes calls ready again whose
             requests expired or failed; a call that fails so three times is analysed at once

Sending and noting the vendor's id cannot be one act: a process that dies in between leaves a batch that nobody
collects, and its calls are sent again. That costs the tokens twice; it never counts a call twice, as the observation's
id is the call's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from shared.analysts.ports.language_model import BatchResult, LanguageModel, Prompt, PromptRefused
from shared.analysts.usecases.analyst import BatchAnalyst, NotAnalysed
from shared.call_pipeline.usecases.analyse_call import AnalyseCalls, speakers_of
from shared.call_pipeline.usecases.discover_calls import DiscoverCalls
from shared.conversations.domain.call_analysis import CallAnalysis
from shared.conversations.domain.conversation import Conversation
from shared.conversations.usecases.call_records import CallRecords
from shared.conversations.usecases.transcripts import TranscriptStore
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.errors import NotFound
from shared.kernel.ids import digest
from shared.kernel.log_events import LogEvent
from shared.ports.ambient import Clock, Ids, Log
from shared.ports.documents import Create, Documents, Put, Query, Where
from shared.ports.messages import TaskQueue

QUEUE, FUNCTION = "analysis-batches", "analysis_collect"
MOST_CALLS = 200
"""In one batch: their requests' texts are held in memory together, about 50 kB each."""
MOST_BATCHES = 10
"""In one run; the rest waits for the next."""
FIRST_POLL_SECONDS, LAST_POLL_SECONDS = 60, 900
LEFT_AFTER = timedelta(minutes=10)
"""After which a batch was surely not left in its state by a process that is still alive."""
SWEPT_POLLS = 4
"""A swept batch is asked about as if it had been asked about so often: every quarter of an hour from then on."""
MOST_ROUNDS = 3


class AnalysisBatches:
    """Sends and collects message batches."""

    def __init__(
        self,
        model: LanguageModel,
        analyst: BatchAnalyst,
        analyses: AnalyseCalls,
        records: CallRecords,
        transcripts: TranscriptStore,
        discovery: DiscoverCalls,
        configuration: Configuration,
        integrations: Documents,
        tasks: TaskQueue,
        clock: Clock,
        ids: Ids,
        log: Log,
    ) -> None:
        self._model = model
        self._analyst = analyst
        self._analyses = analyses
        self._records = records
        self._transcripts = transcripts
        self._discovery = discovery
        self._configuration = configuration
        self._integrations = integrations
        self._tasks = tasks
        self._clock = clock
        self._ids = ids
        self._log = log

    # Sending

    def submit(self) -> dict[str, int]:
        """Sends what is ready, and what an earlier run could not send. Raises Retryable."""
        counts = {"batches": 0, "calls": 0}
        for batch in self._left("sending", "gathered_at"):
            self._send(batch)
            counts["batches"] += 1
        for batch in self._left("sent", "sent_at"):
            # Its chain of tasks may have been cut; where it was not, one look more does no harm.
            self._poll(batch["batch_id"], SWEPT_POLLS, f"swept-{int(self._clock.now().timestamp())}")
        while counts["batches"] < MOST_BATCHES:
            gathered = self._gather(self._ready())
            if gathered is None:
                break
            self._send(gathered)
            counts["batches"] += 1
            counts["calls"] += len(gathered["calls"])
        self._log.event(LogEvent.ANALYSIS_SUBMITTED, batches=counts["batches"], calls=counts["calls"])
        return counts

    def _ready(self) -> list[dict[str, Any]]:
        """The latest calls that wait for a batch, past those that are being analysed at once, however many."""
        found: list[dict[str, Any]] = []
        after = None
        while True:
            page, after = self._records.page(state="ready", limit=MOST_CALLS, after=after)
            found += [record for record in page if record["route"] == "batch"]
            if after is None or len(found) >= MOST_CALLS:
                return found[:MOST_CALLS]

    def _left(self, state: str, since: str) -> list[dict[str, Any]]:
        """Batches that have been in a state for longer than their process takes."""
        found = self._integrations.query(Query("analysis_batches", where=[Where("state", "==", state)]))
        before = self._clock.now() - LEFT_AFTER
        return [dict(document.data) for document in found if document.data[since] < before]

    def _gather(self, ready: list[dict[str, Any]]) -> dict[str, Any] | None:
        """A batch document of these calls, and their records in it; None when nothing is left for it."""
        now = self._clock.now()
        if not ready:
            return None
        batch = {
            "batch_id": self._ids.new(),
            "state": "sending",
            "gathered_at": now,
            "vendor_id": None,
            "calls": {record["record_id"]: record["analysis"] for record in ready},
        }
        # First the batch, then its calls: a call in no batch's list would be forgotten.
        self._integrations.commit([Create(f"analysis_batches/{batch['batch_id']}", batch)])
        for record in ready:

            def take(known: dict[str, Any], wanted: Mapping[str, Any] = record) -> dict[str, Any] | None:
                same = (known["state"], known["route"], known["analysis"]) == ("ready", "batch", wanted["analysis"])
                return (
                    {"state": "batched", "batch_id": batch["batch_id"], "rounds": known["rounds"] + 1} if same else None
                )

            self._records.change(record["record_id"], take)
        return batch

    def _send(self, batch: dict[str, Any]) -> None:
        requests: list[tuple[str, Prompt]] = []
        for record_id, analysis in sorted(batch["calls"].items()):
            record = self._records.get(record_id)
            if record["batch_id"] != batch["batch_id"] or record["analysis"] != analysis:
                continue
            asked = self._requests(record)
            if not asked:
                # Nothing can be asked, or everything has been answered: an import at once says what that means.
                self._at_once(record_id, analysis, batch["batch_id"])
            requests += asked
        try:
            vendor_id = self._model.submit(requests) if requests else None
        except PromptRefused:
            # One of them is wrong, and the vendor does not say which: each finds out for itself.
            self._log.event(LogEvent.ANALYSIS_BATCH_REFUSED, "WARNING", batch=batch["batch_id"])
            vendor_id = None
        if vendor_id is None:
            self._all_at_once(batch)
            return
        sent = {**batch, "state": "sent", "vendor_id": vendor_id, "sent_at": self._clock.now()}
        self._integrations.commit([Put(f"analysis_batches/{batch['batch_id']}", sent)])
        self._poll(batch["batch_id"], 0, "0")

    def _requests(self, record: Mapping[str, Any]) -> list[tuple[str, Prompt]]:
        conversation = self._transcripts.conversation(record["source"], record["call_id"])
        if conversation is None:
            return []
        return [
            (_custom_id(record, person["employee_id"], part), prompt)
            for person in speakers_of(record)
            # Who has been analysed in an earlier round is not asked about, nor paid for, again.
            if self._analyses.kept(record, person) is None
            for part, prompt in enumerate(self._prompts(record, person, conversation))
        ]

    def _prompts(
        self, record: Mapping[str, Any], person: Mapping[str, Any], conversation: Conversation
    ) -> tuple[Prompt, ...]:
        """What is asked about one person; nothing where nothing can be asked, which is found out at once later."""
        framework = self._configuration.framework(person["framework_id"])
        try:
            return self._analyst.prompts(conversation, person["speaker_id"], framework, record["context"])
        except NotAnalysed:
            return ()

    def _poll(self, batch_id: str, polls: int, name: str) -> None:
        seconds = min(FIRST_POLL_SECONDS * 2**polls, LAST_POLL_SECONDS)
        self._tasks.enqueue(
            QUEUE,
            FUNCTION,
            {"batch_id": batch_id, "polls": polls},
            name=f"collect-{batch_id}-{name}",
            run_at=self._clock.now() + timedelta(seconds=seconds),
        )

    # Collecting

    def collect(self, batch_id: str, polls: int) -> dict[str, Any]:
        """One look at a batch; posts what has come when it has ended. Raises NotFound, Retryable."""
        document = self._integrations.get(f"analysis_batches/{batch_id}")
        if document is None:
            raise NotFound(f"there is no batch {batch_id[:64]!r}", field="batch_id")
        batch = dict(document.data)
        if batch["state"] != "sent":
            return {"state": batch["state"]}
        try:
            if not self._model.state(batch["vendor_id"]).ended:
                self._poll(batch_id, polls + 1, str(polls + 1))
                return {"state": "running"}
            results = {result.custom_id: result for result in self._model.results(batch["vendor_id"])}
        except PromptRefused:
            # The vendor does not know it, or its results, any more: it was deleted, or the key is another workspace's.
            self._log.event(LogEvent.ANALYSIS_BATCH_GONE, "ERROR", batch=batch_id)
            self._all_at_once(batch)
            return {"state": "collected", "gone": True}
        counts = {"observed": 0, "refused": 0, "again": 0}
        for record_id, analysis in sorted(batch["calls"].items()):
            record = self._records.get(record_id)
            if record["state"] == "batched" and record["batch_id"] == batch_id:
                counts[self._finish(record, results)] += 1
            elif record["analysis"] == analysis:
                # Noted by a process that may have died before it published.
                self._analyses.publish(record)
        self._integrations.commit([Put(f"analysis_batches/{batch_id}", {**batch, "state": "collected"})])
        self._log.event(LogEvent.ANALYSIS_COLLECTED, batch=batch_id, observed=counts["observed"], again=counts["again"])
        return {"state": "collected", **counts}

    def _finish(self, record: dict[str, Any], results: Mapping[str, BatchResult]) -> str:
        """Posts one call's results: observed, refused, or again when they have to be asked for once more."""
        conversation = self._transcripts.conversation(record["source"], record["call_id"])
        found: dict[str, CallAnalysis | NotAnalysed] = {}
        missing = unusable = False
        for person in speakers_of(record):
            employee_id, speaker_id = person["employee_id"], person["speaker_id"]
            kept = self._analyses.kept(record, person)
            if kept is not None:
                found[employee_id] = kept
                continue
            framework = self._configuration.framework(person["framework_id"])
            parts = self._prompts(record, person, conversation) if conversation else ()
            answers = [results.get(_custom_id(record, employee_id, part)) for part in range(len(parts))]
            completions = [answer.completion for answer in answers if answer is not None and answer.completion]
            for answer in answers:
                # Paid for, whether or not the others have come.
                if answer is not None and answer.completion:
                    once = f"{record['batch_id']} {answer.custom_id}"
                    self._analyses.spend(record, [answer.completion.usage], once)
            if conversation is None or not parts or len(completions) != len(parts):
                missing = True
                continue
            try:
                analysis = self._analyst.read(conversation, speaker_id, framework, completions)
            except NotAnalysed as refusal:
                unusable = unusable or refusal.reason != "refused"
                found[employee_id] = refusal
                continue
            self._analyses.keep(record, person, analysis)
            found[employee_id] = analysis
        if missing or unusable:
            return self._once_more(record, at_once=unusable)
        return "observed" if self._analyses.post(record, found) == "observed" else "refused"

    def _once_more(self, record: Mapping[str, Any], *, at_once: bool = False) -> str:
        """Expired, failed or unreadable in a batch: into the next one, or, the third time, at once."""
        if at_once or record["rounds"] >= MOST_ROUNDS:
            self._at_once(record["record_id"], record["analysis"], record["batch_id"])
        else:
            self._records.change(
                record["record_id"],
                lambda known: {"state": "ready", "batch_id": None} if _still(known, record) else None,
            )
        return "again"

    def _all_at_once(self, batch: Mapping[str, Any]) -> None:
        """Ends a batch of which nothing will come: each of its calls is analysed by itself."""
        for record_id, analysis in sorted(batch["calls"].items()):
            self._at_once(record_id, analysis, batch["batch_id"])
        self._integrations.commit([Put(f"analysis_batches/{batch['batch_id']}", {**batch, "state": "collected"})])

    def _at_once(self, record_id: str, analysis: int, batch_id: str) -> None:
        def release(known: dict[str, Any]) -> dict[str, Any] | None:
            mine = known["state"] == "batched" and known["batch_id"] == batch_id and known["analysis"] == analysis
            return {"state": "discovered", "batch_id": None, "route": "immediate"} if mine else None

        record, changed = self._records.change(record_id, release)
        if changed or record["state"] == "discovered":
            self._discovery.queue(record, "immediate")


def _still(known: Mapping[str, Any], record: Mapping[str, Any]) -> bool:
    return bool(known["state"] == "batched" and known["batch_id"] == record["batch_id"])


def _custom_id(record: Mapping[str, Any], employee_id: str, part: int) -> str:
    """Names one request: at most 64 letters, digits, hyphens and underscores, as the vendor wants it."""
    return f"{digest(record['record_id'], str(record['analysis']), employee_id)}-{part}"
