"""Knows how a person is reached: over which channels, at which address, and what speaks against it now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import tzinfo

from shared.notifications.domain.channels import Channel
from shared.notifications.domain.delivery_state import Why
from shared.notifications.domain.timing import Hours
from shared.notifications.records import PreferenceRecords, Preferences
from shared.people.records import Employee, EmployeeRecords
from shared.platform.domain.notice_kind import NoticeKind


@dataclass(frozen=True, slots=True)
class Reached:
    """A person with what they chose."""

    employee: Employee
    preferences: Preferences
    hours: Hours


class Reach:
    """Looks at records, choices and what is connected."""

    def __init__(
        self,
        preferences: PreferenceRecords,
        employees: EmployeeRecords,
        offered: Collection[Channel],
        zone: tzinfo,
    ) -> None:
        self.preferences = preferences
        self.employees = employees
        self.offered = offered
        self.zone = zone

    def person(self, employee_id: str) -> Reached | None:
        """Returns somebody who works here; None for who is not known or has left."""
        employee = self.employees.get(employee_id)
        if employee is None or not employee.active:
            return None
        chosen = self.preferences.of(employee_id)
        return Reached(employee, chosen, chosen.hours(self.zone))

    def against(self, person: Reached, channel: Channel, kind: NoticeKind | None) -> Why | None:
        """Returns why nothing of a kind goes out over a channel now; None where it does. kind: None for a summary"""
        address = self.address(person, channel)
        if address is None or (kind is not None and person.preferences.mode(channel, kind) == "off"):
            return "off"
        return "paused" if person.preferences.is_paused(channel, address) else None

    def address(self, person: Reached, channel: Channel) -> str | None:
        """Returns where a channel reaches a person; None where it is not connected or does not."""
        if channel not in self.offered:
            return None
        if channel == "email":
            return person.employee.employee_id
        return person.preferences.slack_address or person.employee.employee_id
