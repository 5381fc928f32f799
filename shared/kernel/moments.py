"""Moments as people and machines read them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import overload


@overload
def text(moment: datetime) -> str: ...
@overload
def text(moment: None) -> None: ...
def text(moment: datetime | None) -> str | None:
    """Returns a moment with a time zone as ISO 8601 in UTC (`2026-02-10T14:30:00Z`); None stays None."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def milliseconds(moment: datetime) -> int:
    """Returns a moment in whole milliseconds since 1970-01-01 UTC."""
    return round(moment.replace(microsecond=0).timestamp()) * 1000 + moment.microsecond // 1000
