"""Answers one person: sends what waits, then takes their messages in the order in which they were written.

A message of ours that cannot be sent yet holds back those that follow it, and nothing else: what comes in meanwhile is
read at once, since it may tell of danger, and its answers wait behind that message.

A file that WhatsApp does not hand out yet, and whatever else has to be tried again, holds back what came after it, so
that answers stay in order, and no danger: all that waits is looked over for it before, the words below the file too.

Each message leads to its answers in one commit, which also closes it: however often it comes, and whoever dies when,
it is answered once. What it leads to is computed before that commit by the only worker that holds the person.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from shared.coaching.domain.conversation import WAITS_FOR, Answered, Context, Doubt, State
from shared.coaching.domain.doubt import pressed_in
from shared.coaching.domain.inbound import FILES, InboundMessage
from shared.coaching.messages import InboxTask
from shared.coaching.records.doubts import DoubtRecords
from shared.coaching.records.identities import Identity, Person, Talk, chosen_by
from shared.coaching.records.inbox import InboxItem, alarmed, answered, inbox_of
from shared.coaching.records.outgoing import KEPT, Outgoing, outgoing_path
from shared.coaching.usecases.inbox_queue import InboxQueue
from shared.coaching.usecases.keep_media import KeepMedia
from shared.coaching.usecases.leases import Busy, Leases, knows, renewed
from shared.coaching.usecases.send_outgoing import Later, SendOutgoing
from shared.coaching.usecases.take_in import CoachRecords
from shared.kernel.errors import Retryable
from shared.kernel.ids import digest
from shared.kernel.log_events import LogEvent
from shared.ports.ambient import Clock, Ids, Log
from shared.ports.documents import Create, Transaction, Write

BUDGET: Final = timedelta(seconds=30)
"""Of one task; the function may run for twice that, and the lease for three times."""
AFTER_LEASE: Final = timedelta(seconds=1)
LOOKED_OVER: Final = 500
"""Waiting messages of one person that are looked over for danger."""


class Coach(Protocol):
    """Says what a message leads to. Asked again about the same message it does nothing twice."""

    def reply(self, state: State, message: InboundMessage, context: Context) -> Answered:
        """Returns the answers, and where the conversation stands after them. Raises Retryable."""
        ...

    def is_urgent(self, message: InboundMessage, doubts: Sequence[Doubt]) -> bool:
        """Tells whether a message tells of danger, or may, which nothing holds back. doubts: that are open"""
        ...

    def lapsed(self, doubt: Doubt, context: Context) -> Answered:
        """Returns what is written where nobody has answered what the coach asked back. Raises Retryable."""
        ...


@dataclass(frozen=True, slots=True)
class Drained:
    """Counts what a task did. ended: why it did no more"""

    answered: int
    sent: int
    ended: str


@dataclass(frozen=True, slots=True)
class Ambient:
    """Holds the time, names and the log."""

    clock: Clock
    ids: Ids
    log: Log


@dataclass(frozen=True, slots=True)
class Hands:
    """Holds what answering is done with."""

    leases: Leases
    sending: SendOutgoing
    media: KeepMedia
    queue: InboxQueue


class AnswerInbox:
    """Works off the tasks of inboxes."""

    def __init__(self, records: CoachRecords, hands: Hands, coach: Coach, ambient: Ambient) -> None:
        self._records = records
        self._hands = hands
        self._coach = coach
        self._clock = ambient.clock
        self._ids = ambient.ids
        self._log = ambient.log

    def answer(self, task: InboxTask) -> Drained:
        """Answers whoever an inbox is of. Raises Retryable."""
        holder, now = self._ids.new(), self._clock.now()
        begun = self._hands.leases.begin(task.inbox, holder, now)
        if begun is None:
            return Drained(0, 0, "nobody")
        if isinstance(begun, Busy):
            # The holder sees the mark; should it have died, this task finds what it left.
            at = begun.until + AFTER_LEASE
            self._hands.queue.answer(task.inbox, "after", begun.until.isoformat(), run_at=at)
            return Drained(0, 0, "busy")
        run = _Run(self, task.inbox, holder, begun, now + BUDGET)
        try:
            run.go()
        except Retryable:
            self._hands.leases.release(run.person.contact.keys, holder)
            raise
        drained = Drained(run.answered, run.sent, run.ended)
        self._log.event(
            LogEvent.COACH_ANSWERED, answered=drained.answered, sent=drained.sent, ended=drained.ended, inbox=task.inbox
        )
        return drained

    def lead_on(self, person: Person, item: InboxItem, now: datetime, *, alarm: bool = False) -> Answered:
        """Returns what a message leads to. alarm: whether or not its file is there. Raises Retryable."""
        message = item.message
        assert message is not None
        learner = person.contact.employee
        file = None
        if learner is not None and message.kind in FILES and not alarm:
            file = self._hands.media.keep(message, learner, item.received_at, now)
        context = Context(learner, now, person.stopped, person.echoed_at, doubts=self._doubts(person, message))
        if file is not None:
            context = replace(context, media=file.outcome, evidence_id=file.evidence_id)
        state = person.talk.state if person.talk else State()
        return self._coach.reply(state, message, context)

    def asked(self, person: Person) -> list[Doubt]:
        """Returns what a person was asked back and has not answered, the oldest first."""
        return self._records.doubts.open_of(person.inboxes)

    def lapse(self, person: Person, holder: str, doubt: Doubt, now: datetime) -> None:
        """Has somebody told of what was not answered in time. Raises Retryable."""
        led = self._coach.lapsed(doubt, Context(person.contact.employee, now, person.stopped, person.echoed_at))

        def work(transaction: Transaction) -> None:
            if self._hands.leases.held(person, holder, now, transaction) is not None:
                order = f"{now.isoformat()}|{now.isoformat()}"
                transaction.write(*_writes(person, _Cause(doubt.doubt_id, "lapsed", order), led, now))

        self._records.identities.transact(work)

    def _doubts(self, person: Person, message: InboundMessage) -> tuple[Doubt, ...]:
        """Returns what a person was asked and has not answered, and what a pressed button is about.

        To who writes that is also what lapsed a short while ago: they were told that they can still say.
        """
        found = self.asked(person)
        if message.kind == "text" and message.payload_id is None:
            found += self._records.doubts.lapsed_of(person.inboxes, message.at - WAITS_FOR)
        pressed = pressed_in(message.payload_id)
        if pressed is not None and all(one.doubt_id != pressed[0] for one in found):
            named = self._records.doubts.of(pressed[0], person.inboxes)
            found = found if named is None else [*found, named]
        return tuple(found)

    def commit(
        self, person: Person, holder: str, item: InboxItem, led: Answered, *, alarm: bool = False
    ) -> list[Identity] | None:
        """Writes what a message leads to; None where the person is another's by now, or the message answered.

        alarm: it stays open, since its file is not there yet, and is not answered again
        """
        now = self._clock.now()

        def work(transaction: Transaction) -> list[Identity] | None:
            own = self._hands.leases.held(person, holder, now, transaction)
            known = self._records.inbox.get(item.wamid, transaction)
            if own is None or known is None or not known.open:
                return None
            first = person.contact.keys[0]
            whose = person.contact.employee
            named = [one if whose is None else one.changed(employee_id=whose) for one in own]
            after = [_after(one, item, led, now) if one.key == first else renewed(one, now) for one in named]
            closing = alarmed(known) if alarm else answered(known, now, whose)
            writes: list[Write] = [*self._records.identities.puts(after), closing]
            cause = _Cause(item.wamid, "reply", f"{item.at.isoformat()}|{item.received_at.isoformat()}")
            transaction.write(*writes, *([] if known.alarmed else _writes(person, cause, led, now)))
            return after

        return self._records.identities.transact(work)

    @property
    def coach(self) -> Coach:
        """Returns what says what a message leads to."""
        return self._coach

    @property
    def records(self) -> CoachRecords:
        """Returns what the coach keeps."""
        return self._records

    @property
    def hands(self) -> Hands:
        """Returns what answering is done with."""
        return self._hands

    @property
    def now(self) -> Callable[[], datetime]:
        """Returns the clock's present."""
        return self._clock.now


