"""What a function may write to, as its declaration says: Google refuses the rest, which no emulator does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING, Any

from infra.declarations.pipeline import FunctionSpec, Pipeline
from infra.local.queue import Delivered, LocalQueue
from shared.ports.messages import Bus, Message, TaskQueue

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def refusals(function: FunctionSpec, verb: str, name: str, declared: Sequence[str]) -> list[str]:
    """Returns what Google would refuse of one act of a function, in words; nothing where it is declared."""
    return [] if name in declared else [f"{function.name} {verb} {name}"]


class Granted:
    """Carries on what a function may do; refused: what it has tried and may not, in words."""

    def __init__(self, function: FunctionSpec) -> None:
        self._function = function
        self.refused: list[str] = []

    def bus(self, bus: Bus) -> Bus:
        return _GrantedBus(self, bus)

    def tasks(self, tasks: TaskQueue) -> TaskQueue:
        return _GrantedTasks(self, tasks)

    def publishes(self, topic: str) -> None:
        self.refused += refusals(self._function, "publishes to", topic, self._function.publishes)

    def enqueues(self, queue: str) -> None:
        self.refused += refusals(self._function, "enqueues in", queue, self._function.enqueues)


class _GrantedBus:
    def __init__(self, granted: Granted, bus: Bus) -> None:
        self._granted = granted
        self._bus = bus

    def publish(self, topic: str, messages: Sequence[Message]) -> None:
        self._granted.publishes(topic)
        self._bus.publish(topic, messages)


class _GrantedTasks:
    def __init__(self, granted: Granted, tasks: TaskQueue) -> None:
        self._granted = granted
        self._tasks = tasks

    def enqueue(
        self,
        queue: str,
        function: str,
        payload: Mapping[str, Any],
        *,
        name: str | None = None,
        run_at: datetime | None = None,
    ) -> bool:
        self._granted.enqueues(queue)
        return self._tasks.enqueue(queue, function, payload, name=name, run_at=run_at)


_answering: ContextVar[str | None] = ContextVar("answering", default=None)


@contextmanager
def answering(function: str) -> Iterator[None]:
    """What is done within is done by a function, as far as a GrantedQueue knows."""
    before = _answering.set(function)
    try:
        yield
    finally:
        _answering.reset(before)


class Answering:
    """A function's WSGI application, which is the function that does what its requests do."""

    def __init__(self, name: str, application: WSGIApplication) -> None:
        self._name = name
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with answering(self._name):
            return self._application(environ, start_response)


class GrantedQueue(LocalQueue):
    """The embedded queue, which takes of a function what its declaration lets it write; of the test itself all.

    refused: what functions have tried and may not, in words
    """

    def __init__(self, beside: LocalQueue, pipeline: Pipeline) -> None:
        super().__init__(beside.file, pipeline)
        self._functions = pipeline.functions
        self.refused: list[str] = []

    def deliveries(self, topic: str, messages: Sequence[Message]) -> Sequence[Delivered]:
        if messages and (asking := self._asking()):
            self.refused += refusals(asking, "publishes to", topic, asking.publishes)
        return super().deliveries(topic, messages)

    def enqueue(
        self,
        queue: str,
        function: str,
        payload: Mapping[str, Any],
        *,
        name: str | None = None,
        run_at: datetime | None = None,
    ) -> bool:
        if asking := self._asking():
            self.refused += refusals(asking, "enqueues in", queue, asking.enqueues)
        return super().enqueue(queue, function, payload, name=name, run_at=run_at)

    def _asking(self) -> FunctionSpec | None:
        return self._functions.get(_answering.get() or "")
