"""Lets the employee see a call's scores first: tells which of an analyst's observations are not open for a caller yet.

Whoever reads single observations (histories, activity, the points behind a rating) asks here. A rating itself is open
at once (docs/decisions/2026-11-25-who-sees-a-score-first.md).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import Caller
from shared.kernel.ids import review_id_of
from shared.kernel.pages import Position
from shared.observations.domain.observation import Kind
from shared.observations.records import Ledger
from shared.ports.ambient import Clock
from shared.privacy.domain.visibility import REVIEWERS, opens_at
from shared.privacy.ports.reviews import CallReviews

Call = tuple[str, str]
"""(source, source id)."""

MOST_EVENTS = 500
"""Of a person, received within the hours in which calls are closed, that are looked through."""
MOST_CALLS = 200
"""How many of a person's newest calls are looked through for those that are not open yet."""


class Observed(Protocol):
    """An event of the ledger, as far as it matters here."""

    @property
    def event_id(self) -> str: ...
    @property
    def employee_id(self) -> str: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def source(self) -> str: ...
    @property
    def source_id(self) -> str: ...
    @property
    def occurred_at(self) -> datetime: ...
    @property
    def received_at(self) -> datetime: ...
    @property
    def message(self) -> str: ...


class Opening(NamedTuple):
    """Says when an observation opened, and whose it is."""

    at: datetime
    event_id: str
    employee_id: str


class FirstSight:
    """Tells what is withheld, and until when."""

    def __init__(self, ledger: Ledger, reviews: CallReviews, configuration: Configuration, clock: Clock) -> None:
        self._ledger = ledger
        self._reviews = reviews
        self._configuration = configuration
        self._clock = clock

    def withheld(self, caller: Caller, events: Iterable[Observed]) -> dict[str, datetime]:
        """Returns those of some events whose scores are not open for the caller yet: event id → when they open.

        A person's decision on a call opens with the call's analysis. Costs a read per decision of the last hours.
        """
        hours = self._configuration.reviews().employee_first_hours
        if hours <= 0 or caller.role is None or caller.role in REVIEWERS:
            return {}
        now = self._clock.now()
        young = [
            (event, json.loads(event.message))
            for event in events
            if event.kind == "field" and event.received_at + timedelta(hours=hours) > now
        ]
        scored = [(event, message) for event, message in young if message.get("scorer")]
        decided = {event.event_id: _review_id(event) for event, message in scored if message["human"]}
        reviews = self._reviews.of_calls(sorted(set(decided.values())))
        found = {}
        for event, _ in scored:
            review = reviews.get(decided.get(event.event_id, ""))
            scored_at = event.received_at if review is None else review.scored_at
            opens = opens_at(caller, event.employee_id, scored_at, hours, event.occurred_at)
            if opens is not None and opens > now:
                found[event.event_id] = opens
        return found

    def opened(self, caller: Caller, after: Position, until: datetime, limit: int) -> list[Opening]:
        """Returns the first scores of calls that opened for the caller behind a position, up to a moment, in the order
        of their openings. There are more: such as were no analyst's, and have been open before."""
        hours = self._configuration.reviews().employee_first_hours
        if hours <= 0 or caller.role is None or caller.role in REVIEWERS:
            return []
        late = timedelta(hours=hours)
        found = self._ledger.received_up_to("field", until - late, limit, (after[0] - late, after[1]))
        return [Opening(event.received_at + late, event.event_id, event.employee_id) for event in found]

    def calls(self, caller: Caller, employee_id: str) -> set[Call]:
        """Returns the calls of a person whose scores are not open for the caller yet."""
        if not self._ever_closed(caller, employee_id):
            return set()
        first = self._clock.now() - timedelta(hours=self._configuration.reviews().employee_first_hours)
        events = self._ledger.received_since(employee_id, first, MOST_EVENTS)
        withheld = self.withheld(caller, events)
        return {(event.source, event.source_id) for event in events if event.event_id in withheld}

    def opens_all(self, caller: Caller, employee_id: str) -> datetime | None:
        """Returns when the last of a person's calls opens for the caller; None where all are open."""
        if not self._ever_closed(caller, employee_id):
            return None
        events = self._ledger.latest_of([employee_id], "field", MOST_CALLS).items
        return max(self.withheld(caller, events).values(), default=None)

    def opens_review(self, caller: Caller, employee_id: str, review_id: str) -> datetime | None:
        """Returns when what was decided about a call opens for the caller; None where it is open."""
        hours = self._configuration.reviews().employee_first_hours
        review = self._reviews.of_calls([review_id]).get(review_id)
        if hours <= 0 or review is None:
            return None
        return opens_at(caller, employee_id, review.scored_at, hours, review.happened_at)

    def _ever_closed(self, caller: Caller, employee_id: str) -> bool:
        now = self._clock.now()
        return opens_at(caller, employee_id, now, 1, now) is not None


def _review_id(event: Observed) -> str:
    return review_id_of(event.source, event.source_id, event.employee_id)