class _Run:
    """One task's work on one person."""

    def __init__(self, owner: AnswerInbox, inbox: str, holder: str, person: Person, ends: datetime) -> None:
        self._owner = owner
        self._inbox = inbox
        self._holder = holder
        self._ends = ends
        self.person = person
        self.answered = 0
        self.sent = 0
        self.ended = ""
        self._later: tuple[datetime, str] | None = None
        self._stuck: dict[str, Retryable] = {}

    def go(self) -> None:
        while not self.ended:
            now = self._owner.now()
            if now > self._ends:
                self._pause(now, "time", now)
            elif not (self._send_next() or self._answer_next(now) or self._lapse_next(now)):
                self._try_again()
                if not self._put_off(now):
                    self._end(now)

    def _try_again(self) -> None:
        """Raises Retryable where a message could not be answered yet, once all else is done."""
        for error in self._stuck.values():
            raise error

    def _lapse_next(self, now: datetime) -> bool:
        """Leaves to somebody else what was not answered in time, once all that has come in is read; tells whether."""
        asked = self._owner.asked(self.person)
        due = next((one for one in asked if one.due_at <= now), None)
        if due is not None:
            self._owner.lapse(self.person, self._holder, due, now)
        elif asked:
            at = asked[0].due_at + AFTER_LEASE
            named = ("asked_back", asked[0].doubt_id, now.isoformat())
            self._owner.hands.queue.answer(self._inbox, *named, run_at=at)
        return due is not None

    def _end(self, now: datetime) -> None:
        if not self._owner.hands.leases.end(self.person, self._holder, now):
            self._join(self.person.inboxes[0], now)
            return
        self.ended = "done"
        if self._inbox not in self.person.inboxes:
            self._owner.hands.queue.answer(self._inbox, "contested", now.isoformat())

    def _send_next(self) -> bool:
        """Does what is next about our own messages; tells whether there was something."""
        waiting = () if self._later else self._owner.records.outgoing.open_of(self.person.inboxes, limit=1)
        if not waiting:
            return False
        step = self._owner.hands.sending.send(self.person, self._holder, waiting[0])
        if isinstance(step, Later):
            self._later = step.at, waiting[0].outgoing_id
        elif step == "lost":
            self.ended = "lost"
        else:
            self.sent += 1
        return True

    def _put_off(self, now: datetime) -> bool:
        """Leaves what cannot be sent yet to another task; tells whether there is such a message."""
        if self._later is None:
            return False
        at, named = self._later
        self._pause(now, "later", at, named)
        return True

    def _answer_next(self, now: datetime) -> bool:
        """Answers the next message; tells whether there was one."""
        item = self._next()
        if item is None:
            return False
        if item.message is None or not knows(self.person, item.message):
            self._join(item.inbox, now)
            return True
        alarm = item.message.kind in FILES and self._is_urgent(item, ())
        try:
            led = self._owner.lead_on(self.person, item, now, alarm=alarm)
        except Retryable as error:
            self._stuck[item.wamid] = error
            return True
        own = self._owner.commit(self.person, self._holder, item, led, alarm=alarm)
        if own is None:
            self._join(item.inbox, now)
            return True
        self.person = Person(self.person.contact, {**self.person.identities, **{one.key: one for one in own}})
        self.answered += not item.alarmed
        return True

    def _next(self) -> InboxItem | None:
        """Returns the message that is answered next: the oldest, and danger before one that may have to wait."""
        inbox = self._owner.records.inbox
        first = next(iter(inbox.open_of(self.person.inboxes, limit=1)), None)
        waits = first is not None and (bool(self._stuck) or (first.message is not None and first.message.kind in FILES))
        if not waits:
            return first
        waiting, asked = inbox.open_of(self.person.inboxes, limit=LOOKED_OVER), self._owner.asked(self.person)
        urgent = next((one for one in waiting if one.wamid not in self._stuck and self._is_urgent(one, asked)), None)
        return urgent or (None if self._stuck else first)

    def _is_urgent(self, item: InboxItem, asked: Sequence[Doubt]) -> bool:
        return not item.alarmed and item.message is not None and self._owner.coach.is_urgent(item.message, asked)

    def _join(self, inbox: str, now: datetime) -> None:
        """Takes the person anew, with what has become known of their ids."""
        leases, before = self._owner.hands.leases, self.person.contact.keys
        begun = leases.begin(inbox, self._holder, now)
        after = begun.contact.keys if isinstance(begun, Person) else ()
        leases.release(set(before) - set(after), self._holder)
        if isinstance(begun, Person):
            self.person = begun
            return
        self.ended = "busy"
        if isinstance(begun, Busy):
            queue = self._owner.hands.queue
            queue.answer(inbox, "after", begun.until.isoformat(), run_at=begun.until + AFTER_LEASE)

    def _pause(self, now: datetime, why: str, at: datetime, *named: str) -> None:
        """Has the rest done by another task; queued before the person is let go."""
        self._owner.hands.queue.answer(self._inbox, why, *named, at.isoformat(), run_at=at)
        self._owner.hands.leases.release(self.person.contact.keys, self._holder)
        self.ended = why


