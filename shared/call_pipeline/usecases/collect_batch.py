"""Asks for a message batch until it has ended, and posts what it brings.

Results are joined by their names; calls whose requests expired or failed are made ready again, and a call that fails so
three times is analysed at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from shared.analysts.ports.language_model import (
    AccountRefused,
    BatchResult,
    BatchUnknown,
    LanguageModel,
    PromptRefused,
)
from shared.call_pipeline.records.batches import Batch
from shared.call_pipeline.usecases.batch_questions import BatchQuestions
from shared.call_pipeline.usecases.batched_calls import BatchedCalls
from shared.call_pipeline.usecases.post_analyses import PostAnalyses
from shared.call_pipeline.usecases.tell_of_call import TellOfCall
from shared.conversations.records import CallRecord
from shared.kernel.errors import Retryable
from shared.kernel.log_events import LogEvent
from shared.ports.ambient import Log

Outcome = Literal["observed", "refused", "again"]


@dataclass(frozen=True, slots=True)
class Collected:
    """Says how far a batch is, and what one look has brought, in calls.

    gone: the vendor does not know the batch any more
    """

    state: Literal["sending", "sent", "running", "collected"]
    gone: bool = False
    calls: Mapping[Outcome, int] | None = None


class PostBatch:
    """Posts what a batch that has ended brings."""

    def __init__(
        self, questions: BatchQuestions, calls: BatchedCalls, posting: PostAnalyses, telling: TellOfCall
    ) -> None:
        self._questions = questions
        self._calls = calls
        self._posting = posting
        self._telling = telling

    def post(self, batch: Batch, results: Mapping[str, BatchResult]) -> dict[Outcome, int]:
        """Posts the results of each call; how many calls came to what."""
        counts: dict[Outcome, int] = {"observed": 0, "refused": 0, "again": 0}
        for record in self._calls.known(batch):
            if record.state == "batched" and record.batch_id == batch.batch_id:
                counts[self._finish(record, results)] += 1
            elif record.analysis == batch.calls[record.record_id]:
                # Noted by a process that may have died before it published.
                self._telling.publish(record)
        return counts

    def _finish(self, record: CallRecord, results: Mapping[str, BatchResult]) -> Outcome:
        brought = self._questions.read(record, results)
        if brought.missing or brought.unusable:
            self._calls.once_more(record, at_once=brought.unusable, blameless=brought.stopped)
            return "again"
        return "observed" if self._posting.post(record, brought.found) == "observed" else "refused"


class CollectBatch:
    """Looks at batches. vendor: the model and what posts its answers; None where no language model is connected"""

    def __init__(self, vendor: tuple[LanguageModel, PostBatch] | None, calls: BatchedCalls, log: Log) -> None:
        self._vendor = vendor
        self._calls = calls
        self._log = log

    def collect(self, batch_id: str, polls: int) -> Collected:
        """Takes one look at a batch; posts what has come when it has ended. Raises NotFound, Retryable."""
        if self._vendor is None:
            raise Retryable("no language model is connected, so the batch cannot be collected", after_seconds=600)
        model, posting = self._vendor
        batch = self._calls.batch(batch_id)
        if batch.state != "sent" or batch.vendor_id is None:
            return Collected(batch.state)
        try:
            if not model.state(batch.vendor_id).ended:
                self._calls.look_again_at(batch, polls + 1)
                return Collected("running")
            results = {result.custom_id: result for result in model.results(batch.vendor_id)}
        except AccountRefused:
            self._calls.look_again(batch_id, polls + 1)
            return Collected("running")
        except (BatchUnknown, PromptRefused):
            return self._missed(batch, polls)
        if unreadable := results.pop("", None):
            self._log.event(LogEvent.ANALYSIS_LINE_UNREADABLE, "WARNING", batch=batch_id, detail=unreadable.detail)
        counts = posting.post(batch, results)
        self._calls.collected(batch)
        self._log.event(LogEvent.ANALYSIS_COLLECTED, batch=batch_id, observed=counts["observed"], again=counts["again"])
        return Collected("collected", calls=counts)

    def _missed(self, batch: Batch, polls: int) -> Collected:
        """Looks again at a batch that the vendor does not know at this moment; one that it has not known for hours is
        lost (deleted, or the key is another workspace's), and its calls go into another one."""
        if not self._calls.is_lost(batch):
            self._calls.look_again(batch.batch_id, polls + 1)
            return Collected("running")
        self._log.event(LogEvent.ANALYSIS_BATCH_GONE, "ERROR", batch=batch.batch_id)
        for record in self._calls.waiting(batch):
            self._calls.once_more(record)
        self._calls.collected(batch)
        return Collected("collected", gone=True)
