"""Names what can be subscribed to, and what its owner needs for it."""

from __future__ import annotations

from typing import Final, Literal

from shared.kernel.access import Permission

EventType = Literal["skill.changed", "discrepancy.changed", "review.decided"]

TEST_EVENT: Final = "webhook.test"
"""The type of an event that somebody sends to see whether it arrives."""

NEEDED: Final[dict[EventType, Permission]] = {
    "skill.changed": "profile.read",
    "discrepancy.changed": "profile.read",
    "review.decided": "reviews.read",
}
"""A webhook tells nobody what the API would not show."""
