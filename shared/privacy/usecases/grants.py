"""Gives, ends and lists grants: a manager or mentor reads one employee's calls, for a purpose and a time."""

from __future__ import annotations

from datetime import timedelta

from shared.kernel.access import Caller, require
from shared.kernel.errors import NotFound, Rejected
from shared.people.records import Employee, EmployeeRecords
from shared.ports.ambient import Clock
from shared.privacy.contract import Grant
from shared.privacy.domain.transcript_ground import GRANTED_FOR, LONGEST_GRANT
from shared.privacy.records.access import MOST_LISTED, GrantRecord, GrantRecords
from shared.privacy.usecases.tell_of_access import TellOfAccess


class Grants:
    """Lets people read for a while."""

    def __init__(self, grants: GrantRecords, employees: EmployeeRecords, telling: TellOfAccess, clock: Clock) -> None:
        self._grants = grants
        self._employees = employees
        self._telling = telling
        self._clock = clock

    def give(self, caller: Caller, employee_id: str, to: str, *, purpose: str, days: int = GRANTED_FOR.days) -> Grant:
        """Lets a manager or mentor read one employee's calls; a new grant for the same two replaces the old one.

        Raises Forbidden, NotFound (no such employee), Rejected (who may not be granted it, or for how long).
        """
        require(caller, "grants.write")
        employee, reader = self._employee(employee_id, "employee_id"), self._employee(to, "to")
        employee_id, to = employee.employee_id, reader.employee_id
        if not 1 <= days <= LONGEST_GRANT.days:
            raise Rejected(f"days: {days} is not from 1 to {LONGEST_GRANT.days}", field="days")
        if to == employee_id or not _responsible(employee, reader):
            raise Rejected(
                f"to: {to!r} is neither {employee_id}'s manager nor mentor, who alone can be granted this", field="to"
            )
        now = self._clock.now()
        grant = GrantRecord(
            grant_id=GrantRecords.id_of(employee_id, to),
            employee_id=employee_id,
            to=to,
            purpose=purpose,
            granted_by=caller.employee_id or caller.email,
            granted_at=now,
            expires_at=now + timedelta(days=days),
        )
        self._grants.put(grant)
        until = grant.expires_at.date().isoformat()
        self._telling.changed(caller, "grant.given", [employee_id], to, {"until": until})
        return _shown(grant)

    def end(self, caller: Caller, grant_id: str) -> Grant:
        """Ends a grant at once; one that has ended stays as it is. Raises Forbidden, NotFound."""
        require(caller, "grants.write")
        now = self._clock.now()
        grant = self._grants.revoke(grant_id, caller.employee_id or caller.email, now)
        if grant is None:
            raise NotFound(f"there is nothing called {grant_id[:60]!r} here", field="id")
        # Again for one that is revoked already: whoever revoked it may have died before telling.
        when = (grant.revoked_at or now).isoformat()
        self._telling.changed(caller, "grant.revoked", [grant.employee_id], grant.to, {"when": when})
        return _shown(grant)

    def in_force(self, caller: Caller) -> list[Grant]:
        """Returns the grants in force that concern the caller, the newest first: an administrator sees all, others
        those that they were given and those about themselves; 500 at most."""
        require(caller, "grants.read")
        now = self._clock.now()
        everything = caller.role == "administrator"
        found = self._grants.unexpired(now) if everything else self._grants.concerning(caller.employee_id or "")
        kept = {grant.grant_id: grant for grant in found if grant.in_force(now)}.values()
        return [_shown(grant) for grant in sorted(kept, key=lambda one: one.granted_at, reverse=True)[:MOST_LISTED]]

    def _employee(self, employee_id: str, field: str) -> Employee:
        employee = self._employees.find(employee_id)
        if employee is None:
            raise NotFound(f"there is no employee {employee_id[:80]!r}", field=field)
        return employee


def _responsible(employee: Employee, reader: Employee) -> bool:
    if reader.role in ("manager", "senior_manager"):
        return employee.manager_id == reader.employee_id
    return reader.role == "mentor" and employee.mentor_id == reader.employee_id


def _shown(grant: GrantRecord) -> Grant:
    return Grant(**grant.stored())
