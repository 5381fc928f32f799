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


class Granted:
    """Carries on what a function may do; refused: what it has tried and may not, in words."""

    def __init__(self, function: FunctionSpec) -> None:
        self._function = function
        self.refused: list[str] = []

    def bus(self, bus: Bus) -> Bus:
        return _GrantedBus(self, bus)

    def tasks(self, tasks: TaskQueue) -> TaskQueue:
        return _GrantedTasks(self, tasks)

    def ask(self, verb: str, name: str, declared: Sequence[str]) -> None:
        if name not in declared:
            self.refused.append(f"{self._function.name} {verb} {name}")

    @property
    def publishes(self) -> Sequence[str]:
        return self._function.publishes

    @property
    def enqueues(self) -> Sequence[str]:
        return self._function.enqueues


class _GrantedBus:
    def __init__(self, granted: Granted, bus: Bus) -> None:
        self._granted = granted
        self._bus = bus

    def publish(self, topic: str, messages: Sequence[Message]) -> None:
        self._granted.ask("publishes to", topic, self._granted.publishes)
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
        self._granted.ask("enqueues in", queue, self._granted.enqueues)
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
        if (function := self._functions.get(_answering.get() or "")) and messages and topic not in function.publishes:
            self.refused.append(f"{function.name} publishes to {topic}")
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
        if (asking := self._functions.get(_answering.get() or "")) and queue not in asking.enqueues:
            self.refused.append(f"{asking.name} enqueues in {queue}")
        return super().enqueue(queue, function, payload, name=name, run_at=run_at)
