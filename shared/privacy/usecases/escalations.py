"""Raises, ends and lists escalations: a senior manager reads one call, for seven days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shared.conversations.records import CallRecord, CallRecords
from shared.kernel.access import Caller, require
from shared.kernel.errors import Forbidden, NotFound, Rejected
from shared.people.records import Employee, EmployeeRecords
from shared.ports.ambient import Clock
from shared.privacy.contract import Escalation
from shared.privacy.domain.transcript_ground import ESCALATED_FOR, may_end_escalation
from shared.privacy.records.access import MOST_LISTED, EscalationRecord, EscalationRecords
from shared.privacy.usecases.tell_of_access import Change, TellOfAccess
from shared.privacy.usecases.transcript_grounds import known_call, took_part

MOST_LEVELS = 20
"""How far up the reporting line a senior manager is looked for."""


class Escalations:
    """Lets senior managers read single calls."""

    def __init__(
        self,
        escalations: EscalationRecords,
        calls: CallRecords,
        employees: EmployeeRecords,
        telling: TellOfAccess,
        clock: Clock,
    ) -> None:
        self._escalations = escalations
        self._calls = calls
        self._employees = employees
        self._telling = telling
        self._clock = clock

    def escalate(self, caller: Caller, record_id: str, to: str, *, reason: str) -> Escalation:
        """Lets a senior manager read one call, for seven days.

        Raises Forbidden (only a manager of somebody in the call, or an administrator), NotFound, Rejected (the reader
        is no senior manager above somebody in the call).
        """
        require(caller, "escalations.write")
        call = known_call(self._calls, record_id)
        people = list(self._employees.many(took_part(call)).values())
        if caller.role != "administrator" and not any(one.manager_id == caller.employee_id for one in people):
            raise Forbidden("the manager of somebody in the call escalates it, or an administrator")
        to = self._employees.present_id(to)
        self._check_reader(to, people)
        now = self._clock.now()
        escalation = EscalationRecord(
            escalation_id=EscalationRecords.id_of(call.source, call.call_id, to),
            source=call.source,
            call_id=call.call_id,
            employees=call.employees,
            to=to,
            reason=reason,
            raised_by=caller.employee_id or caller.email,
            raised_at=now,
            expires_at=now + ESCALATED_FOR,
        )
        self._escalations.put(escalation)
        self._tell(caller, "escalation.raised", escalation, {"until": escalation.expires_at.date().isoformat()})
        return _shown(escalation)

    def end(self, caller: Caller, escalation_id: str) -> Escalation:
        """Ends an escalation at once: whoever raised it, or an administrator. Raises Forbidden, NotFound."""
        require(caller, "escalations.write")
        known = self._escalations.get(escalation_id)
        if known is not None and not may_end_escalation(caller, known.raised_by):
            raise Forbidden("whoever raised an escalation ends it, or an administrator")
        now = self._clock.now()
        escalation = self._escalations.revoke(escalation_id, caller.employee_id or caller.email, now)
        if escalation is None:
            raise NotFound(f"there is nothing called {escalation_id[:60]!r} here", field="id")
        # Again for one that is revoked already: whoever revoked it may have died before telling.
        self._tell(caller, "escalation.revoked", escalation, {"when": (escalation.revoked_at or now).isoformat()})
        return _shown(escalation)

    def follow(self, caller: Caller, call: CallRecord) -> None:
        """Lets a call's escalations follow whose it is: who is found to have spoken is told, and an escalation to who
        is above nobody in the call ends. Done again it changes nothing."""
        now = self._clock.now()
        people = list(self._employees.many(took_part(call)).values())
        for one in self._escalations.of_call(call.source, call.call_id):
            by = caller.employee_id or caller.email
            if one.employees == call.employees or not (one.in_force(now) or one.revoked_by == by):
                continue
            # Told before it is kept: whoever dies in between tells once more, and nobody twice.
            if any(self._is_above(one.to, person) for person in people):
                added = tuple(sorted(set(call.employees) - set(one.employees)))
                until = {"until": one.expires_at.date().isoformat()}
                self._tell(caller, "escalation.raised", one.changed(employees=added), until)
            else:
                one = self._escalations.revoke(one.escalation_id, by, now) or one
                self._tell(caller, "escalation.revoked", one, {"when": (one.revoked_at or now).isoformat()})
            self._escalations.put(one.changed(employees=call.employees))

    def in_force(self, caller: Caller) -> list[Escalation]:
        """Returns the escalations in force that concern the caller, the newest first: an administrator sees all, others
        those to them, by them, and of own calls; 500 at most."""
        require(caller, "grants.read")
        now = self._clock.now()
        everything = caller.role == "administrator"
        found = (
            self._escalations.unexpired(now) if everything else self._escalations.concerning(caller.employee_id or "")
        )
        kept = {one.escalation_id: one for one in found if one.in_force(now)}.values()
        return [_shown(one) for one in sorted(kept, key=lambda one: one.raised_at, reverse=True)[:MOST_LISTED]]

    def _check_reader(self, to: str, people: Sequence[Employee]) -> None:
        """Raises NotFound, Rejected unless it is a senior manager above one of some people."""
        reader = self._employees.get(to)
        if reader is None:
            raise NotFound(f"there is no employee {to[:80]!r}", field="to")
        if reader.role != "senior_manager":
            raise Rejected(f"to: {to!r} is no senior manager", field="to")
        if not any(self._is_above(to, one) for one in people):
            raise Rejected(f"to: {to!r} is not above anybody who took part in this call", field="to")

    def _is_above(self, manager_id: str, employee: Employee) -> bool:
        """Tells whether a manager stands above a person in the reporting line."""
        above = employee.manager_id
        for _ in range(MOST_LEVELS):
            if above is None or above == manager_id:
                break
            known = self._employees.get(above)
            above = known.manager_id if known else None
        return above == manager_id

    def _tell(self, caller: Caller, change: Change, one: EscalationRecord, when: Mapping[str, str]) -> None:
        facts = {**when, "source": one.source, "call_id": one.call_id}
        self._telling.changed(caller, change, one.employees, one.to, facts)


def _shown(escalation: EscalationRecord) -> Escalation:
    return Escalation(**escalation.stored())
