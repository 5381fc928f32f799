"""Makes an event void: it was recorded by mistake, and counts nowhere from then on.

The event stays in the ledger, with who took it out, when and why; its entry leaves the person's state, in the same
commit. A void of what counts of a source's reports takes out all that this source said before of the same person and
source id, so that nothing earlier comes back in its place; what comes later under that source id counts. A void of what
a later report of that source has replaced takes out that one alone. What another source reports of the same recording
stays, and may count then.

Each voided event is told again, as void, so that ratings, reviews and the warehouse follow.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shared.intake.contract import VoidAnswer, VoidBody
from shared.intake.usecases.event_ledger import EventLedger
from shared.intake.usecases.event_message import message_again
from shared.intake.usecases.find_event import FindEvent, nothing
from shared.intake.usecases.person_states import PersonStates
from shared.intake.usecases.skill_updates import rows_about, skill_updates
from shared.intake.usecases.superseded import why_superseded
from shared.kernel.access import Caller, require
from shared.kernel.days import day_of
from shared.kernel.errors import Rejected, Retryable
from shared.kernel.ids import digest
from shared.kernel.records import Versioned
from shared.observations.domain.effective_entries import EffectiveEntries
from shared.observations.domain.entry import decode_entries, entry_key
from shared.observations.domain.public_id import sent_id
from shared.observations.records import LedgerEvent, Voided
from shared.observations.state_records import States, StoredState
from shared.observations.voids import EarlyVoid, EarlyVoids
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock
from shared.ports.documents import AlreadyExists, PreconditionFailed
from shared.ratings.contract import SkillUpdate
from shared.ratings.domain.projection import rate_together

ATTEMPTS = 5
"""Commits that may lose against events about the same person before the caller is asked to try again."""

Choice = Callable[[str, Sequence[Versioned[LedgerEvent]]], list[Versioned[LedgerEvent]]]
"""Chooses what to take out, by the id of the named event and all about the same person and source id."""


@dataclass(frozen=True, slots=True)
class Part:
    """One person's part in a call. sent: the sender's id of an observation of it, which may not be recorded yet"""

    source: str
    source_id: str
    employee_id: str
    sent: str | None = None


class VoidEvent:
    """Takes events out."""

    def __init__(
        self, finding: FindEvent, ledger: EventLedger, states: PersonStates, audit: Audit, clock: Clock
    ) -> None:
        self._finding = finding
        self._ledger = ledger
        self._states = states
        self._audit = audit
        self._clock = clock

    def void(self, caller: Caller, body: VoidBody) -> VoidAnswer:
        """Makes an event void, and returns how it is then; a void event stays as it is, with its first reason.

        Raises NotFound, Rejected (several people have such an event), Retryable.
        """
        require(caller, "events.void")
        event = self._named(body)
        if event is None:
            return self._early(caller, body)
        why = event.voided or self._why(caller, body.event_id, body.reason, event.employee_id)
        return self._out(caller, event, why, _hidden)

    def _named(self, body: VoidBody) -> LedgerEvent | None:
        """Returns the event that is meant; None where there is none. Raises Rejected where several people have one."""
        state = None if body.employee_id is None else self._states.stored(body.employee_id)
        whose = body.employee_id if state is None else state.employee_id
        found = self._finding.under(body.event_id, body.source, whose)
        found = [one for one in found if body.kind in (None, one.kind)]
        if whose is not None:  # what is being moved stands under the former id
            found = [one for one in found if one.employee_id in (whose, body.employee_id)]
        people = len({one.employee_id for one in found if one.kind == "field"})
        if people > 1:
            raise Rejected(
                f"employee_id: {people} people have an observation under {body.event_id[:80]!r}; say whose is void",
                field="employee_id",
            )
        return next(iter(found), None)

    def void_part(self, caller: Caller, part: Part, reason: str) -> None:
        """Makes void whatever was recorded about one person's part in a call; where it is void, tells of it again.

        Raises Retryable.
        """
        require(caller, "events.void")
        found = self._ledger.part(part.source, part.source_id, part.employee_id)
        if part.sent is not None and all(sent_id(one.record) != part.sent for one in found):
            self._early(
                caller, VoidBody(event_id=part.sent, source=part.source, kind="field", reason=reason), part.employee_id
            )
        if found:
            self._void_all(caller, found, reason)

    def _void_all(self, caller: Caller, found: Sequence[Versioned[LedgerEvent]], reason: str) -> None:
        part = sorted(found, key=lambda one: one.record.voided is not None)
        event = part[0].record
        why = event.voided or self._why(caller, sent_id(event), reason, event.employee_id)
        self._out(caller, event, why, lambda _, about: [one for one in about if one.record.voided is None])

    def _out(self, caller: Caller, event: LedgerEvent, why: Voided, choose: Choice) -> VoidAnswer:
        """Takes out what is chosen of the events about the same person and source id. Raises Retryable."""
        for _ in range(ATTEMPTS):
            try:
                return self._taken_out(caller, event, why, choose)
            except PreconditionFailed:
                continue
        raise Retryable("the person's events changed meanwhile")

    def _why(self, caller: Caller, event_id: str, reason: str, employee_id: str | None) -> Voided:
        """Records who takes an event out, and why."""
        self._audit.record(caller, AuditAction.EVENT_VOIDED, subject=employee_id, detail=f"{event_id}: {reason}")
        return Voided(by=caller.employee_id or caller.email, at=self._clock.now(), reason=reason)

    def _early(self, caller: Caller, body: VoidBody, employee_id: str | None = None) -> VoidAnswer:
        """Keeps the void of an event that has not come yet. Raises NotFound where it cannot be told which, Retryable
        where it has come meanwhile."""
        if body.kind is None or body.source is None or body.employee_id is not None:
            raise nothing(body.event_id, body.source)
        event_id = digest(body.kind, body.source, body.event_id)
        waiting = self._ledger.early_void(event_id)
        why = waiting.record.voided if waiting else self._why(caller, body.event_id, body.reason, employee_id)
        if waiting is None:
            try:
                self._ledger.commit([EarlyVoids.kept(EarlyVoid(event_id=event_id, voided=why))])
            except AlreadyExists:
                raise Retryable("the event was being recorded by another request") from None
        return VoidAnswer(
            event_id=body.event_id,
            source=body.source,
            kind=body.kind,
            employee_id=None,
            standing="void",
            duplicate=waiting is not None,
            void_by=why.by,
            void_at=why.at,
            reason=why.reason,
            void_with_it=[],
            skill_updates=[],
        )

    def _taken_out(self, caller: Caller, event: LedgerEvent, why: Voided, choose: Choice) -> VoidAnswer:
        """Takes out what is chosen, if that has not happened, and tells of each that is void by this very void.

        Raises PreconditionFailed where the person's events changed meanwhile.
        """
        state = self._states.stored(event.employee_id)
        about = self._ledger.about(event)
        wanted = choose(event.event_id, about)
        writes = [self._ledger.voiding(one.record.made_void(why), one.stamp) for one in wanted]
        gone = [one.record for one in about if one.record.voided == why]
        gone += [one.record.made_void(why) for one in wanted]
        keys = [key for one in wanted for key in _keys(one.record)]
        updates = self._updates(caller, state, keys, wanted)
        if state is not None and keys:
            writes.append(States.less(state, keys))
        self._ledger.accept(writes, [message_again(one.message) for one in gone])
        if state is not None and state.collected:
            # What is left may need entries that were collected.
            self._states.rebuild(state.employee_id, ["void", *sorted(one.event_id for one in gone)])
        return _answer(event, why, gone, updates)

    def _updates(
        self, caller: Caller, state: StoredState | None, keys: Sequence[str], wanted: Sequence[Versioned[LedgerEvent]]
    ) -> list[SkillUpdate]:
        """Returns what becomes of the profile, as the caller sees it, without the events."""
        if state is None or not wanted:
            return []
        earlier, then = self._states.without(caller, state, keys, day_of(self._clock.now()))
        entries = decode_entries([one.record.entry_with_receipt for one in wanted])
        others = rows_about(entries, earlier, then)
        rate_together((when, others) for when in (earlier, then))
        return [
            SkillUpdate.model_validate(one, from_attributes=True) for one in skill_updates([], others, earlier, then)
        ]


def _hidden(event_id: str, about: Sequence[Versioned[LedgerEvent]]) -> list[Versioned[LedgerEvent]]:
    """Returns the events that a void of one takes out: it alone where another report of its source replaced it, else
    all that its source reported under that source id. A person's decision is about the report, and goes with it."""
    named = next((one for one in about if one.record.event_id == event_id and one.record.voided is None), None)
    if named is None:
        return []
    report = _report(named.record)
    there = [one for one in about if one.record.voided is None and _report(one.record) == report]
    (entry,) = decode_entries([named.record.entry_with_receipt])
    reported = decode_entries([one.record.entry_with_receipt for one in there])
    entries = EffectiveEntries([one.text for one in reported if one.human <= entry.human])
    return [named] if why_superseded(entries, named.record.entry_with_receipt) else there


def _report(event: LedgerEvent) -> tuple[str, str]:
    """Returns the source that sent an event and its own id of what it is about: the ledger's is the recorder's where a
    call names its recording."""
    return event.sender, json.loads(event.payload)["source_id"].strip() if event.kind == "field" else event.source_id


def _keys(event: LedgerEvent) -> set[str]:
    return {entry_key(event.entry), entry_key(event.entry_with_receipt)}


def _answer(event: LedgerEvent, why: Voided, gone: Sequence[LedgerEvent], updates: list[SkillUpdate]) -> VoidAnswer:
    return VoidAnswer(
        event_id=sent_id(event),
        source=event.sender,
        kind=event.kind,
        employee_id=event.employee_id,
        standing="void",
        duplicate=event.voided is not None,
        void_by=why.by,
        void_at=why.at,
        reason=why.reason,
        void_with_it=sorted(sent_id(one) for one in gone if one.event_id != event.event_id),
        skill_updates=updates,
    )
