"""Says in which time zone somebody works: as they chose, as their record has it, or where the organisation is."""

from __future__ import annotations

from datetime import tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def zone_in_force(*named: str | None, otherwise: tzinfo) -> tzinfo:
    """Returns the first zone that is named and exists. named: the most particular first; otherwise: where none is"""
    for name in named:
        if name:
            try:
                return ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                continue  # it was one when it was taken: databases of zones change
    return otherwise
