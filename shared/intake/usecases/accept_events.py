"""Accepts lists of events: each item by itself, committed per employee and cut by bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from shared.intake.usecases.accept_event import AcceptEvent
from shared.intake.usecases.event_ledger import EventLedger
from shared.intake.usecases.person_states import Person, PersonStates
from shared.intake.usecases.prepare_event import Prepared, PrepareEvent, Recorded, other_content
from shared.kernel.access import Caller
from shared.kernel.errors import Rejected
from shared.observations.records import LedgerEvent, States, StoredState
from shared.observations.usecases.interpret import Interpreted, Sent, interpret
from shared.ports.ambient import Clock
from shared.ports.documents import AlreadyExists, DocumentTooLarge, Write

MOST_BATCH_BYTES = 8_000_000
MOST_BATCH_WRITES = 450

Outcome = Recorded | Rejected
Item = tuple[int, Sent]
"""An event with its place in the list."""


@dataclass(slots=True)
class _Batch:
    """One person's events while they are being recorded.

    known, listed: events of the ledger, and of this list so far (content hashes), by id; repeated: listed before
    pending: prepared, not committed yet
    """

    person: Person
    caller: Caller
    now: datetime
    known: dict[str, LedgerEvent]
    listed: dict[str, str] = field(default_factory=dict)
    repeated: list[tuple[int, Interpreted]] = field(default_factory=list)
    taken: list[Interpreted] = field(default_factory=list)
    pending: list[tuple[int, Sent, Recorded]] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    entries: dict[str, str] = field(default_factory=dict)
    size: int = 0

    def add(self, index: int, sent: Sent, prepared: Prepared) -> None:
        """Adds a prepared event to what is committed next."""
        self.writes += prepared.writes
        self.entries[prepared.key] = prepared.entry
        self.pending.append((index, sent, prepared.recorded))
        self.size += 3 * len(json.dumps(prepared.recorded.text)) + len(json.dumps(sent.raw))

    @property
    def full(self) -> bool:
        return self.size > MOST_BATCH_BYTES or len(self.writes) > MOST_BATCH_WRITES

    def clear(self) -> None:
        """Begins the next commit."""
        self.pending, self.writes, self.entries, self.size = [], [], {}, 0


class AcceptEvents:
    """Records lists of events."""

    def __init__(
        self, ledger: EventLedger, states: PersonStates, preparing: PrepareEvent, alone: AcceptEvent, clock: Clock
    ) -> None:
        self._ledger = ledger
        self._states = states
        self._preparing = preparing
        self._alone = alone
        self._clock = clock

    def several(self, items: Sequence[Sent | Rejected], caller: Caller) -> list[Outcome]:
        """Records a list, one outcome per item in the list's order; an item that was rejected before stays so.

        Items are committed per employee, cut by bytes. When a part cannot be stored the whole call is Retryable:
        sending the list again is harmless.
        """
        outcomes: dict[int, Outcome] = {}
        groups: dict[str, list[Item]] = {}
        for index, item in enumerate(items):
            if isinstance(item, Rejected):
                outcomes[index] = item
            else:
                groups.setdefault(item.body.employee_id, []).append((index, item))
        states = self._states.stored(groups)
        for employee_id, events in groups.items():
            outcomes.update(self._of_one_person(employee_id, states.get(employee_id), events, caller))
        ordered = [outcomes[index] for index in range(len(items))]
        self._ledger.publish([outcome.message for outcome in ordered if isinstance(outcome, Recorded)])
        return ordered

    def _of_one_person(
        self, employee_id: str, stored: StoredState | None, items: Sequence[Item], caller: Caller
    ) -> Iterator[tuple[int, Outcome]]:
        now = self._clock.now()
        try:
            person = self._states.person(employee_id, stored)
        except Rejected as error:
            yield from ((index, error) for index, _ in items)
            return
        self._states.collect(person)
        batch = _Batch(person, caller, now, self._ledger.among(interpret(sent).event_id for _, sent in items))
        for index, sent in items:
            outcome: Outcome | None
            try:
                outcome = self._taken(batch, index, sent)
            except Rejected as error:
                outcome = error
            if outcome is not None:
                yield index, outcome
            if batch.full:
                yield from self._flushed(batch)
        yield from self._flushed(batch)
        self._states.keep(person, batch.taken)
        for index, event in batch.repeated:
            try:
                yield index, self._preparing.known(event, self._ledger.known(event.event_id))
            except Rejected as error:
                yield index, error

    def _taken(self, batch: _Batch, index: int, sent: Sent) -> Recorded | None:
        """Takes an event into the batch; its outcome where it is known already. Raises Rejected."""
        event = self._preparing.interpret(sent, batch.person.framework, batch.now)
        if event.event_id in batch.listed:
            if batch.listed[event.event_id] != event.content_hash:
                raise other_content()
            batch.repeated.append((index, event))
            return None
        if event.event_id in batch.known:
            recorded = self._preparing.known(event, batch.known[event.event_id])
            batch.taken.append(event)
            batch.person.late = True
            return recorded
        batch.add(index, sent, self._preparing.prepare(batch.person, sent, event, batch.now, batch.caller))
        batch.listed[event.event_id] = event.content_hash
        batch.taken.append(event)
        return None

    def _flushed(self, batch: _Batch) -> Iterator[tuple[int, Outcome]]:
        """Commits what is pending, together or, where that is refused, one by one."""
        if not batch.pending:
            return
        try:
            self._ledger.commit([*batch.writes, States.more(batch.person.employee_id, batch.entries)])
            yield from ((index, recorded) for index, _, recorded in batch.pending)
        except (AlreadyExists, DocumentTooLarge):
            # Somebody recorded one of them meanwhile, or one is too large; one by one each finds out for itself.
            for index, sent, _ in batch.pending:
                try:
                    yield index, self._alone.unpublished(sent, batch.caller)
                except Rejected as error:
                    yield index, error
        batch.clear()
