"""Narrows a history of events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.observations.domain.observation import EventStanding, Kind


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Names what an event must be. competency: that it scores; since: from then on; until: before then"""

    kind: Kind | None = None
    source: str | None = None
    standing: EventStanding | None = None
    competency: str | None = None
    since: datetime | None = None
    until: datetime | None = None
