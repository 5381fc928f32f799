"""Accepts an event: the one way in for everything that is observed about people.

An event is accepted in one atomic batch: *create* the event under its deterministic id, with the answer itself, and
*merge* one entry into the employee's state. A known id answers as the first time; the same id with other content is
a conflict. Then the fact is published; when that fails the caller is told to try again, and the retry publishes.

Cost per event: one read (the state) and two writes (event, state), whatever the history. One without an id of its
sender's costs a read more: it may have been recorded before 2026-11-29, when its id was made otherwise. Where calls of
the person's may be closed to the sender, those of the last days are read, too: the answer is made without them.
"""

from __future__ import annotations

from shared.intake.usecases.event_answer import answer_void
from shared.intake.usecases.event_ledger import EventLedger
from shared.intake.usecases.event_message import message_again
from shared.intake.usecases.person_states import Person, PersonStates
from shared.intake.usecases.prepare_event import PrepareEvent, Recorded
from shared.kernel.access import Caller
from shared.kernel.errors import Retryable, TooLarge
from shared.kernel.records import Versioned
from shared.observations.domain.entry import PENDING_REVIEW
from shared.observations.records import GivenAnswer, LedgerEvent
from shared.observations.state_records import States
from shared.observations.usecases.interpret import Interpreted, Sent
from shared.observations.voids import EarlyVoid, EarlyVoids
from shared.ports.ambient import Clock
from shared.ports.documents import AlreadyExists, DocumentTooLarge, PreconditionFailed

NEARLY_FULL = 900_000
"""Bytes of a state, collected, from which on it is the state that has no room, and not the event that is large."""


class AcceptEvent:
    """Records events one by one."""

    def __init__(self, ledger: EventLedger, states: PersonStates, preparing: PrepareEvent, clock: Clock) -> None:
        self._ledger = ledger
        self._states = states
        self._preparing = preparing
        self._clock = clock

    def one(self, sent: Sent, caller: Caller) -> Recorded:
        """Records one event and publishes it. Raises Rejected (nothing is recorded), Retryable (send it again)."""
        return self._record(sent, caller)

    def listed(self, sent: Sent, caller: Caller, place: int) -> Recorded:
        """Records one event of a list and publishes it. place: in that list. Raises Rejected, Retryable."""
        return self._record(sent, caller, place, listed=True)

    def number_of(self, employee_id: str) -> str:
        """Returns what stands for a person where ids of events are made."""
        return self._states.number_of(employee_id)

    def _record(self, sent: Sent, caller: Caller, place: int = 0, *, listed: bool = False) -> Recorded:
        now = self._clock.now()
        person = self._states.get(sent.body.employee_id)
        event = self._preparing.interpret(sent, person, now)
        if event.other_ids:
            for known in self._ledger.among(event.other_ids).values():
                if person.has(known):
                    person.late = True
                    return self._repeated(person, sent, event, known)
        self._states.collect(person)
        self._states.hide([person], caller)
        (prepared,) = self._preparing.prepared([self._preparing.draft(person, sent, event, now, place)], caller)
        recorded = prepared.recorded
        writes = (*prepared.writes, States.more(person.employee_id, {prepared.key: prepared.entry}))
        try:
            self._ledger.accept(writes, [recorded.message], listed=listed)
        except AlreadyExists:
            self._states.undo(person)
            waiting = self._ledger.early_void(event.event_id)
            if waiting is not None:
                return self._void(prepared.event, waiting, listed=listed)
            return self._repeated(person, sent, event, self._ledger.known(event.event_id))
        except DocumentTooLarge:
            raise _too_large(person) from None
        self._states.keep(person, [event])
        self._ledger.notice(prepared.unknown, now)
        return recorded

    def _void(self, event: LedgerEvent, waiting: Versioned[EarlyVoid], *, listed: bool) -> Recorded:
        """Records an event whose void came before it: no state takes its entry. Raises Retryable."""
        why = waiting.record.voided
        void = event.made_void(why).changed(answer=answer_void(event.answer, why.reason))
        recorded = Recorded(201, void.answer, message_again(void.message))
        try:
            self._ledger.accept([EarlyVoids.fulfilled(void, waiting)], [recorded.message], listed=listed)
        except PreconditionFailed:
            raise Retryable("the event was being recorded by another request") from None
        return recorded

    def _repeated(self, person: Person, sent: Sent, event: Interpreted, written: GivenAnswer) -> Recorded:
        recorded = self._preparing.known(person, sent, event, written)
        self._ledger.publish([recorded.message])
        self._states.keep(person, [event])
        return recorded


def _too_large(person: Person) -> TooLarge:
    """Returns why an event cannot be stored: it is too large, or there is no room left; and how there is again."""
    if person.state.size < NEARLY_FULL:
        return TooLarge(
            "the event cannot be stored: an event with its answer, and everything that still matters about one "
            "person, may each have about one million bytes; send less in fields that the contract does not know",
            field="body",
        )
    entries = person.state.effective.in_order()
    waiting = sum(entry.status == PENDING_REVIEW for entry in entries)
    unknown = sum(not all(map(person.framework.competency_named, entry.words)) for entry in entries)
    return TooLarge(
        f"the event cannot be stored: everything that still matters about {person.employee_id} may have about one "
        f"million bytes, and nearly has. {waiting} of {len(entries)} observations wait for a review, and {unknown} are "
        "of competencies that the framework does not know: decide those (/api/v1/reviews, /api/v1/held-scores), or "
        "make void what was recorded by mistake (POST /api/v1/voids); then send the same again",
        field="body",
    )
