"""Shows one event under its id: the sender's, or the one that it was answered with."""

from __future__ import annotations

from shared.intake.contract import EventView
from shared.intake.usecases.event_views import EventViews
from shared.intake.usecases.find_event import FindEvent, nothing
from shared.intake.usecases.judged_events import JudgedEvents
from shared.kernel.access import Caller, require
from shared.kernel.errors import Forbidden, NotFound
from shared.observations.records import LedgerEvent
from shared.people.records import Employee
from shared.people.usecases.open_profile import OpenProfile


class ShowEvent:
    """Shows single events."""

    def __init__(self, finding: FindEvent, events: JudgedEvents, views: EventViews, profiles: OpenProfile) -> None:
        self._finding = finding
        self._events = events
        self._views = views
        self._profiles = profiles

    def get(self, caller: Caller, event_id: str, source: str | None, whose: str | None = None) -> EventView:
        """Returns an event for who may see its person's history; leaves it on record.

        source: of the event; without one only learning activities, and events that we named, are found. whose: the
        person's, where several have one under this id. Of several under one id the one received last that is the
        caller's to see. Raises NotFound, also for an event that is not: an id can be guessed, and must not tell that
        something was observed.
        """
        require(caller, "histories.read")
        found = self._finding.under(event_id, source, whose or caller.employee_id)
        opened = (self._opened(caller, event) for event in found if whose in (None, event.employee_id))
        event, employee = next(filter(None, opened), (None, None))
        if event is None or employee is None:
            raise nothing(event_id, source)
        (item,) = self._views.of(caller, [self._events.one(employee.employee_id, event)])
        return EventView(employee_id=employee.employee_id, employee_name=employee.name, kind=event.kind, **dict(item))

    def _opened(self, caller: Caller, event: LedgerEvent) -> tuple[LedgerEvent, Employee] | None:
        """Opens the person of an event; None where the caller may not see it."""
        try:
            return event, self._profiles.open_any(caller, event.employee_id, page=f"{event.kind} event")
        except (NotFound, Forbidden):
            return None
