"""Decides when something is sent: quiet hours, the daily summary, and when to try again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from hashlib import sha256
from typing import Final

DELAYS: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
)
"""Between attempts: seven within about 20 hours. Later a mail about a meeting would come after it."""
JITTER: Final = 0.2
LONGEST_ASKED: Final = timedelta(hours=6)
"""How long the other side may ask to be left alone."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Says when somebody may be disturbed. quiet: from when until when not, None for never; daily: of the summary"""

    zone: tzinfo
    quiet: tuple[time, time] | None
    daily: time

    def awake(self, now: datetime) -> datetime:
        """Returns the first moment from now on that is not in quiet hours."""
        if self.quiet is None:
            return now
        begin, end = self.quiet
        here = now.astimezone(self.zone)
        at = here.time().replace(tzinfo=None)
        asleep = begin <= at < end if begin <= end else at >= begin or at < end
        if not asleep:
            return now
        day = here.date() if at < end else here.date() + timedelta(days=1)
        return max(now, datetime.combine(day, end, self.zone).astimezone(now.tzinfo))

    def summary(self, now: datetime) -> datetime:
        """Returns when the next daily summary is due, later than now."""
        here = now.astimezone(self.zone)
        for days in (0, 1, 2):
            due = datetime.combine(here.date() + timedelta(days=days), self.daily, self.zone).astimezone(now.tzinfo)
            if due > now:
                return due
        raise AssertionError("one of three days is later than now")


def again_at(name: str, tries: int, now: datetime, asked_seconds: float | None = None) -> datetime | None:
    """Returns when what has failed `tries` times is tried again; None when it is given up.

    asked_seconds: how long the other side wants to be left alone
    """
    if not 1 <= tries <= len(DELAYS):
        return None
    first = int.from_bytes(sha256(f"{name}.{tries}".encode()).digest()[:8], "big")
    delay = DELAYS[tries - 1] * (1 + JITTER * (first / 2**63 - 1))
    return now + max(delay, min(timedelta(seconds=max(asked_seconds or 0.0, 0.0)), LONGEST_ASKED))
