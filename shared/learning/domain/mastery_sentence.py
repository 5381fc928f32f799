"""Says in a sentence or two how far a learner is in a competency, and how sure that is."""

from __future__ import annotations

from datetime import date
from typing import Final

from shared.learning.domain.estimate import Estimate
from shared.learning.domain.mastery import Mastery

SEEN: Final = frozenset({"skill", "behaviour"})
"""Categories that people see, and no answer shows."""
_BEGINS: Final = {
    "not_safe": "Not safe yet",
    "not_started": "Not started",
    "in_progress": "In progress",
    "fading": "Was shown, and is fading",
    "expired": "Was shown, and counts no more",
    "shown": "Shown",
}


def sentence(one: Mastery, gateway: date | None) -> str:
    """Returns how far a learner is. gateway: the day on which they are assessed; None while there is none"""
    parts = [_BEGINS[one.attained] + _since(one) + "."]
    if one.unsafe:
        parts.append(f"{_counted(len(one.unsafe), 'question')} about hazards must be known surely, whatever else is.")
    if one.recall is not None:
        answered = f"{one.seen} of {_counted(one.questions, 'question')} answered"
        would = f"{answered}: about {_percent(one.recall)} would be right today"
        later = one.recall_at_gateway
        parts.append(
            would + (f", on {_day(gateway)} about {_percent(later)}." if later is not None and gateway else ".")
        )
    elif one.questions:
        parts.append(f"None of {_counted(one.questions, 'question')} is answered yet.")
    if one.category in SEEN:
        parts.append(f"{_counted(one.field, 'observation')} by people who saw it; answers show none of it.")
    return " ".join(parts)


def _since(one: Mastery) -> str:
    return f" since {_day(one.shown_on)}" if one.attained == "shown" and one.shown_on is not None else ""


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _percent(one: Estimate) -> str:
    return f"{one.value * 100:.0f} % ({one.low * 100:.0f} to {one.high * 100:.0f})"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
