"""Says what learners may do at work, alone or under supervision, and until when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta, tzinfo
from typing import Final

from shared.kernel.access import Caller, require
from shared.kernel.errors import Conflict, Forbidden, NotFound, Rejected
from shared.kernel.ids import digest
from shared.learning.enrolment_contract import (
    AuthorisationBody,
    AuthorisationList,
    AuthorisationState,
    AuthorisationView,
    Authorised,
    AuthorisedList,
)
from shared.learning.enrolment_records import MOST_OF_ONE, Authorisation, AuthorisationRecords
from shared.learning.usecases.learner_access import LearnerAccess
from shared.people.records import Employee
from shared.platform.domain.audit_actions import AuditAction
from shared.ports.ambient import Clock
from shared.ports.documents import AlreadyExists, PreconditionFailed

LONGEST: Final = timedelta(days=3 * 366)
SOON: Final = timedelta(days=30)
"""Before its end an authorisation is shown as one that ends."""
MOST_LEARNERS: Final = 100
MOST_SHOWN: Final = 20
"""Of a learner's authorisations, in a list of several learners."""
_DAY: Final = timedelta(days=1)


class Authorise:
    """Gives and takes back, for the mentor of a learner and for administrators; shows, for whom the relation allows.

    zone_of: whose calendar days are a learner's
    """

    def __init__(
        self,
        access: LearnerAccess,
        records: AuthorisationRecords,
        zone_of: Callable[[Employee], tzinfo],
        clock: Clock,
    ) -> None:
        self._access = access
        self._records = records
        self._zone_of = zone_of
        self._clock = clock

    def give(self, caller: Caller, employee_id: str, body: AuthorisationBody) -> AuthorisationView:
        """Keeps what a learner may do; the same again is the same one.

        Raises NotFound, Forbidden, Rejected for days that cannot be, Conflict.
        """
        employee = self._mine(caller, employee_id)
        if not employee.active:
            raise Conflict(f"{employee.employee_id} has left; nobody is authorised who does not work here")
        if not body.begins <= body.ends <= body.begins + LONGEST:
            raise Rejected("ends: is the last day, within three years from the first", field="ends")
        if body.ends < self._today(employee):
            raise Rejected(f"ends: {body.ends} is over already", field="ends")
        given = self._given(caller, employee, body)
        kept = self._records.get(given.authorisation_id)
        if kept is not None and kept.record.revoked_at is None:
            return self._view(kept.record, employee)
        detail = f"{body.activity}, {body.scope}, until {body.ends}"
        self._access.audit.record(caller, AuditAction.AUTHORISATION_GIVEN, subject=employee.employee_id, detail=detail)
        try:
            if kept is None:
                self._records.add(given)
            else:
                self._records.put(given, over=kept.stamp)
        except (AlreadyExists, PreconditionFailed):
            raise Conflict("somebody else gives the same authorisation now; look again") from None
        return self._view(given, employee)

    def revoke(self, caller: Caller, authorisation_id: str) -> AuthorisationView:
        """Takes one back; that there was one stays on record. Raises NotFound, Forbidden, Conflict."""
        require(caller, "authorisations.write")
        kept = self._records.get(authorisation_id)
        if kept is None:
            raise NotFound(f"there is no authorisation {authorisation_id[:60]!r}", field="authorisation_id")
        employee = self._mine(caller, kept.record.employee_id)
        if kept.record.revoked_at is not None:
            return self._view(kept.record, employee)
        by = caller.employee_id or caller.email
        after = kept.record.changed(revoked_at=self._clock.now(), revoked_by=by)
        self._access.audit.record(
            caller, AuditAction.AUTHORISATION_REVOKED, subject=employee.employee_id, detail=after.activity
        )
        try:
            self._records.put(after, over=kept.stamp)
        except PreconditionFailed:
            raise Conflict("somebody else has changed this authorisation meanwhile; look again") from None
        return self._view(after, employee)

    def of(self, caller: Caller, employee_id: str) -> AuthorisationList:
        """Returns what one learner may do, what ends last first. Raises NotFound, Forbidden."""
        employee, _ = self._access.open(caller, employee_id, page="authorisations")
        found = self._records.of(employee.employee_id)
        today = self._today(employee)
        return AuthorisationList(as_of=today, authorisations=[self._view(one, employee) for one in found])

    def ending(self, caller: Caller) -> AuthorisationList:
        """Returns what ends within a month of the learners in the caller's sight, of the first hundred, the next first.

        Raises Forbidden.
        """
        seen = self._access.in_sight(caller, MOST_LEARNERS, None)
        people = {employee.employee_id: employee for employee, _ in seen if employee.active}
        around = self._clock.now().date()
        near = self._records.ending(people, around - _DAY, around + SOON + _DAY)
        found = [self._view(one, people[one.employee_id]) for one in near]
        soon = sorted((one for one in found if one.state == "ends_soon"), key=lambda one: (one.ends, one.employee_id))
        told = [one.employee_id for one in soon]
        self._access.audit.read(caller, AuditAction.LEARNERS_LISTED, told, detail="authorisations that end soon")
        return AuthorisationList(as_of=around, authorisations=soon)

    def in_force(self, caller: Caller, limit: int, after: str | None) -> AuthorisedList:
        """Returns a page of the learners in the caller's sight, by id, with what each may do today, or will.

        What ends next stands first. Who has left may do nothing here, and is not listed. Raises Forbidden.
        """
        found = self._access.in_sight(caller, limit + 1, after)
        shown = [self._authorised(employee) for employee, _ in found[:limit] if employee.active]
        told = [one.employee_id for one in shown]
        self._access.audit.read(caller, AuditAction.LEARNERS_LISTED, told, detail="authorisations")
        more = found[limit - 1][0].employee_id if len(found) > limit else None
        return AuthorisedList(as_of=self._clock.now().date(), learners=shown, next_cursor=more)

    def _authorised(self, employee: Employee) -> Authorised:
        kept = self._records.not_over(employee.employee_id, self._today(employee))
        valid = [self._view(one, employee) for one in kept if one.revoked_at is None]
        return Authorised(
            employee_id=employee.employee_id,
            name=employee.name,
            authorisations=valid[:MOST_SHOWN],
            more=len(valid) > MOST_SHOWN or len(kept) >= MOST_OF_ONE,
        )

    @staticmethod
    def may(caller: Caller, mentor_id: str | None) -> bool:
        """Tells whether the caller says what a learner may do. mentor_id: the learner's"""
        if "authorisations.write" not in caller.permissions:
            return False
        return caller.role == "administrator" or (caller.employee_id is not None and mentor_id == caller.employee_id)

    def _mine(self, caller: Caller, employee_id: str) -> Employee:
        require(caller, "authorisations.write")
        employee, _ = self._access.known(employee_id)
        if not self.may(caller, employee.mentor_id):
            raise Forbidden("you may authorise the learners whose mentor you are", field="employee_id")
        return employee

    def _given(self, caller: Caller, employee: Employee, body: AuthorisationBody) -> Authorisation:
        words = (body.activity, body.scope, body.begins.isoformat(), body.ends.isoformat())
        return Authorisation(
            authorisation_id=digest("authorisation", employee.employee_id, *words),
            employee_id=employee.employee_id,
            activity=body.activity,
            scope=body.scope,
            begins=body.begins,
            ends=body.ends,
            given_by=caller.employee_id or caller.email,
            given_at=self._clock.now(),
        )

    def _today(self, employee: Employee) -> date:
        """Returns the learner's calendar day: what they may do ends when their last day does, wherever they work."""
        return self._clock.now().astimezone(self._zone_of(employee)).date()

    def _state(self, one: Authorisation, today: date) -> AuthorisationState:
        if one.revoked_at is not None:
            return "revoked"
        if one.ends < today:
            return "ended"
        if today < one.begins:
            return "to_come"
        return "ends_soon" if one.ends <= today + SOON else "in_force"

    def _view(self, one: Authorisation, employee: Employee) -> AuthorisationView:
        today = self._today(employee)
        state = self._state(one, today)
        return AuthorisationView(
            authorisation_id=one.authorisation_id,
            employee_id=one.employee_id,
            name=employee.name,
            activity=one.activity,
            scope=one.scope,
            begins=one.begins,
            ends=one.ends,
            state=state,
            days_left=None if state in ("revoked", "ended") else (one.ends - today).days,
            given_by=one.given_by,
            given_at=one.given_at,
        )
