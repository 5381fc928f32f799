"""Notices two observations that are perhaps of one call, where no id says so: neither is left out for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

WITHIN: Final = timedelta(minutes=10)
"""Two systems note a call's scheduled and its actual begin; two calls with one customer rarely begin so close."""


@dataclass(frozen=True, slots=True)
class SeenCall:
    """Holds what is known of a call. at: in seconds since 1970; deal_id, account: as far as they are known"""

    at: int
    source: str
    source_id: str
    deal_id: str | None
    account: str | None

    def is_perhaps(self, other: SeenCall) -> bool:
        """Tells whether both are perhaps one call: of different sources, minutes apart, with one customer."""
        if self.source == other.source or abs(self.at - other.at) > WITHIN.total_seconds():
            return False
        if self.deal_id and other.deal_id:
            return self.deal_id == other.deal_id
        return bool(self.account and other.account) and _name(self.account) == _name(other.account)


def perhaps_the_same(call: SeenCall, others: Iterable[SeenCall]) -> list[str]:
    """Returns a sentence for each of some calls that is perhaps the same as one, in order."""
    found = sorted({(one.source, one.source_id) for one in others if call.is_perhaps(one)})
    return [
        f"source_id: perhaps the same call as {source[:60]} {source_id[:60]}, which counts besides: same customer, at "
        f"most {WITHIN.seconds // 60} minutes apart. If it is, make one of them void (POST /api/v1/voids), and send "
        "the recorder's id of a call as `recording`"
        for source, source_id in found
    ]


def _name(account: str | None) -> str:
    return " ".join((account or "").casefold().split())
