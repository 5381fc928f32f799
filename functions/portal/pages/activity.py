"""What happened lately, and where everybody stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from functions.portal.shell import figures, words


@dataclass(frozen=True)
class Item:
    """One accepted event of one person. result: `validated`, `held` … or empty; scores: (competency's name, points)."""

    event_id: str
    at: datetime
    kind: str
    activity: str
    source: str
    employee_id: str
    employee: str
    scores: tuple[tuple[str, float | None], ...] = ()
    overall: float | None = None
    passed: bool | None = None
    standing: str = "counted"


@dataclass(frozen=True)
class Breakdown:
    """How many skills (one per person and core competency) stand where."""

    validated: int
    in_progress: int
    expired: int
    gap: int


@dataclass(frozen=True)
class Activity:
    scope: str
    now: datetime
    breakdown: Breakdown
    items: tuple[Item, ...] = ()
    kind: str = "validation"
    more: str | None = None


def present(view: Activity) -> Mapping[str, Any]:
    parts = (
        ("validated", view.breakdown.validated),
        ("in_progress", view.breakdown.in_progress),
        ("expired", view.breakdown.expired),
        ("gap", view.breakdown.gap),
    )
    total = sum(number for _, number in parts)
    return {
        "view": view,
        "segments": figures.stacked(parts),
        "parts": [
            {"name": name, "number": number, "share": words.percent(number / total) if total else "0"}
            for name, number in parts
        ],
        "total": total,
        "described": ", ".join(f"{number} {words.STATUS[name].lower()}" for name, number in parts),
    }
