"""Says what a CRM's record shows of how a deal is prepared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Protocol

NOTHING_OPEN = "Nothing open"


class _Activity(Protocol):
    @property
    def minutes(self) -> int: ...
    @property
    def done_at(self) -> datetime | None: ...


class Prepared(Protocol):
    """Holds what somebody is to do for a deal."""

    @property
    def activities(self) -> Sequence[_Activity]: ...
    @property
    def due_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Shown:
    """How ready somebody is for a deal, and what is open. All None: the deal is nobody's"""

    readiness: int | None = None
    tier: str | None = None
    open_preparation: str | None = None

    @classmethod
    def of(cls, score: float, tier: str, prepared: Prepared | None, zone: tzinfo) -> Shown:
        """Returns what is shown of a deal that is somebody's. score: 0-100; zone: where that person is"""
        left = [one for one in prepared.activities if one.done_at is None] if prepared else []
        if prepared is None or not left:
            return cls(round(score), tier.capitalize(), NOTHING_OPEN)
        minutes, due = sum(one.minutes for one in left), prepared.due_at.astimezone(zone)
        return cls(round(score), tier.capitalize(), f"{len(left)} open, {minutes} minutes, due {due:%Y-%m-%d}")


@dataclass(frozen=True, slots=True)
class ShownFields:
    """Names the fields of the deal's record; None: it has no such field."""

    readiness: str | None = None
    tier: str | None = None
    open_preparation: str | None = None

    @property
    def any(self) -> bool:
        """Tells whether anything is shown at all."""
        return any((self.readiness, self.tier, self.open_preparation))

    def of(self, shown: Shown) -> dict[str, str | int | None]:
        """Returns what the fields should hold."""
        pairs = (
            (self.readiness, shown.readiness),
            (self.tier, shown.tier),
            (self.open_preparation, shown.open_preparation),
        )
        return {name: value for name, value in pairs if name}
