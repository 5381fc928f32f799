"""Shows one event under its id: the sender's, or the one that it was answered with."""

from __future__ import annotations

from collections.abc import Iterator

from shared.intake.contract import EventView
from shared.intake.usecases.event_views import EventViews
from shared.intake.usecases.judged_events import JudgedEvents
from shared.kernel.access import Caller
from shared.kernel.errors import Forbidden, NotFound
from shared.kernel.ids import digest
from shared.observations.domain.observation import Kind
from shared.observations.domain.public_id import ledger_prefix
from shared.observations.records import Ledger, LedgerEvent
from shared.people.usecases.open_profile import OpenProfile

BY_SENDER: tuple[Kind, ...] = ("validation", "field")
"""Kinds whose senders' ids make the ledger's; several reports of a learning activity share one id."""


class ShowEvent:
    """Finds single events."""

    def __init__(self, ledger: Ledger, events: JudgedEvents, views: EventViews, profiles: OpenProfile) -> None:
        self._ledger = ledger
        self._events = events
        self._views = views
        self._profiles = profiles

    def get(self, caller: Caller, event_id: str, source: str | None) -> EventView:
        """Returns an event for who may see its person's history; leaves an audit record where the role demands it.

        source: of the event; without one only learning activities, and events that we named, are found. Of several
        under one id the one received last. Raises NotFound, also for an event that is not the caller's to see: an id
        can be guessed, and must not tell that something was observed.
        """
        event = max(self._under(event_id, source), key=lambda one: one.received_at, default=None)
        if event is None:
            raise _nothing(event_id, source)
        try:
            self._profiles.open(caller, event.employee_id, page=f"{event.kind} event")
        except (NotFound, Forbidden):
            raise _nothing(event_id, source) from None
        (item,) = self._views.of(caller, self._events.judged(event.employee_id, [event]))
        return EventView(employee_id=event.employee_id, kind=event.kind, **dict(item))

    def _under(self, event_id: str, source: str | None) -> Iterator[LedgerEvent]:
        prefix = ledger_prefix(event_id)
        if prefix is not None:
            yield from (one for one in self._ledger.beginning_with(prefix) if source in (None, one.source))
        if source is not None:
            named = (self._ledger.get(digest(kind, source, event_id)) for kind in BY_SENDER)
            yield from (one for one in named if one is not None)
        if source in (None, "learning"):
            yield from self._ledger.learning(event_id)


def _nothing(event_id: str, source: str | None) -> NotFound:
    where = f" of {source[:80]!r}" if source else "; name its source (?source=), which is a part of the sender's ids"
    return NotFound(f"there is no event {event_id[:80]!r}{where}", field="event_id")
