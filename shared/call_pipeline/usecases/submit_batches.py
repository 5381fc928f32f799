"""Sends the calls that are ready in message batches: analysed together at half the price, within a day.

A batch document lists its calls and their records are taken to `batched` before it is sent; a batch that was not sent
(its process died) is sent by a later run. Sending and noting the vendor's id cannot be one act: a process that dies in
between leaves a batch that nobody collects, and its calls are sent again. That costs the tokens twice; it never counts
a call twice, as the observation's id is the call's.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from shared.analysts.ports.language_model import AccountRefused, LanguageModel, Prompt, PromptRefused
from shared.call_pipeline.records.batches import Batch
from shared.call_pipeline.usecases.batch_questions import BatchQuestions
from shared.call_pipeline.usecases.batched_calls import BatchedCalls
from shared.kernel.log_events import LogEvent
from shared.ports.ambient import Log

MOST_BATCHES = 10
"""In one run; the rest waits for the next."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """Says how much one run has sent. calls: those that had been in no batch before"""

    batches: int
    calls: int


class SendBatch:
    """Sends one batch."""

    def __init__(self, model: LanguageModel, questions: BatchQuestions, calls: BatchedCalls, log: Log) -> None:
        self._model = model
        self._questions = questions
        self._calls = calls
        self._log = log

    def send(self, batch: Batch) -> None:
        """Sends what has to be asked about a batch's calls; ends the batch where there is nothing, or it is refused."""
        requests: list[tuple[str, Prompt]] = []
        for record in self._calls.waiting(batch):
            asked = self._questions.about(record)
            if not asked:
                # Nothing can be asked, or everything has been answered: an import at once says what that means.
                self._calls.release(record.record_id, record.analysis, batch.batch_id)
            requests += asked
        try:
            vendor_id = self._model.submit(requests) if requests else None
        except PromptRefused:
            # One of them is wrong, and the vendor does not say which: each finds out for itself.
            self._log.event(LogEvent.ANALYSIS_BATCH_REFUSED, "WARNING", batch=batch.batch_id)
            vendor_id = None
        if vendor_id is None:
            self._calls.end(batch)
        else:
            self._calls.sent(batch, vendor_id)


class SubmitBatches:
    """Sends what is ready, and what an earlier run could not send."""

    def __init__(self, sending: SendBatch, calls: BatchedCalls, log: Log) -> None:
        self._sending = sending
        self._calls = calls
        self._log = log

    def submit(self) -> Submitted:
        """Sends at most ten batches; none while the language model refuses the account. Raises Retryable."""
        sent = calls = 0
        self._calls.look_at_those_left()
        with suppress(AccountRefused):  # told of where it was met; what was gathered is sent by a later run
            for batch in self._calls.left_unsent():
                self._sending.send(batch)
                sent += 1
            while sent < MOST_BATCHES and (gathered := self._calls.gather()) is not None:
                self._sending.send(gathered)
                sent += 1
                calls += len(gathered.calls)
        self._log.event(LogEvent.ANALYSIS_SUBMITTED, batches=sent, calls=calls)
        return Submitted(sent, calls)
