"""Takes in that a deal is nobody's: what was to be done for it is withdrawn."""

from __future__ import annotations

from datetime import datetime

from shared.deals.domain.deal import Released
from shared.enablement.records import DealPlan
from shared.enablement.usecases.assign_deal import TRIES, is_older
from shared.enablement.usecases.deal_store import DealStore
from shared.ports.ambient import Clock
from shared.ports.documents import Contended


class ReleaseDeal:
    """Releases deals."""

    def __init__(self, store: DealStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def release(self, deal_id: str, because: Released, told_at: datetime) -> bool:
        """Notes that a deal is nobody's; False for one that nobody knows, or that is known to be. Raises Retryable."""
        for _ in range(TRIES):
            done = self._once(deal_id, because, told_at)
            if done is not None:
                return done
        raise Contended("this deal is being told of by many at once")

    def _once(self, deal_id: str, because: Released, told_at: datetime) -> bool | None:
        found = self._store.deals.versioned(deal_id)
        if found is None or is_older(told_at, found.record):
            return False
        known = found.record
        if known.released == because:
            self._store.tell(known)
            return False
        record = known.changed(
            revision=known.revision + 1,
            told_at=told_at,
            received_at=self._clock.now(),
            content=None,
            snapshot=None,
            risk=None,
            released=because,
        )
        nothing = DealPlan(
            deal_id=deal_id, revision=record.revision, assignment=None, manager_message=None, unmapped=()
        )
        if not self._store.write(record, nothing, over=found.stamp):
            return None
        self._store.tell(record)
        return True
