"""Shows how the integrations are, what waits, and what could not be delivered."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from functions.portal.shell import words
from functions.portal.shell.visit import Page, PageOrRedirect, Visit
from infra.wiring.environment import Environment
from infra.wiring.operations import operations

if TYPE_CHECKING:
    from shared.operations.contract import HealthAnswer
    from shared.operations.usecases.waiting import Waiting

STATES = {"ok": "Healthy", "stale": "Stale", "failing": "Failing", "not_configured": "Not set up"}
"""How an integration is, in words."""
ORDER = ("failing", "stale", "not_configured", "ok")


def show_health(on: Environment, visit: Visit) -> PageOrRedirect:
    """Shows the last check with its age, and live counts of what waits for a person."""
    use_cases = operations(on)
    return present(use_cases.health.latest(visit.caller), use_cases.waiting.count(visit.caller), visit.now)


def present(latest: HealthAnswer, waiting: Waiting, now: datetime) -> Page:
    verdict, tone = _verdict(latest, waiting.dead_letters)
    variables = {
        "latest": latest,
        "waiting": waiting,
        "now": now,
        "verdict": verdict,
        "tone": tone,
        "states": STATES,
        "integrations": sorted(latest.integrations, key=lambda item: (ORDER.index(item.state), item.name)),
        "queued": sum(item.waiting for item in waiting.backlogs or ()),
    }
    return Page("health/health.html", variables, "health")


def _verdict(latest: HealthAnswer, dead_letters: int) -> tuple[str, str]:
    """Returns the page's headline and its tone."""
    failing = sum(item.state == "failing" for item in latest.integrations)
    stale = sum(item.state == "stale" for item in latest.integrations)
    if latest.checked_at is None:
        return "Nothing has been checked yet.", "attention"
    if latest.state == "unknown":
        return "The health check itself is late.", "attention"
    if failing:
        return f"{words.count(failing, 'integration')} failing.", "danger"
    parts = []
    if stale:
        parts.append(f"{words.count(stale, 'integration')} stale")
    if dead_letters:
        parts.append(f"{words.count(dead_letters, 'message')} undelivered")
    return (f"Running, with {' and '.join(parts)}.", "attention") if parts else ("Everything is running.", "accent")
