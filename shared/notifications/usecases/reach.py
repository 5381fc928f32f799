"""Knows how a person is reached: over which channels, at which address, and what speaks against it now."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import tzinfo

from shared.notifications.device_records import Device, DeviceRecords
from shared.notifications.domain.channels import Channel
from shared.notifications.domain.delivery_state import Why
from shared.notifications.domain.timing import Hours
from shared.notifications.records import PreferenceRecords, Preferences
from shared.people.domain.whereabouts import zone_in_force
from shared.people.records import Employee, EmployeeRecords
from shared.platform.domain.notice_kind import NoticeKind


@dataclass(frozen=True, slots=True)
class Reached:
    """A person with what they chose."""

    employee: Employee
    preferences: Preferences
    hours: Hours


@dataclass(frozen=True, slots=True)
class Way:
    """One place where a person is reached. device: of push, which of theirs"""

    channel: Channel
    address: str
    device: str | None = None


class Reach:
    """Looks at records, choices, devices and what is connected."""

    def __init__(
        self,
        preferences: PreferenceRecords,
        employees: EmployeeRecords,
        devices: DeviceRecords,
        offered: Collection[Channel],
        zone: tzinfo,
    ) -> None:
        self.preferences = preferences
        self.employees = employees
        self.devices = devices
        self.offered = offered
        self.zone = zone

    def person(self, employee_id: str) -> Reached | None:
        """Returns somebody who works here; None for who is not known or has left."""
        employee = self.employees.get(employee_id)
        if employee is None or not employee.active:
            return None
        chosen = self.preferences.of(employee_id)
        return Reached(employee, chosen, chosen.hours(self.zone_of(employee)))

    def zone_of(self, employee: Employee | None) -> tzinfo:
        """Returns the zone of somebody who chose none: as their record has it, else the organisation's."""
        return zone_in_force(employee.zone if employee else None, otherwise=self.zone)

    def ways(self, person: Reached) -> list[Way]:
        """Returns every place where a person is reached: each of their devices is one."""
        found = []
        for channel in self.offered:
            if channel == "push":
                devices = self.devices.of(person.employee.employee_id)
                found += [Way("push", subscription_of(one), one.device_id) for one in devices]
            elif (way := self.way(person, channel)) is not None:
                found.append(way)
        return found

    def way(self, person: Reached, channel: Channel, device: str | None = None) -> Way | None:
        """Returns where a channel reaches a person; None where it is not connected or does not."""
        own = person.employee.employee_id
        if channel not in self.offered:
            return None
        if channel == "push":
            known = None if device is None else self.devices.get(device)
            # A browser that several people use is told of whoever turned push on there last.
            return Way("push", subscription_of(known), device) if known and known.employee_id == own else None
        chosen = person.preferences.slack_address if channel == "slack" else None
        return Way(channel, chosen or own)

    @staticmethod
    def against(person: Reached, way: Way | None, channel: Channel, kind: NoticeKind | None) -> Why | None:
        """Returns why nothing of a kind goes out over a way now; None where it does. kind: None for a summary"""
        if way is None or (kind is not None and person.preferences.mode(channel, kind) == "off"):
            return "off"
        return "paused" if person.preferences.is_paused(channel, way.address) else None


def subscription_of(device: Device) -> str:
    """Returns the address of a device: its subscription as browsers write one in JSON, and whom it was made for."""
    keys = {"p256dh": device.p256dh, "auth": device.auth}
    return json.dumps({"endpoint": device.endpoint, "keys": keys, "made_for": device.made_for})
