"""Serves the inner edges: what Pub/Sub, Cloud Tasks and Cloud Scheduler deliver.

200 acknowledges; 503 has it delivered again, and after the last attempt it becomes a dead letter. Input that nothing
can ever come of is quarantined and acknowledged, so that it blocks nobody.

Cloud Tasks drops a task after its last attempt, without a trace. So the edge itself hands in a task whose last attempt
fails; what dies before it can (out of memory, out of time) is known by the task's log and by the run that stays open.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from shared.kernel.errors import AugmentError, Malformed, Rejected, Retryable, Unauthenticated
from shared.kernel.json_values import JsonObject
from shared.kernel.log_events import LogEvent
from shared.kernel.reading import Model, parse_json, validated
from shared.platform.edges.http import RawResponse, problem, unavailable
from shared.platform.edges.incoming import IncomingRequest
from shared.ports.ambient import Log

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from shared.platform.usecases.quarantine import Quarantine

Outcome: TypeAlias = "DataclassInstance | JsonObject | None"
"""What a function tells of its work; None: nothing."""

ACKNOWLEDGED: RawResponse = (b"", 200, {"Content-Type": "text/plain"})


@dataclass(frozen=True, slots=True)
class Delivery:
    """Holds a topic's message, a task's payload, or a schedule's empty one."""

    content: JsonObject

    def read(self, model: type[Model]) -> Model:
        """Reads the content as its contract's model. Raises Rejected, naming every wrong field."""
        return validated(model, self.content)


@dataclass(frozen=True, slots=True)
class LostTask:
    """A task that its queue is about to drop.

    queue, task_id: as the queue names them; reason: the last error, without payload; due_at: when it was first due
    """

    queue: str
    task_id: str
    payload: JsonObject
    attempts: int
    reason: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class TaskKeeper:
    """Keeps a queue's lost tasks: `keep` takes one, and may raise Retryable."""

    max_attempts: int
    keep: Callable[[LostTask], None]


class InnerEdge:
    """Serves one function that the platform itself calls.

    work:    does what is delivered
    invoker: checks the caller from the headers; raises Unauthenticated
    note:    remembers why a delivery failed: (subscription, data, reason without payload); None where the queue does
    keeper:  keeps the tasks whose last attempt failed; None where the queue does so itself
    """

    def __init__(
        self,
        name: str,
        work: Callable[[Delivery], Outcome],
        invoker: Callable[[Mapping[str, str]], None],
        quarantine: Callable[[], Quarantine],
        log: Log,
        *,
        note: Callable[[str, bytes, str], None] | None = None,
        keeper: TaskKeeper | None = None,
    ) -> None:
        self._keeper = keeper
        self._note = note
        self._name = name
        self._work = work
        self._invoker = invoker
        self._quarantine = quarantine
        self._log = log

    def handle(self, request: IncomingRequest) -> RawResponse:
        """Answers a delivery."""
        try:
            self._invoker(request.headers)
        except Unauthenticated as error:
            return problem(error, request.path)
        except Retryable as error:
            return unavailable(error, request.path)
        raw = request.get_data()
        try:
            try:
                result = self._work(Delivery(decode(raw)))
            except Rejected as error:
                kept = self._quarantine().keep(self._name, raw, error, sent_by="delivery")
                self._log.event(LogEvent.DELIVERY_QUARANTINED, "ERROR", receiver=self._name, quarantine_id=kept)
                return ACKNOWLEDGED
        except Retryable as error:
            self._log.event(LogEvent.DELIVERY_AGAIN, "WARNING", receiver=self._name, cause=type(error).__name__)
            self._failed(request.headers, raw, error.detail)
            return unavailable(error, request.path)
        except Exception as error:
            # A defect: it alerts, and the delivery is tried again until it becomes a dead letter with this reason.
            self._log.event(LogEvent.DELIVERY_FAILED, "ERROR", receiver=self._name, cause=type(error).__name__)
            self._failed(request.headers, raw, type(error).__name__)
            raise
        if result is None:
            return ACKNOWLEDGED
        return told(result), 200, {"Content-Type": "application/json"}

    def _failed(self, headers: Mapping[str, str], raw: bytes, reason: str) -> None:
        task = headers.get("X-CloudTasks-TaskName")
        if task is not None:
            self._failed_task(task, headers, raw, reason)
            return
        try:
            push = json.loads(raw)
            data = base64.b64decode(push["message"]["data"])
            subscription = str(push["subscription"])
        except (ValueError, TypeError, KeyError):
            return
        if self._note is not None:
            self._note(subscription, data, f"{self._name}: {reason}")

    def _failed_task(self, task: str, headers: Mapping[str, str], raw: bytes, reason: str) -> None:
        # The count is of the attempts before this one, those without an answer included.
        attempts = int(_number(headers.get("X-CloudTasks-TaskRetryCount"))) + 1
        if self._keeper is None or attempts < self._keeper.max_attempts:
            return
        lost = LostTask(
            queue=headers.get("X-CloudTasks-QueueName") or "",
            task_id=task,
            payload=decode(raw),
            attempts=attempts,
            reason=f"{self._name}: {reason}",
            due_at=datetime.fromtimestamp(_number(headers.get("X-CloudTasks-TaskETA")), UTC),
        )
        try:
            self._keeper.keep(lost)
            self._log.event(LogEvent.TASK_GIVEN_UP, "ERROR", receiver=self._name, queue=lost.queue, task=task)
        except AugmentError as error:
            self._log.event(
                LogEvent.TASK_LOST,
                "CRITICAL",
                receiver=self._name,
                queue=lost.queue,
                task=task,
                cause=type(error).__name__,
            )


def _number(header: str | None) -> float:
    """Reads a header's number, 0 for what is none."""
    try:
        value = float(header or 0)
    except ValueError:
        return 0.0
    return value if 0 <= value < 1e11 else 0.0


def told(answer: Outcome) -> bytes:
    """Encodes what a function tells of its work."""
    return json.dumps(asdict(answer) if is_dataclass(answer) else answer, default=str).encode()


def decode(raw: bytes) -> JsonObject:
    """Returns the JSON object of a delivery: Pub/Sub's wrapped push, or a task's or schedule's; an empty one is {}.

    Raises Malformed.
    """
    if not raw.strip():
        return {}
    value = parse_json(raw)
    if not isinstance(value, dict):
        raise Malformed("a delivery must be a JSON object", field="body")
    if "message" not in value or "subscription" not in value:
        return value
    message = value["message"]
    if not isinstance(message, dict):
        raise Malformed("message must be an object", field="message")
    data = message.get("data")
    if not isinstance(data, str):
        raise Malformed("the message has no data", field="message.data")
    try:
        inner = base64.b64decode(data, validate=True)
    except ValueError:
        raise Malformed("the message's data is not base64", field="message.data") from None
    content = parse_json(inner)
    if not isinstance(content, dict):
        raise Malformed("the message's data must be a JSON object", field="message.data")
    return content
