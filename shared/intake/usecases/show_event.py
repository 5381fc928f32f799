"""Shows one event under its id: the sender's, or the one that it was answered with."""

from __future__ import annotations

from shared.intake.contract import EventView
from shared.intake.usecases.event_views import EventViews
from shared.intake.usecases.find_event import FindEvent, nothing
from shared.intake.usecases.judged_events import JudgedEvents
from shared.kernel.access import Caller, require
from shared.kernel.errors import Forbidden, NotFound
from shared.people.usecases.open_profile import OpenProfile


class ShowEvent:
    """Shows single events."""

    def __init__(self, finding: FindEvent, events: JudgedEvents, views: EventViews, profiles: OpenProfile) -> None:
        self._finding = finding
        self._events = events
        self._views = views
        self._profiles = profiles

    def get(self, caller: Caller, event_id: str, source: str | None) -> EventView:
        """Returns an event for who may see its person's history; leaves it on record.

        source: of the event; without one only learning activities, and events that we named, are found. Of several
        under one id the one received last that is the caller's to see. Raises NotFound, also for an event that is
        not: an id can be guessed, and must not tell that something was observed.
        """
        require(caller, "histories.read")
        found = self._finding.under(event_id, source, caller.employee_id)
        visible = self._profiles.visible_to(caller, {event.employee_id for event in found})
        event = next((event for event in found if event.employee_id in visible), None)
        if event is None:
            raise nothing(event_id, source)
        try:
            employee = self._profiles.open(caller, event.employee_id, page=f"{event.kind} event")
        except (NotFound, Forbidden):
            raise nothing(event_id, source) from None
        (item,) = self._views.of(caller, self._events.judged(event.employee_id, [event]))
        return EventView(employee_id=event.employee_id, employee_name=employee.name, kind=event.kind, **dict(item))
