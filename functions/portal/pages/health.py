"""How the integrations are, what waits, and what could not be delivered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from functions.portal.shell import words


@dataclass(frozen=True)
class Integration:
    """One integration at its last check. state: healthy, stale, failing or unknown; last_event_at: its newest."""

    name: str
    state: str
    detail: str
    checked_at: datetime | None = None
    last_event_at: datetime | None = None


@dataclass(frozen=True)
class Backlog:
    """A subscription or queue: how many wait, and since when the oldest one does."""

    name: str
    waiting: int
    oldest_seconds: float | None = None


@dataclass(frozen=True)
class Health:
    """checked_at: when the health check last ran, None when never; the counts are live.

    counts_backlog: the platform tells what waits; capped: there are more held or quarantined than counted
    """

    now: datetime
    checked_at: datetime | None
    integrations: tuple[Integration, ...] = ()
    backlogs: tuple[Backlog, ...] = ()
    dead_letters: int = 0
    quarantined: int = 0
    held: int = 0
    counts_backlog: bool = True
    capped: bool = False


STATES = {"healthy": "Healthy", "stale": "Stale", "failing": "Failing", "unknown": "Not set up"}
LATE = timedelta(minutes=45)
"""Three missed checks: the check itself then counts as stale."""


def present(view: Health) -> Mapping[str, Any]:
    failing = [item for item in view.integrations if item.state == "failing"]
    stale = [item for item in view.integrations if item.state == "stale"]
    if view.checked_at is None:
        verdict, tone = "Nothing has been checked yet.", "attention"
    elif failing:
        verdict, tone = f"{words.count(len(failing), 'integration')} failing.", "danger"
    elif view.now - view.checked_at > LATE:
        verdict, tone = "The health check itself is late.", "attention"
    elif stale or view.dead_letters:
        parts = []
        if stale:
            parts.append(f"{words.count(len(stale), 'integration')} stale")
        if view.dead_letters:
            parts.append(f"{words.count(view.dead_letters, 'message')} undelivered")
        verdict, tone = f"Running, with {' and '.join(parts)}.", "attention"
    else:
        verdict, tone = "Everything is running.", "accent"
    order = {"failing": 0, "stale": 1, "unknown": 2, "healthy": 3}
    return {
        "view": view,
        "verdict": verdict,
        "tone": tone,
        "states": STATES,
        "integrations": sorted(view.integrations, key=lambda item: (order.get(item.state, 4), item.name)),
        "waiting": sum(item.waiting for item in view.backlogs),
    }
