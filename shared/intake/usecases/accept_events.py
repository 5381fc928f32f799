"""Accepts lists of events: each item by itself, committed per employee and cut by bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import itemgetter

from shared.intake.records import SeenValue
from shared.intake.usecases.accept_event import AcceptEvent
from shared.intake.usecases.event_ledger import EventLedger
from shared.intake.usecases.person_states import Person, PersonStates
from shared.intake.usecases.prepare_event import Draft, Prepared, PrepareEvent, Recorded, other_content
from shared.kernel.access import Caller
from shared.kernel.errors import Rejected
from shared.observations.records import GivenAnswer
from shared.observations.state_records import States
from shared.observations.usecases.interpret import Interpreted, Sent, Whose, interpret
from shared.ports.ambient import Clock
from shared.ports.documents import AlreadyExists, DocumentTooLarge, Write
from shared.ports.messages import Message

MOST_BATCH_BYTES = 8_000_000
MOST_BATCH_WRITES = 450
MOST_DRAFTED = 250_000
"""Uses of scores that are rated together: about 40 MB of columns. Levels are filtered one conversation after the other,
for all rows at once, so that a list about one person's long history costs by the number of rounds."""

Outcome = Recorded | Rejected
Item = tuple[int, Sent]
"""An event with its place in the list."""


@dataclass(slots=True)
class _Batch:
    """One person's events while they are being recorded.

    known, listed: events of the ledger, and of this list so far (their meanings, and whom they say), by id
    repeated: known (with what the ledger has), or listed before; they are answered when all others are recorded
    pending:  prepared, not committed yet
    unknown:  values that nobody declares, of what is pending; noticed: of what has been committed
    """

    person: Person
    caller: Caller
    now: datetime
    known: dict[str, GivenAnswer]
    listed: dict[str, tuple[str, Whose | None]] = field(default_factory=dict)
    repeated: list[tuple[int, Sent, Interpreted, GivenAnswer | None]] = field(default_factory=list)
    taken: list[Interpreted] = field(default_factory=list)
    pending: list[tuple[int, Sent, Recorded]] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    entries: dict[str, str] = field(default_factory=dict)
    unknown: list[SeenValue] = field(default_factory=list)
    noticed: list[SeenValue] = field(default_factory=list)
    size: int = 0

    def add(self, index: int, sent: Sent, prepared: Prepared) -> None:
        """Adds a prepared event to what is committed next."""
        self.writes += prepared.writes
        self.entries[prepared.key] = prepared.entry
        self.unknown += prepared.unknown
        self.pending.append((index, sent, prepared.recorded))
        self.size += 4 * len(json.dumps(prepared.recorded.text)) + len(json.dumps(sent.raw))

    @property
    def full(self) -> bool:
        return self.size > MOST_BATCH_BYTES or len(self.writes) > MOST_BATCH_WRITES

    def clear(self) -> None:
        """Begins the next commit."""
        self.pending, self.writes, self.entries, self.unknown, self.size = [], [], {}, [], 0


