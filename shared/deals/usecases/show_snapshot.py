"""Shows what somebody's skills were when a deal became theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.deals.records import DealRecords, SnapshotSkill
from shared.deals.wire.salesforce_ids import one_deal_id
from shared.kernel.access import Caller
from shared.kernel.errors import NotFound
from shared.kernel.reading import is_document_name
from shared.people.usecases.open_profile import OpenProfile

if TYPE_CHECKING:
    from shared.deals.contract import SkillSnapshotView, SnapshotSkillView


class ShowSnapshot:
    """Reads snapshots."""

    def __init__(self, deals: DealRecords, opening: OpenProfile) -> None:
        self._deals = deals
        self._opening = opening

    def show(self, caller: Caller, deal_id: str, employee_id: str | None = None) -> SkillSnapshotView:
        """Returns the snapshot of whoever works on a deal, or of another who did, for who may see their profile.

        Raises NotFound, Forbidden.
        """
        from shared.deals.contract import SkillSnapshotView, SnapshotGapView

        deal_id = one_deal_id(deal_id)
        deal = self._deals.get(deal_id) if is_document_name(deal_id) else None
        if deal is None:
            raise NotFound(f"there is no deal {deal_id[:80]!r}", field="deal_id")
        # Whoever asks may know the person by an id of before.
        person = self._opening.open(caller, employee_id or deal.employee_id, page="deal snapshot").employee_id
        found = self._deals.snapshot(deal_id, person)
        if found is None:
            raise NotFound(f"{person[:80]!r} has not been assigned to the deal", field="employee_id")
        return SkillSnapshotView(
            snapshot_id=found.snapshot_id,
            deal_id=found.deal_id,
            employee_id=found.employee_id,
            created_at=found.created_at,
            skill_ratings=[_skill_view(one) for one in found.skills],
            overall_readiness_score=found.score,
            interval_low=found.low,
            interval_high=found.high,
            readiness=found.tier,
            skills_known=found.known,
            gaps_identified=[SnapshotGapView.model_validate(one, from_attributes=True) for one in found.gaps],
        )


def _skill_view(one: SnapshotSkill) -> SnapshotSkillView:
    from shared.deals.contract import SnapshotSkillView

    return SnapshotSkillView(
        competency=one.competency,
        context=one.context,
        rated_in=one.rated_in,
        context_match=one.context_match,
        rating=one.rating,
        interval_low=one.low,
        interval_high=one.high,
        confidence=one.confidence,
    )
