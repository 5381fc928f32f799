"""Takes out the states of the people whom events are about, and puts them back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from shared.frameworks.domain.framework import Framework
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import Caller
from shared.kernel.errors import ErasedPerson, Rejected, Retryable
from shared.kernel.ids import digest
from shared.kernel.log_events import LogEvent
from shared.observations.domain.entry import decode_entries
from shared.observations.records import GivenAnswer
from shared.observations.state_records import States, StoredState
from shared.observations.usecases.interpret import Interpreted, Whose
from shared.people.aliases import Aliases
from shared.platform.records.tombstones import Tombstones
from shared.ports.ambient import Log
from shared.ports.documents import Documents, PreconditionFailed
from shared.ports.messages import TaskQueue
from shared.privacy.usecases.first_sight import FirstSight
from shared.ratings.domain.projection import Projection
from shared.ratings.domain.retention import retain
from shared.ratings.usecases.employee_state import EmployeeState, RememberedStates

MOST_SHOWN_BYTES = 1_000_000
"""Of remembered states without what is closed: of people of whom a call came in lately."""
COLLECT_ABOVE = 700_000
"""Bytes of a state above which what no rating can need is collected before a merge (a document holds one MiB)."""


@dataclass(slots=True)
class Person:
    """An employee's state while events are being added to it.

    shown: what the sender is told of: the state without the calls that are closed to them, but for what this request
          sends; None: all of it
    late: something came that is no newest event of its own, or may have come before
    numbers: what stands for the person where an event comes under one of their former ids, by that id
    """

    stored: StoredState
    framework: Framework
    state: EmployeeState
    collected: bool
    shown: EmployeeState | None = None
    late: bool = False
    numbers: dict[str, str] = field(default_factory=dict)

    @property
    def employee_id(self) -> str:
        return self.stored.employee_id

    @property
    def seen(self) -> EmployeeState:
        """Returns what the sender is told of."""
        return self.shown or self.state

    def add(self, key: str, text: str) -> None:
        """Adds an entry, which its sender is told of unless another about the same counts in its place."""
        self.state.add(key, text)
        if self.shown is None:
            return
        (entry,) = decode_entries([text])
        if self.state.effective.about(entry.kind, entry.source, entry.source_id) == entry:
            self.shown.add(key, text)

    def has(self, written: GivenAnswer) -> bool:
        """Tells whether an event of the ledger is about this person, by any id that is or was theirs."""
        return written.employee_id in self.stored.ids

    def whose(self, said: str) -> Whose | None:
        """Returns whom an event is about. said: the id that it says; None where that was always the person's"""
        if not self.stored.former and self.stored.number is None:
            return None
        own = self.stored.number or self.employee_id
        number = self.numbers.get(said) or own
        return Whose(
            self.employee_id, number, tuple(one for one in dict.fromkeys((own, *self.stored.former)) if one != number)
        )


