"""Notes that a learner agrees that the coach writes to them, or does not any more; and with it whose a number is."""

from __future__ import annotations

from dataclasses import dataclass

from shared.coaching.domain.contact import Sighting
from shared.coaching.domain.inbound import phone_key
from shared.coaching.domain.phone import phone_of
from shared.coaching.domain.preference import Chosen
from shared.coaching.records.agreements import CoachAgreement, CoachAgreements
from shared.coaching.records.identities import Identities, chosen_by
from shared.kernel.access import Caller, is_own, require
from shared.kernel.errors import Conflict, Rejected
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock
from shared.ports.documents import Reader, Transaction


@dataclass(frozen=True, slots=True)
class Agreed:
    """Says what is in force: the numbers at which somebody agrees to be written to."""

    employee_id: str
    phones: tuple[str, ...]


class Agree:
    """Takes agreements: the own, and those that whoever enrols people notes for them."""

    def __init__(self, agreements: CoachAgreements, identities: Identities, audit: Audit, clock: Clock) -> None:
        self._agreements = agreements
        self._identities = identities
        self._audit = audit
        self._clock = clock

    def give(self, caller: Caller, employee_id: str, phone: str, text_version: int) -> Agreed:
        """Notes that somebody agrees, at a number of theirs. phone: as they write it, with the country's code

        Raises Forbidden; Rejected for what is no such number; Conflict where another learner has given it.
        """
        self._require(caller, employee_id)
        try:
            number = phone_of(phone)
        except ValueError as wrong:
            raise Rejected(f"phone: {wrong}", field="phone") from None
        self._give(caller, employee_id, number, text_version)
        return self._in_force(employee_id)

    def withdraw(self, caller: Caller, employee_id: str) -> Agreed:
        """Notes that somebody does not agree any more; whose the numbers are stays known. Raises Forbidden."""
        self._require(caller, employee_id)
        now = self._clock.now()
        self._audit.record(caller, AuditAction.LEARNER_CONSENTED, subject=employee_id, detail="coach withdrawn")
        for agreement in self._agreements.of(employee_id):
            if agreement.in_force:
                self._choose(agreement.changed(withdrawn_at=now), Chosen("stop", now))
        return self._in_force(employee_id)

    def shown(self, caller: Caller, employee_id: str) -> Agreed:
        """Returns what is in force. Raises Forbidden."""
        self._require(caller, employee_id)
        self._audit.read(caller, AuditAction.LEARNER_VIEWED, [employee_id], detail="coach agreement")
        return self._in_force(employee_id)

    def _in_force(self, employee_id: str) -> Agreed:
        return Agreed(employee_id, tuple(one.phone for one in self._agreements.of(employee_id) if one.in_force))

    def _require(self, caller: Caller, employee_id: str) -> None:
        require(caller, "learning.own" if is_own(caller, employee_id) else "enrolments.write")

    def _give(self, caller: Caller, employee_id: str, number: str, text_version: int) -> None:
        self._require_free(number, employee_id)
        now = self._clock.now()
        agreed = CoachAgreement(
            phone=number,
            employee_id=employee_id,
            text_version=text_version,
            given_at=now,
            recorded_by=caller.employee_id or caller.email,
        )
        self._audit.record(caller, AuditAction.LEARNER_CONSENTED, subject=employee_id, detail=f"coach {text_version}")
        self._choose(agreed, Chosen("resume", now))

    def _require_free(self, number: str, employee_id: str, reader: Reader | None = None) -> None:
        """Raises Conflict for a number that another learner has given as theirs, and not given up since."""
        known = self._agreements.of_phone(number, reader)
        if known is None or known.employee_id == employee_id:
            return
        key = phone_key(number)
        given = Sighting(key, self._clock.now(), employee=employee_id)
        if self._identities.person(key, reader, [given]).contact.employee != employee_id:
            raise Conflict("another learner has given this number as theirs: an administrator decides whose it is")

    def _choose(self, agreement: CoachAgreement, chosen: Chosen) -> None:
        """Writes an agreement; then what is known of the number, which done again changes nothing."""
        key = phone_key(agreement.phone)

        def work(transaction: Transaction) -> None:
            self._require_free(agreement.phone, agreement.employee_id, transaction)
            self._agreements.put(transaction, agreement)

        self._identities.transact(work)
        sighting = Sighting(key, agreement.given_at, employee=agreement.employee_id)
        self._identities.note(
            key, [sighting], lambda one: chosen_by(one.changed(employee_id=agreement.employee_id), chosen)
        )
