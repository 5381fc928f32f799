"""Decides when a delivery is tried again, and when a subscription has failed for long enough."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

DELAYS: Final = (
    timedelta(seconds=5),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
)
"""Between attempts: nine within about 32 hours, so that a receiver may be away for a day."""
JITTER: Final = 0.2
"""Share of a delay by which it is longer or shorter, so that what failed together does not come back together."""
LONGEST_ASKED: Final = timedelta(hours=6)
"""How long a receiver may ask to be left alone with Retry-After."""
PAUSED_AFTER: Final = timedelta(days=3)
"""A subscription whose every delivery has failed for so long is paused."""
OVERLAP: Final = timedelta(hours=24)
"""How long the secret before the newest signs, too."""


def next_attempt(
    delivery_id: str, tries: int, now: datetime, retry_after_seconds: float | None = None
) -> datetime | None:
    """Returns when a delivery that has failed `tries` times is tried again; None when it is given up."""
    if not 1 <= tries <= len(DELAYS):
        return None
    delay = DELAYS[tries - 1] * (1 + JITTER * _between(delivery_id, tries))
    asked = min(timedelta(seconds=max(retry_after_seconds or 0.0, 0.0)), LONGEST_ASKED)
    return now + max(delay, asked)


def is_failing_for_long(failing_since: datetime | None, now: datetime) -> bool:
    """Tells whether nothing has arrived for so long that the subscription is paused."""
    return failing_since is not None and now - failing_since >= PAUSED_AFTER


def soon(delivery_id: str, looks: int, now: datetime) -> datetime:
    """Returns when a delivery looks again for a free place at its receiver: within seconds, spread, later each time."""
    seconds = min(2.0 * 2 ** min(looks, 6), 60.0)
    return now + timedelta(seconds=seconds * (1 + 0.5 * _between(delivery_id, looks)))


def _between(text: str, number: int) -> float:
    """Returns a number from -1 to 1 that depends on nothing else: the same attempt is always as late."""
    first = int.from_bytes(sha256(f"{text}.{number}".encode()).digest()[:8], "big")
    return first / 2**63 - 1
