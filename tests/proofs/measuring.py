"""What the benchmarks share: the parts they run on, stopwatches that take turns, and how a figure is printed."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from shared.ports.messages import Message

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


class FixedClock:
    """The `Clock` port: always the same moment."""

    def __init__(self, moment: datetime = NOW) -> None:
        self._moment = moment

    def now(self) -> datetime:
        return self._moment


class MovingClock(FixedClock):
    """The `Clock` port: the moment at which somebody has put it."""

    def move(self, moment: datetime) -> None:
        self._moment = moment


class NoLog:
    """The `Log` port: says nothing."""

    def event(self, name: str, severity: str = "INFO", **fields: str | int | float | bool | None) -> None:
        return


class NumberedIds:
    """The `Ids` port: 0, 1, 2 …"""

    def __init__(self) -> None:
        self._next = 0

    def new(self) -> str:
        self._next += 1
        return f"{self._next:012}"


@dataclass
class NoBus:
    """The `Bus` port: counts what is published and carries it nowhere."""

    published: int = 0

    def publish(self, topic: str, messages: Sequence[Message]) -> None:
        self.published += len(messages)


class EncodingBus(NoBus):
    """The `Bus` port: makes of each message what is sent, as every adapter does, and sends it nowhere."""

    def publish(self, topic: str, messages: Sequence[Message]) -> None:
        super().publish(topic, messages)
        for message in messages:
            _ = message.text or json.dumps(message.data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


@dataclass
class NoTasks:
    """The `TaskQueue` port: remembers what is put into it and never runs it."""

    enqueued: list[Mapping[str, Any]] = field(default_factory=list)

    def enqueue(
        self,
        queue: str,
        function: str,
        payload: Mapping[str, Any],
        *,
        name: str | None = None,
        run_at: datetime | None = None,
    ) -> bool:
        self.enqueued.append(payload)
        return True


@dataclass
class Stopwatch:
    """How long something took in all, and how many pieces of work that was."""

    seconds: float = 0.0
    pieces: int = 0

    @contextmanager
    def running(self, pieces: int) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.seconds += time.perf_counter() - started
        self.pieces += pieces

    @property
    def rate(self) -> float:
        """Pieces per second."""
        return self.pieces / self.seconds


def machine() -> str:
    """Where the figures come from, in a line."""
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}, load average {load:.1f}"
