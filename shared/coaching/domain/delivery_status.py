"""Merges what WhatsApp tells of a message of ours: read over delivered over sent, and failed over all.

Statuses come in any order, twice, and before we know the message's id ourselves. The merge is a least upper bound, so
every order and duplication gives the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.coaching.domain.inbound import Category, Status, StatusUpdate

RANK: Final[dict[Status, int]] = {"sent": 0, "delivered": 1, "read": 2, "failed": 3}


@dataclass(frozen=True, slots=True)
class DeliveryStatus:
    """Holds what is known of a message of ours.

    at:         of the status, when it was first true
    error_code: of a failure; where several were told, the earliest, of these the smallest
    category:   what it was charged as
    """

    status: Status
    at: datetime
    error_code: int | None = None
    category: Category | None = None

    def joined(self, other: DeliveryStatus) -> DeliveryStatus:
        """Returns what both tell together."""
        high = min((self, other), key=lambda one: (-RANK[one.status], one.at, _number(one.error_code)))
        told: list[Category] = [one for one in (self.category, other.category) if one is not None]
        category = max(told, default=None)
        return DeliveryStatus(high.status, high.at, high.error_code, category)


def of_update(update: StatusUpdate) -> DeliveryStatus:
    """Returns what one update tells."""
    code = update.error_code if update.status == "failed" else None
    return DeliveryStatus(update.status, update.at, code, update.category)


def merged(updates: Iterable[StatusUpdate]) -> dict[str, DeliveryStatus]:
    """Returns what a set of updates tells, by message."""
    known: dict[str, DeliveryStatus] = {}
    for one in updates:
        told = of_update(one)
        known[one.wamid] = known[one.wamid].joined(told) if one.wamid in known else told
    return known


def _number(code: int | None) -> int:
    return -1 if code is None else code
