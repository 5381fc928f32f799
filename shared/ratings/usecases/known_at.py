"""Projects people as of what the platform knew at an earlier moment: what was shown then.

`as_of` asks what was true on a day, by all that is known today; `known_at` asks what was known. Both together ask what
was known about a day at a moment, which is never before that day.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from shared.kernel.errors import Rejected
from shared.platform.records.kept_since import KeptSince
from shared.ports.ambient import Clock
from shared.ratings.usecases.project_person import ProjectPerson

DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)


class KnownAt:
    """Knows since when it can be asked. project: projects people by what was known at a moment"""

    def __init__(self, kept: KeptSince, clock: Clock, project: Callable[[datetime], ProjectPerson]) -> None:
        self._kept = kept
        self._clock = clock
        self._project = project

    def projecting(self, given: str) -> ProjectPerson:
        """Returns what projects people by what was known at a moment, or at the end of a day. Raises Rejected."""
        now, since = self._clock.now(), self._kept.moment()
        moment = _moment(given, now)
        if moment > now:
            raise Rejected(f"known_at: {given[:40]} is in the future", field="known_at")
        if since is None:
            raise Rejected("known_at: what was known is not kept yet; it is from the coming night on", field="known_at")
        if moment < since:
            raise Rejected(
                f"known_at: {given[:40]} is before {since.isoformat(timespec='seconds')}, since when what was known "
                "is kept; as_of has no such limit",
                field="known_at",
            )
        return self._project(moment)


def _moment(given: str, now: datetime) -> datetime:
    """Reads a moment, or a day, which means its end, and of today the present. Raises Rejected."""
    text = given.replace(" ", "+") if "T" in given else given  # a plus sign that was not encoded
    try:
        if "T" not in text:
            day = date.fromisoformat(text)
            return now if day == now.date() else datetime.combine(day, time(), UTC) + DAY - INSTANT
        moment = datetime.fromisoformat(text)
        known = moment.astimezone(UTC) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):  # no date, or one that lies beyond the year 9999 in UTC
        known = None
    if known is None:
        raise Rejected(
            f"known_at: {given[:40]!r} is neither a moment with its time zone, e.g. 2026-12-01T09:00:00Z, nor a day",
            field="known_at",
        )
    return known
