"""The employee sees a call's scores first: which of an analyst's observations are not open for a caller yet.

Whoever reads single observations (histories, activity, the points behind a rating) asks here. A rating itself is open
at once (docs/decisions/2026-11-25-who-sees-a-score-first.md).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import Caller
from shared.kernel.ids import review_id_of
from shared.ports.ambient import Clock
from shared.ports.documents import Document, Documents, Query, Where
from shared.privacy.domain.visibility import REVIEWERS, opens_at

Call = tuple[str, str]
"""(source, source id)."""

FIELDS = ("event_id", "employee_id", "kind", "source", "source_id", "received_at", "message")
"""What of an event's document `withheld` reads."""
MOST_CALLS = 200
"""How many of a person's newest calls are looked through for those that are not open yet."""


class FirstSight:
    """Tells what is withheld, and until when."""

    def __init__(self, documents: Documents, configuration: Configuration, clock: Clock) -> None:
        self._documents = documents
        self._configuration = configuration
        self._clock = clock

    def withheld(self, caller: Caller, events: Iterable[Document]) -> dict[str, datetime]:
        """Of some events' documents those whose scores are not open for the caller yet: event id → when they open.

        A person's decision on a call opens with the call's analysis. Costs a read per decision of the last hours.
        """
        hours = self._configuration.reviews().employee_first_hours
        if hours <= 0 or caller.role is None or caller.role in REVIEWERS:
            return {}
        now = self._clock.now()
        young = [
            (event, json.loads(event.data["message"]))
            for event in events
            if event.data["kind"] == "field" and event.data["received_at"] + timedelta(hours=hours) > now
        ]
        scored = {event.id: event.data["received_at"] for event, message in young if message.get("scorer")}
        decided = {event.id: _review_path(event) for event, message in young if event.id in scored and message["human"]}
        reviews = self._documents.get_many(sorted(set(decided.values())))
        for event_id, path in decided.items():
            if path in reviews:
                scored[event_id] = reviews[path].data["scored_at"]
        found = {}
        for event, _ in young:
            if event.id in scored:
                opens = opens_at(caller, event.data["employee_id"], scored[event.id], hours)
                if opens is not None and opens > now:
                    found[event.id] = opens
        return found

    def calls(self, caller: Caller, employee_id: str) -> set[Call]:
        """The calls of a person whose scores are not open for the caller yet."""
        if opens_at(caller, employee_id, self._clock.now(), 1) is None:
            return set()
        events = self._documents.query(
            Query(
                "events",
                where=[Where("employee_id", "==", employee_id), Where("kind", "==", "field")],
                order_by=[("occurred_at", "desc")],
                limit=MOST_CALLS,
                fields=FIELDS,
            )
        )
        withheld = self.withheld(caller, events)
        return {(event.data["source"], event.data["source_id"]) for event in events if event.id in withheld}


def _review_path(event: Document) -> str:
    data = event.data
    return f"reviews/{review_id_of(data['source'], data['source_id'], data['employee_id'])}"
