"""Finds out when a person works: in their zone, by the public holidays and weekends of their country."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from shared.enablement.domain.due_date import DaysOff, WorkCalendar
from shared.people.domain.whereabouts import zone_in_force
from shared.people.records import Employee


class WorkCalendars:
    """Makes calendars.

    chosen:       from an employee id to the zone that the person chose; None where they chose none
    organisation: of whoever has nothing of their own; where it works at weekends everybody does
    days_off:     of a country
    """

    def __init__(
        self,
        chosen: Callable[[str], str | None],
        organisation: WorkCalendar,
        days_off: Callable[[str], DaysOff],
    ) -> None:
        self._chosen = chosen
        self._organisation = organisation
        self._days_off = days_off

    def of(self, employee: Employee) -> WorkCalendar:
        """Returns a person's calendar."""
        everybody = self._organisation
        zone = zone_in_force(self._chosen(employee.employee_id), employee.zone, otherwise=everybody.zone)
        calendar = replace(everybody, zone=zone)
        if employee.country is None:
            return calendar
        off = self._days_off(employee.country)
        return replace(calendar, holidays=off.holidays, weekend=off.weekend)