def _after(identity: Identity, item: InboxItem, led: Answered, now: datetime) -> Identity:
    """Returns what is known of somebody's first id after a message of theirs."""
    last = item.at if identity.last_inbound_at is None else max(identity.last_inbound_at, item.at)
    talk = identity.talk if identity.talk and identity.talk.at > item.at else Talk(state=led.state, at=item.at)
    changed = renewed(identity, now).changed(last_inbound_at=last, talk=talk)
    return changed if led.chosen is None else chosen_by(changed, led.chosen)


@dataclass(frozen=True, slots=True)
class _Cause:
    """Says what is answered. wamid: the message, or the doubt; how: replied to, or lapsed; order: of the answers"""

    wamid: str
    how: str
    order: str


def _writes(person: Person, cause: _Cause, led: Answered, now: datetime) -> list[Write]:
    inbox = inbox_of(person.contact.keys[0])
    outgoing = (
        Outgoing(
            outgoing_id=digest(cause.how, cause.wamid, str(number)),
            inbox=inbox,
            order=f"{cause.order}|{number:02}",
            about=cause.wamid,
            content=content,
            due_at=now,
            employee_id=person.contact.employee,
            created_at=now,
            expires_at=now + KEPT,
        )
        for number, content in enumerate(led.contents)
    )
    doubts = [DoubtRecords.put(one, inbox) for one in led.doubts]
    return [*doubts, *(Create(outgoing_path(one.outgoing_id), one.stored()) for one in outgoing)]
