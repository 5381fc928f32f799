"""Finds who is reached on WhatsApp, by their own agreement alone, and when they may be disturbed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

from shared.coaching.domain.inbound import phone_key
from shared.coaching.records.agreements import CoachAgreements
from shared.coaching.records.identities import Identities, Person
from shared.notifications.domain.timing import Hours
from shared.notifications.records import PreferenceRecords
from shared.people.domain.whereabouts import zone_in_force
from shared.people.records import Employee, EmployeeRecords


class Contacts:
    """Reads agreements and what is known of their numbers."""

    def __init__(self, agreements: CoachAgreements, identities: Identities) -> None:
        self._agreements = agreements
        self._identities = identities

    def agreed(self, employee_id: str) -> Person | None:
        """Returns somebody as WhatsApp knows them; None for who does not agree, or whose number may be another's."""
        for agreement in reversed(self._agreements.of(employee_id)):
            if agreement.in_force:
                person = self._identities.person(phone_key(agreement.phone))
                if person.contact.employee == employee_id:
                    return person
        return None


@dataclass(frozen=True, slots=True)
class Disturbed:
    """Somebody who works here, and when they may be disturbed."""

    employee: Employee
    hours: Hours


class Waking:
    """Reads when people may be disturbed: as they chose for all that they are sent. zone: the organisation's"""

    def __init__(self, preferences: PreferenceRecords, employees: EmployeeRecords, zone: tzinfo) -> None:
        self._preferences = preferences
        self._employees = employees
        self._zone = zone

    def of(self, employee_id: str) -> Disturbed | None:
        """Returns somebody's hours; None for who is not known or has left."""
        employee = self._employees.get(employee_id)
        if employee is None or not employee.active:
            return None
        zone = zone_in_force(employee.zone, otherwise=self._zone)
        return Disturbed(employee, self._preferences.of(employee_id).hours(zone))
