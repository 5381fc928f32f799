"""Writes a deal and what follows from it in one commit, and tells of it."""

from __future__ import annotations

from datetime import date
from typing import Final

from shared.deals.records import DealRecord, DealRecords
from shared.enablement.messages import DealChanged
from shared.enablement.records import DealPlan, DealPlans, TrialRecords
from shared.enablement.usecases.pipeline_deals import risk_bounds
from shared.ports.documents import AlreadyExists, Documents, PreconditionFailed, Write
from shared.ports.messages import Bus, Message

TOPIC: Final = "deal-changed"


class DealStore:
    """Reads and writes deals with their plans."""

    def __init__(self, documents: Documents, bus: Bus) -> None:
        self._documents = documents
        self._bus = bus
        self.deals = DealRecords(documents)
        self.plans = DealPlans(documents)
        self.trials = TrialRecords(documents)

    def write(self, record: DealRecord, plan: DealPlan, *also: Write, over: str | None) -> bool:
        """Writes a deal and its plan, and the snapshot of who is assigned to it for the first time.

        also: what belongs to the same commit. over: the stamp of what is replaced; None for a new deal. False where
        another telling was faster.
        """
        writes: list[Write] = [DealRecords.written(record, over=over), DealPlans.written(plan), *also]
        if record.snapshot is not None and self.deals.snapshot(record.deal_id, record.employee_id) is None:
            writes.append(DealRecords.snapshot_written(record.snapshot))
        try:
            self._documents.commit(writes)
        except (AlreadyExists, PreconditionFailed):
            return False
        return True

    def tell(self, record: DealRecord) -> None:
        """Publishes that a deal changed. Raises Retryable: whoever told of the deal tells it again."""
        self._bus.publish(TOPIC, [Message(_fact(record).model_dump(mode="json"))])

    def tell_again(self, deal_id: str | None) -> None:
        """Publishes a deal as it is, since something about its preparation changed: by its revision whoever has that
        already knows it for the same. None: what changed is for no deal. Raises Retryable."""
        record = None if deal_id is None else self.deals.get(deal_id)
        if record is not None:
            self.tell(record)


def _fact(record: DealRecord) -> DealChanged:
    least, most = risk_bounds(record)
    snapshot, risk, outcome, meeting = record.snapshot, record.risk, record.outcome, record.deal.meeting
    return DealChanged(
        deal_id=record.deal_id,
        revision=record.revision,
        employee_id=record.employee_id,
        received_at=record.received_at,
        stage=record.deal.stage,
        stage_since=record.stages[-1].at,
        closed=outcome.closed if outcome else None,
        closed_on=date.fromisoformat(outcome.closed_on) if outcome and outcome.closed_on else None,
        released=record.released,
        context={name: values[0] for name, values in record.context.items()},
        value=record.deal.value,
        currency=record.deal.currency,
        meeting_at=meeting.at if meeting else None,
        readiness_score=snapshot.score if snapshot else None,
        readiness_low=snapshot.low if snapshot else None,
        readiness_high=snapshot.high if snapshot else None,
        readiness=snapshot.tier if snapshot else None,
        risk=risk.overall_risk if risk else None,
        risk_least=least,
        risk_most=most,
        gaps=len(snapshot.gaps) if snapshot else 0,
    )
