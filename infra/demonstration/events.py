"""Gives the shape of what the demonstration sends."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from shared.kernel.json_values import JsonObject


class Event(NamedTuple):
    """One request: the path to post to, and the body as JSON values."""

    path: str
    body: JsonObject

    @property
    def event_id(self) -> str:
        return str(self.body.get("event_id") or self.body.get("observation_id") or self.body["activity_id"])


def when(event: Event) -> str:
    """Returns the event's time, ISO 8601 in UTC: it sorts as text."""
    return str(event.body.get("timestamp") or event.body["started_at"])


def iso(moment: datetime) -> str:
    """Writes a moment as the interface takes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
