"""A clock that shows what it is told."""

from __future__ import annotations

from datetime import UTC, date, datetime, time


class StoppedClock:
    def __init__(self, day: date = date(2026, 11, 25)):
        self.set(day)

    def set(self, day: date) -> None:
        self._now = datetime.combine(day, time(8), tzinfo=UTC)

    def now(self) -> datetime:
        return self._now
