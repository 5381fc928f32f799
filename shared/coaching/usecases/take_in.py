"""Takes in what WhatsApp tells: all of it is stored before it is acknowledged, and each person's answering queued."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from shared.coaching.domain.contact import Sighting, seen, sightings_of
from shared.coaching.domain.inbound import Sender
from shared.coaching.domain.preference import Chosen
from shared.coaching.records.doubts import DoubtRecords
from shared.coaching.records.identities import Identities, Identity, chosen_by
from shared.coaching.records.inbox import Inbox, InboxItem
from shared.coaching.records.outgoing import OutgoingRecords, TemplateRecords
from shared.coaching.usecases.inbox_queue import InboxQueue
from shared.coaching.wire.whatsapp import Received

_Change: TypeAlias = Callable[[Identity], Identity]


@dataclass(frozen=True, slots=True)
class Taken:
    """Counts what came in: messages, new ones of them, new tasks, what was told of ours, and what of neither."""

    messages: int
    new: int
    queued: int
    statuses: int
    others: int
    passed: int


@dataclass(frozen=True, slots=True)
class CoachRecords:
    """Holds what the coach keeps."""

    inbox: Inbox
    identities: Identities
    outgoing: OutgoingRecords
    templates: TemplateRecords
    doubts: DoubtRecords


class TakeIn:
    """Takes webhooks in."""

    def __init__(self, records: CoachRecords, queue: InboxQueue) -> None:
        self._records = records
        self._queue = queue

    def take(self, received: Received, now: datetime) -> Taken:
        """Stores all of a webhook, and queues what is to be answered; durable when it returns. Raises Retryable.

        What came before adds nothing, and is queued again while it is not answered: whoever took it in first may have
        died before that. History is let lie: nobody answers it, and no STOP of last year ends anything.
        """
        kept = self._records.inbox.keep(received.messages, now)
        self._note(received)
        self._records.outgoing.tell(received.statuses, now)
        for category in received.categories:
            self._records.templates.tell_category(category)
        for status in received.template_statuses:
            self._records.templates.tell_status(status)
        return Taken(
            messages=len(received.messages),
            new=sum(one.received_at >= now for one in kept),
            queued=self._queue_for(kept),
            statuses=len(received.statuses),
            others=len(received.number_changes) + len(received.preferences) + len(received.echoes),
            passed=received.passed + len(received.history),
        )

    def _note(self, received: Received) -> None:
        for change in received.number_changes:
            self._records.identities.note(change.before.keys[0], sightings_of(change), lambda one: one)
        for preference in received.preferences:
            chosen = Chosen(preference.choice, preference.at)
            self._change(preference.sender, preference.at, _choosing(chosen))
        for echo in received.echoes:
            self._change(echo.recipient, echo.at, _echoed(echo.at))

    def _change(self, sender: Sender, at: datetime, change: _Change) -> None:
        self._records.identities.note(sender.keys[0], _joined(sender, at), change)

    def _queue_for(self, kept: Sequence[InboxItem]) -> int:
        waiting: dict[str, list[str]] = {}
        for item in kept:
            if item.open:
                waiting.setdefault(item.inbox, []).append(item.wamid)
        return sum(self._queue.answer(inbox, *sorted(wamids)) for inbox, wamids in waiting.items())


def _joined(sender: Sender, at: datetime) -> tuple[Sighting, ...]:
    """Returns what it tells of somebody that they were named by two ids; to be named by one is no sighting."""
    return seen(sender, at) if len(sender.keys) == 2 else ()


def _choosing(chosen: Chosen) -> _Change:
    return lambda one: chosen_by(one, chosen, marketing=True)


def _echoed(at: datetime) -> _Change:
    return lambda one: one.changed(echoed_at=at if one.echoed_at is None else max(at, one.echoed_at))
