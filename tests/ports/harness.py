"""What a contract test needs beyond a port: somebody at the other end, who says what arrived."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from shared.ports.documents import Documents
from shared.ports.messages import Bus, DeadLetters, TaskQueue
from shared.ports.outbox import Outbox

TOPIC = "thing-happened"
QUEUE = "work"
FUNCTION = "worker"
ATTEMPTS = 5
"""Deliveries before a message is a dead letter: Pub/Sub's least."""


class Died(BaseException):
    """What a process's death looks like from within."""


class Unavailable(Exception):
    """What an adapter needs is not installed here; the message says what."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the subscriber, or the function behind a queue, accepted."""

    data: Mapping[str, Any]
    attributes: Mapping[str, str]


class Listener(Protocol):
    """The other end."""

    def received(self, count: int, *, timeout: float = 20) -> list[Delivery]:
        """Waits for `count` accepted deliveries and returns all so far; fails the test when they do not come."""
        ...

    def refuse(self, deliveries: int) -> None:
        """The next so many deliveries are answered with an error."""
        ...

    @property
    def refused(self) -> int:
        """How many deliveries were answered with an error."""
        ...


@dataclass(frozen=True, slots=True)
class ListenedBus:
    bus: Bus
    listener: Listener


@dataclass(frozen=True, slots=True)
class AcceptingStore:
    """An outbox over a store and a bus, with the bus's listener.

    dying: the same, in a process that dies (Died) when it has committed; restart: lets the next process take over
    """

    outbox: Outbox
    documents: Documents
    listener: Listener
    dying: Outbox
    restart: Callable[[], None]


@dataclass(frozen=True, slots=True)
class WorkedQueue:
    tasks: TaskQueue
    listener: Listener


@dataclass(frozen=True, slots=True)
class PoisonedBus:
    bus: Bus
    letters: DeadLetters
    listener: Listener
