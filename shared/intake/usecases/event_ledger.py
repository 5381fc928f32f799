"""Writes events into the ledger, and tells of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime

from shared.intake.records import SeenValue, UnknownValueRecords
from shared.intake.usecases.event_message import TOPIC
from shared.kernel.errors import Retryable
from shared.kernel.records import Versioned
from shared.observations.records import GivenAnswer, Ledger, LedgerEvent
from shared.observations.voids import EarlyVoid, EarlyVoids
from shared.ports.documents import Documents, Write
from shared.ports.messages import Bus, Message
from shared.ports.outbox import Outbox


class EventLedger:
    """The store of events and the bus behind it. outbox: over the same two"""

    def __init__(self, documents: Documents, bus: Bus, outbox: Outbox) -> None:
        self._documents = documents
        self._ledger = Ledger(documents)
        self._unknown = UnknownValueRecords(documents)
        self._bus = bus
        self._outbox = outbox

    def accept(self, writes: Sequence[Write], messages: Sequence[Message], *, listed: bool = False) -> None:
        """Commits and publishes. Raises AlreadyExists, PreconditionFailed, DocumentTooLarge, Retryable.

        listed: they came in a list, of which nobody may repeat just these
        """
        if writes:
            self._outbox.accept(writes, TOPIC, messages, noted=listed)
        else:
            self.publish(messages)

    def commit(self, writes: Sequence[Write]) -> None:
        """Commits what nobody is told of. Raises AlreadyExists, DocumentTooLarge, Retryable."""
        self._documents.commit(writes)

    def publish(self, messages: Sequence[Message]) -> None:
        """Publishes what has been committed. Raises Retryable."""
        if messages:
            self._bus.publish(TOPIC, messages)

    def notice(self, unknown: Sequence[SeenValue], now: datetime) -> None:
        """Counts values of contexts that nobody declares, of events that have been recorded. Best effort: an event is
        never refused for it, and one whose process dies here is not counted."""
        if unknown:
            with suppress(Retryable):
                self._unknown.note(unknown, now)

    def known(self, event_id: str) -> GivenAnswer:
        """Returns what an event was answered with. Raises Retryable while another request is recording it."""
        event = self.find(event_id)
        if event is None:
            raise Retryable("the event was being recorded by another request")
        return event

    def early_void(self, event_id: str) -> Versioned[EarlyVoid] | None:
        """Returns the void that waits for an event; None where none does."""
        return EarlyVoids(self._documents).get(event_id)

    def find(self, event_id: str) -> GivenAnswer | None:
        """Returns what an event was answered with; None for an unknown one."""
        return self._ledger.answer(event_id)

    def about(self, event: LedgerEvent) -> list[Versioned[LedgerEvent]]:
        """Returns the events about the same person and source id, void or not."""
        return self._ledger.about(event)

    def part(self, source: str, source_id: str, employee_id: str) -> list[Versioned[LedgerEvent]]:
        """Returns what was recorded about one person's part in a call, void or not."""
        return self._ledger.part(source, source_id, employee_id)

    @staticmethod
    def voiding(event: LedgerEvent, stamp: str) -> Write:
        """Returns the write that keeps an event as void."""
        return Ledger.voiding(event, stamp)

    def among(self, event_ids: Iterable[str]) -> dict[str, GivenAnswer]:
        """Returns what those of some events that there are were answered with, by id."""
        return self._ledger.answers(event_ids)
