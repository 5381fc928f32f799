"""Takes in how far a deal is and what came of it; a deal that is closed needs no preparation any more."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Literal

from shared.deals.domain.deal import Deal, closed_by, replaced
from shared.deals.records import DealRecord, Outcome, StageTimes
from shared.enablement.records import DealPlan
from shared.enablement.usecases.assign_deal import TRIES, check_told_at, is_older
from shared.enablement.usecases.deal_store import DealStore
from shared.kernel.access import Caller, require
from shared.kernel.ids import digest
from shared.people.records import EmployeeRecords
from shared.ports.ambient import Clock
from shared.ports.documents import Contended

if TYPE_CHECKING:
    from shared.deals.contract import DealOutcomeAnswer, DealOutcomeBody


class RecordOutcome:
    """Takes outcomes in."""

    def __init__(self, store: DealStore, employees: EmployeeRecords, clock: Clock) -> None:
        self._store = store
        self._employees = employees
        self._clock = clock

    def record(self, caller: Caller, body: DealOutcomeBody) -> DealOutcomeAnswer:
        """Returns what is known of the deal now. Raises Forbidden, Retryable."""
        require(caller, "deals.write")
        check_told_at(body.told_at, self._clock.now())
        # Who closed a deal and has left since closed it all the same.
        person = self._employees.present_id(body.employee_id)
        return self.take_in(person, body, StageTimes())

    def take_in(self, person: str, body: DealOutcomeBody, times: StageTimes) -> DealOutcomeAnswer:
        """Returns what is known of the deal after what the platform has read itself. Raises Retryable."""
        for _ in range(TRIES):
            answer = self._once(person, body, times)
            if answer is not None:
                return answer
        raise Contended("this deal is being told of by many at once")

    def _once(self, person: str, body: DealOutcomeBody, times: StageTimes) -> DealOutcomeAnswer | None:
        found = self._store.deals.versioned(body.deal_id)
        known = found.record if found else None
        told_of = body.model_dump_json(exclude={"told_at", "employee_id"})
        content = digest("outcome", told_of, *times.told)
        same = known is not None and known.outcome_content == content and known.released is None
        if known is not None and (same or is_older(body.told_at, known)):
            if same:
                self._store.tell(known)
            return _answer(known, superseded=not same, duplicate=same)
        now = self._clock.now()
        stages = times.stages(known, body.stage, body.told_at or now)
        record = _told(known, person, body, now).changed(outcome_content=content, stages=stages, released=None)
        plan = self._store.plans.get(body.deal_id) if known else None
        following = DealPlan(
            deal_id=record.deal_id,
            revision=record.revision,
            assignment=plan.assignment if plan and record.is_open else None,
            manager_message=plan.manager_message if plan and record.is_open else None,
            unmapped=plan.unmapped if plan else (),
        )
        if not self._store.write(record, following, over=found.stamp if found else None):
            return None
        self._store.tell(record)
        return _answer(record)


def _told(known: DealRecord | None, person: str, body: DealOutcomeBody, now: datetime) -> DealRecord:
    outcome = Outcome(
        closed=_closed(body),
        closed_on=_day(body.close_date),
        lost_because=body.closed_lost_reason,
        demo_calls=body.demo_calls_conducted,
        deep_dives=body.technical_deep_dives,
        poc_delivered=body.poc_delivered,
    )
    told_at = body.told_at or (known.told_at if known else None)
    if known is not None:
        deal = _replaced(known.deal, body)
        return known.changed(
            revision=known.revision + 1,
            told_at=told_at,
            received_at=now,
            deal=deal,
            outcome=outcome,
            content=None if deal != known.deal or outcome.closed else known.content,
        )
    return DealRecord(
        deal_id=body.deal_id,
        employee_id=person,
        revision=1,
        told_at=told_at,
        received_at=now,
        content=None,
        deal=_replaced(Deal(body.deal_id, body.account_name, body.opportunity_name, body.stage), body),
        context={},
        stages=(),
        number=1,
        outcome=outcome,
        snapshot=None,
        risk=None,
    )


def _replaced(deal: Deal, body: DealOutcomeBody) -> Deal:
    """Returns a deal as an outcome tells it; what it does not say stays."""
    return Deal(
        deal_id=deal.deal_id,
        account=body.account_name,
        name=body.opportunity_name,
        stage=body.stage,
        words=replaced(deal.words, body.words),
        value=deal.value if body.deal_value is None else body.deal_value,
        currency=deal.currency if body.deal_value is None else body.currency,
        meeting=deal.meeting,
    )


def _closed(body: DealOutcomeBody) -> Literal["won", "lost"] | None:
    return "won" if body.closed_won else closed_by(body.stage)


def _day(when: datetime | date | None) -> str | None:
    day = when.astimezone(UTC).date() if isinstance(when, datetime) else when
    return None if day is None else day.isoformat()


def _answer(record: DealRecord, *, superseded: bool = False, duplicate: bool = False) -> DealOutcomeAnswer:
    from shared.deals.contract import DealOutcomeAnswer

    return DealOutcomeAnswer(
        deal_id=record.deal_id,
        revision=record.revision,
        status="superseded" if superseded else "accepted",
        duplicate=duplicate,
        closed=record.outcome.closed if record.outcome else None,
    )
