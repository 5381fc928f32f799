"""Queues what brings calls, batches and runs forward: each task is named by what it is about, so that a repeated one
adds nothing."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from shared.call_pipeline.messages import BatchTask, CallTask, ReanalysisTask
from shared.conversations.records import CallRecord
from shared.conversations.usecases.call_settings import Route
from shared.ports.ambient import Clock
from shared.ports.messages import TaskQueue

EMAIL = "email"
"""The source of e-mail threads."""
FIRST_POLL_SECONDS, LAST_POLL_SECONDS = 60, 900
SWEPT_POLLS = 4
"""A swept batch is asked about as if it had been asked about so often: every quarter of an hour from then on."""


class CallTasks:
    """Queues tasks. Every method may raise Retryable."""

    def __init__(self, tasks: TaskQueue, clock: Clock) -> None:
        self._tasks = tasks
        self._clock = clock

    def queue(self, record: CallRecord, route: Route) -> bool:
        """Queues the import of a call; False if it is queued already."""
        task = CallTask(record_id=record.record_id, analysis=record.analysis, route=route)
        return self._enqueue(record, task, _name(record, 0))

    def later(self, record: CallRecord, route: Route, attempt: int, seconds: int) -> None:
        """Queues the import once more, in so many seconds. attempt: how often it has been put off before"""
        task = CallTask(record_id=record.record_id, analysis=record.analysis, route=route, attempt=attempt + 1)
        self._enqueue(record, task, _name(record, attempt + 1), seconds)

    def tell_deal(self, record: CallRecord) -> None:
        """Queues that a call which is over is told anew, with the deal that a person has linked it to."""
        task = CallTask(record_id=record.record_id, analysis=record.analysis, route="immediate")
        linked = f"{record.deal.deal_id}\n{record.updated_at.isoformat()}"
        said = hashlib.sha256(linked.encode()).hexdigest()[:16]
        self._enqueue(record, task, f"{record.record_id}-{record.analysis}-deal-{said}")

    def poll(self, batch_id: str, polls: int) -> None:
        """Queues the next look at a message batch. polls: how many there have been"""
        self._poll(batch_id, polls, str(polls))

    def sweep(self, batch_id: str) -> None:
        """Queues a look at a batch that seems to be left alone."""
        self._poll(batch_id, SWEPT_POLLS, f"swept-{int(self._clock.now().timestamp())}")

    def spread(self, run_id: str) -> None:
        """Queues that a period's request to analyse its calls again is spread over them."""
        task = ReanalysisTask(run_id=run_id)
        self._tasks.enqueue("reanalyses", "reanalyse_calls", task.model_dump(), name=f"reanalysis-{run_id}")

    def _poll(self, batch_id: str, polls: int, name: str) -> None:
        seconds = min(FIRST_POLL_SECONDS * 2**polls, LAST_POLL_SECONDS)
        self._tasks.enqueue(
            "analysis-batches",
            "analysis_collect",
            BatchTask(batch_id=batch_id, polls=polls).model_dump(),
            name=f"collect-{batch_id}-{name}",
            run_at=self._clock.now() + timedelta(seconds=seconds),
        )

    def _enqueue(self, record: CallRecord, task: CallTask, name: str, seconds: int | None = None) -> bool:
        queue, function = (
            ("email-analyses", "email_analysis") if record.source == EMAIL else ("gong-calls", "gong_call")
        )
        run_at = None if seconds is None else self._clock.now() + timedelta(seconds=seconds)
        payload = task.model_dump(exclude_unset=True)
        return self._tasks.enqueue(queue, function, payload, name=name, run_at=run_at)


def _name(record: CallRecord, attempt: int) -> str:
    """Names a call's task: one for each request to analyse it, each round through a batch, each time it is put off."""
    return f"{record.record_id}-{record.analysis}-{record.rounds}-{attempt}"