_Drafted = tuple[_Batch, int, Draft]
"""A new event with its batch and its place in the list."""


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
        outcomes.update(self._of_people(groups, caller))
        return [outcomes[index] for index in range(len(items))]

    def _of_people(self, groups: Mapping[str, Sequence[Item]], caller: Caller) -> Iterator[tuple[int, Outcome]]:
        people = self._states.several(groups)
        found: dict[str, Person] = {}
        of_one: dict[str, list[Item]] = {}
        for said, person in people.items():
            if isinstance(person, Rejected):
                yield from ((index, person) for index, _ in groups[said])
            else:  # two ids may be one person's
                found[person.employee_id] = person
                of_one.setdefault(person.employee_id, []).extend(groups[said])
        for items in of_one.values():
            items.sort(key=itemgetter(0))
        yield from self._of_found(of_one, found, caller)

    def _of_found(
        self, groups: Mapping[str, Sequence[Item]], people: Mapping[str, Person], caller: Caller
    ) -> Iterator[tuple[int, Outcome]]:
        batches = self._batches(groups, people, caller)
        drafts: list[_Drafted] = []
        size = 0
        for batch in batches:
            for index, sent in groups[batch.person.employee_id]:
                found = self._taken(batch, index, sent)
                if isinstance(found, Draft):
                    drafts.append((batch, index, found))
                    size += found.size
                elif found is not None:
                    yield index, found
                if size > MOST_DRAFTED:
                    yield from self._answered(drafts, caller)
                    drafts, size = [], 0
        yield from self._answered(drafts, caller)
        for batch in batches:
            yield from self._flushed(batch)
            yield from self._kept(batch)
        self._ledger.notice([one for batch in batches for one in batch.noticed], self._clock.now())

    def _batches(
        self, groups: Mapping[str, Sequence[Item]], people: Mapping[str, Person], caller: Caller
    ) -> list[_Batch]:
        there = people.values()
        meant = [
            interpret(sent, whose=person.whose(sent.body.employee_id))
            for person in there
            for _, sent in groups[person.employee_id]
        ]
        known = self._ledger.among(event_id for one in meant for event_id in (one.event_id, *one.other_ids))
        batches = []
        for person in there:
            now = self._clock.now()
            self._states.collect(person)
            batches.append(_Batch(person, caller, now, known))
        self._states.hide(list(there), caller)
        return batches

    def _taken(self, batch: _Batch, index: int, sent: Sent) -> Draft | Rejected | None:
        """Takes an event into the batch; its outcome where it is rejected, None for one that is answered later."""
        try:
            return self._drafted(batch, index, sent)
        except Rejected as error:
            return error

    def _drafted(self, batch: _Batch, index: int, sent: Sent) -> Draft | None:
        event = self._preparing.interpret(sent, batch.person, batch.now)
        whose = batch.person.whose(sent.body.employee_id)
        for event_id in (event.event_id, *event.other_ids):
            if event_id in batch.listed:
                meaning, of = batch.listed[event_id]
                if meaning != event.meaning and of == whose:  # under another id of the person's it is compared later
                    raise other_content(event.observation.kind)
                batch.repeated.append((index, sent, replace(event, event_id=event_id), None))
                return None
            written = batch.known.get(event_id)
            if written is not None and (event_id == event.event_id or batch.person.has(written)):
                batch.repeated.append((index, sent, event, written))
                return None
        draft = self._preparing.draft(batch.person, sent, event, batch.now, index)
        batch.listed[event.event_id] = event.meaning, whose
        batch.taken.append(event)
        return draft

    def _answered(self, drafts: Sequence[_Drafted], caller: Caller) -> Iterator[tuple[int, Outcome]]:
        """Prepares drafts, and commits a person's events when there is no room for more."""
        prepared = self._preparing.prepared([draft for _, _, draft in drafts], caller)
        for (batch, index, draft), one in zip(drafts, prepared, strict=True):
            batch.add(index, draft.sent, one)
            if batch.full:
                yield from self._flushed(batch)

    def _kept(self, batch: _Batch) -> Iterator[tuple[int, Outcome]]:
        """Answers what was known, or is repeated, and remembers the state."""
        again: list[Message] = []
        for index, sent, event, written in batch.repeated:
            try:
                given = written or self._ledger.known(event.event_id)
                recorded = self._preparing.known(batch.person, sent, event, given)
            except Rejected as error:
                yield index, error
                continue
            yield index, recorded
            if written is not None:
                again.append(recorded.message)
                batch.taken.append(event)
                batch.person.late = True
        self._ledger.publish(again)
        self._states.keep(batch.person, batch.taken)

    def _flushed(self, batch: _Batch) -> Iterator[tuple[int, Outcome]]:
        """Commits what is pending, together or, where that is refused, one by one."""
        if not batch.pending:
            return
        try:
            writes = [*batch.writes, States.more(batch.person.employee_id, batch.entries)]
            self._ledger.accept(writes, [recorded.message for _, _, recorded in batch.pending], listed=True)
            batch.noticed += batch.unknown
            yield from ((index, recorded) for index, _, recorded in batch.pending)
        except (AlreadyExists, DocumentTooLarge):
            # Somebody recorded one of them meanwhile, or one is too large; one by one each finds out for itself.
            for index, sent, _ in batch.pending:
                try:
                    yield index, self._alone.listed(sent, batch.caller, index)
                except Rejected as error:
                    yield index, error
            self._states.renew(batch.person, batch.caller)
        batch.clear()
