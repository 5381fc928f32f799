"""Counts page views, which weekly active use is made of."""

from __future__ import annotations

from shared.kernel.access import Caller
from shared.kernel.errors import Retryable
from shared.kernel.log_events import LogEvent
from shared.platform.messages import PageViewed
from shared.ports.ambient import Clock, Ids, Log
from shared.ports.messages import Bus, Message

TOPIC = "page-viewed"


class PageViews:
    """Publishes that a person opened a page."""

    def __init__(self, bus: Bus, clock: Clock, ids: Ids, log: Log) -> None:
        self._bus = bus
        self._clock = clock
        self._ids = ids
        self._log = log

    def viewed(self, caller: Caller, page: str) -> None:
        """Counts a view. A page is worth more than its count: when the bus is away the view goes uncounted."""
        fact = PageViewed(
            view_id=self._ids.new(),
            employee_id=caller.employee_id or caller.email,
            role=caller.role or "service",
            page=page,
            viewed_at=self._clock.now(),
        )
        try:
            self._bus.publish(TOPIC, [Message(fact.model_dump(mode="json"))])
        except Retryable:
            self._log.event(LogEvent.PAGE_VIEW_UNCOUNTED, "WARNING", page=page)
