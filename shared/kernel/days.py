"""Counts days and moments as whole numbers since 1970-01-01 UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

EPOCH = date(1970, 1, 1)
SECONDS_PER_DAY = 86_400


def day_of(moment: datetime) -> int:
    """Returns whole UTC days since 1970-01-01."""
    return int(moment.timestamp()) // SECONDS_PER_DAY


def date_of(day: int | None) -> date | None:
    """Returns a day number as a date."""
    return None if day is None else EPOCH + timedelta(days=day)


def moment_of(seconds: int | None) -> datetime | None:
    """Returns seconds since 1970-01-01 UTC as a moment."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