class PersonStates:
    """Knows the states of people, remembers them between events, and keeps them in bounds."""

    def __init__(
        self,
        documents: Documents,
        tasks: TaskQueue,
        configuration: Configuration,
        first_sight: FirstSight,
        log: Log,
    ) -> None:
        self._documents = documents
        self._tasks = tasks
        self._configuration = configuration
        self._first_sight = first_sight
        self._log = log
        self._remembered = RememberedStates()
        self._remembered_shown = RememberedStates(MOST_SHOWN_BYTES)
        self._tombstones = Tombstones(documents)

    def get(self, employee_id: str) -> Person:
        """Returns a person, by any id that they have or had. Raises Rejected for an unknown one, ErasedPerson."""
        stored = States(self._documents).get(employee_id)
        if stored is not None:  # nearly always, and in one read
            return self._person(employee_id, stored)
        person = self.several([employee_id])[employee_id]
        if isinstance(person, Rejected):
            raise person
        return person

    def stored(self, employee_id: str) -> StoredState | None:
        """Returns the state of a person, by any id that they have or had."""
        states = States(self._documents)
        found = states.get(employee_id)
        alias = Aliases(self._documents).get(employee_id) if found is None else None
        return states.get(alias.employee_id) if alias else found

    def number_of(self, employee_id: str) -> str:
        """Returns what stands for whoever has or had an id where ids of events are made; an unknown one as it is."""
        found = States(self._documents).get(employee_id)
        if found is not None:
            return found.number or employee_id
        alias = Aliases(self._documents).get(employee_id)
        return alias.number if alias else employee_id

    def several(self, employee_ids: Collection[str]) -> dict[str, Person | Rejected]:
        """Returns the people who have or had some ids, by those, or why nothing about them is taken in. Two ids of one
        person have the same."""
        states = States(self._documents).get_many(employee_ids)
        aliases = Aliases(self._documents).among(set(employee_ids) - states.keys())
        now_called = {one.employee_id for one in aliases.values()} - states.keys()
        if now_called:
            states |= States(self._documents).get_many(now_called)
        people: dict[str, Person | Rejected] = {}
        for said in employee_ids:
            alias = aliases.get(said)
            current = alias.employee_id if alias else said
            try:
                person = people.get(current) or self._person(current, states.get(current))
            except Rejected as error:
                people[said] = error
                continue
            if alias and isinstance(person, Person):
                person.numbers[said] = alias.number
            people[current] = people[said] = person
        return {said: people[said] for said in employee_ids}

    def _person(self, employee_id: str, stored: StoredState | None) -> Person:
        if stored is None:
            if self._tombstones.get(employee_id):
                raise ErasedPerson(
                    "employee_id: this person has been erased; nothing about them is taken in, and this input is not "
                    "kept either",
                    field="employee_id",
                )
            raise Rejected(
                f"employee_id: {employee_id!r} is not known; import the person first "
                f"(POST /api/v1/employees/import or PUT /api/v1/employees/{employee_id})",
                field="employee_id",
            )
        framework = self._configuration.framework(stored.framework_id)
        state = self._remembered.take(employee_id, stored.entries)
        return Person(stored, framework, state, stored.collected)

    def collect(self, person: Person) -> None:
        """Collects what no rating can need from a large state, before it grows beyond a document. Raises Retryable."""
        if person.state.size < COLLECT_ABOVE:
            return
        kept = retain(person.state.entries, person.framework)
        gone = person.state.entries.keys() - kept.keys()
        if not gone:
            return
        try:
            self._documents.commit([States.collected(person.stored, gone)])
        except PreconditionFailed:
            raise Retryable("the employee's state changed meanwhile") from None
        self._log.event(LogEvent.STATE_COLLECTED, entries=len(gone))
        person.state = EmployeeState(kept)
        person.collected = True

    def hide(self, people: Collection[Person], caller: Caller) -> None:
        """Leaves out of what the caller is told of the calls that are closed to them."""
        closed = self._first_sight.closed_to_sender(caller, [person.stored for person in people])
        for person in people:
            calls = closed.get(person.employee_id)
            if calls:
                kept = replace(person.stored, entries=person.state.entries).without(calls)
                person.shown = self._remembered_shown.take(person.employee_id, kept.entries)

    def renew(self, person: Person, caller: Caller) -> None:
        """Reads a person's state again, when others have added to it."""
        now = self.get(person.employee_id)
        self.hide([now], caller)
        person.state, person.shown = now.state, now.shown

    def undo(self, person: Person) -> None:
        """Takes back what was added to a person's entries and could not be committed."""
        person.state = EmployeeState(person.stored.entries)

    def without(
        self, caller: Caller, stored: StoredState, keys: Collection[str], as_of: int
    ) -> tuple[Projection, Projection]:
        """Returns a person's skills as they stand for the caller, and as they stand without some entries."""
        closed = self._first_sight.closed_to_sender(caller, [stored])
        stored = stored.without(closed.get(stored.employee_id, frozenset()))
        framework, parameters = self._configuration.framework(stored.framework_id), self._configuration.parameters()
        left = {key: text for key, text in stored.entries.items() if key not in keys}
        earlier, then = (Projection(entries, framework, parameters, as_of) for entries in (dict(stored.entries), left))
        return earlier, then

    def keep(self, person: Person, events: Iterable[Interpreted]) -> None:
        """Remembers the state with these events, and has it rebuilt from the ledger where they may need it.

        A late event, or a correction, may need entries that were collected; what comes in order of time needs none of
        them. Asked for when the events are in the ledger, and for known ones again: whoever recorded them may have died
        before asking.
        """
        self._remembered.keep(person.employee_id, person.state)
        if person.shown is not None:
            self._remembered_shown.keep(person.employee_id, person.shown)
        if not person.collected or not person.late:
            return
        event_ids = sorted(event.event_id for event in events)
        if event_ids:
            self.rebuild(person.employee_id, event_ids)

    def rebuild(self, employee_id: str, because: Sequence[str]) -> None:
        """Has a person's state rebuilt from the ledger. because: names the cause, for which it happens once"""
        from shared.ratings.messages import ShardTask  # rarely needed

        task = ShardTask(employee_ids=[employee_id], from_ledger=True)
        self._tasks.enqueue(
            "recalculation",
            "recalculate_shard",
            task.model_dump(exclude_unset=True),
            name=digest("rebuild", employee_id, *because),
        )
