"""Carries words between functions: the bus (facts, to whoever listens) and task queues (work, for one function).

Both deliver at least once, in any order. A publisher that gets no error has a durable message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from shared.kernel.json_values import Json


@dataclass(frozen=True, slots=True)
class Message:
    """A fact: `data` is a JSON object in the shape of the topic's contract; attributes are short strings.

    text: the same data as JSON text, where its publisher has it already
    """

    data: Mapping[str, Json]
    attributes: Mapping[str, str] = field(default_factory=dict)
    text: str | None = None


class Bus(Protocol):
    """Publish and forget: subscriptions are declared in the pipeline."""

    def publish(self, topic: str, messages: Sequence[Message]) -> None:
        """Publishes: durable when it returns; raises Retryable when it could not (some may have been published)."""
        ...


class TaskQueue(Protocol):
    """Work for one function, rate-limited by its queue."""

    def enqueue(
        self,
        queue: str,
        function: str,
        payload: Mapping[str, Json],
        *,
        name: str | None = None,
        run_at: datetime | None = None,
    ) -> bool:
        """Adds a task, durable when it returns. False when one of that name is (or lately was) known: nothing is added.

        A name is a help against double work, not a guarantee. Raises Retryable.
        """
        ...


class DeadLetters(Protocol):
    """Keeps what could not be delivered: to look at, to deliver again, or to give up on."""

    def list(self, *, limit: int = 100, subscription: str | None = None) -> Sequence[DeadLetter]:
        """Lists the latest first: all, or those of one subscription (or queue)."""
        ...

    def get(self, letter_id: str) -> DeadLetter | None: ...

    def replay(self, letter_id: str) -> bool:
        """Has it delivered again to the subscription (or queue) that failed; False if it is not there.

        Raises Conflict where nobody takes single deliveries.
        """
        ...

    def discard(self, letter_id: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An undeliverable message or task.

    subscription: the subscription or queue that gave up; reason: the last error, without payload
    """

    letter_id: str
    subscription: str
    data: Mapping[str, Json]
    attributes: Mapping[str, str]
    attempts: int
    reason: str
    published_at: datetime
    failed_at: datetime
