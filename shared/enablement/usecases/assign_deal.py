"""Takes in that a deal is somebody's, and answers what follows from it.

One deal, one record: the same telling again is a repetition, an older one (by the CRM's own time) changes nothing, any
other replaces what was told. What follows is planned here and committed with the deal; `jit_trigger` carries it out.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from shared.deals.domain.deal import Attendee, Deal, Meeting
from shared.deals.records import DealRecord, StageTimes
from shared.enablement.records import DealPlan, TrialRecords
from shared.enablement.usecases.deal_store import DealStore
from shared.enablement.usecases.plan_preparation import Lot, Planned, PlanPreparation, Telling
from shared.enablement.usecases.views import answer_of
from shared.kernel.access import Caller, require
from shared.kernel.errors import NotFound
from shared.kernel.ids import digest
from shared.people.records import Employee, EmployeeRecords
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock
from shared.ports.documents import Contended

if TYPE_CHECKING:
    from shared.deals.contract import DealAssignmentBody
    from shared.enablement.contract import DealAssignmentAnswer

TRIES: Final = 5
"""Of a telling, where others about the same deal come at the same moment."""


class AssignDeal:
    """Takes assignments in."""

    def __init__(
        self, store: DealStore, employees: EmployeeRecords, planning: PlanPreparation, audit: Audit, clock: Clock
    ) -> None:
        self._store = store
        self._employees = employees
        self._planning = planning
        self._audit = audit
        self._clock = clock

    def assign(self, caller: Caller, body: DealAssignmentBody) -> DealAssignmentAnswer:
        """Returns what follows. Raises Forbidden, NotFound for who is no active employee, Retryable."""
        require(caller, "deals.write")
        employee = active(self._employees, body.employee_id)
        # The answer says what the person can and cannot do.
        self._audit.read(caller, AuditAction.PROFILE_VIEWED, [employee.employee_id], detail="deal assignment")
        return self.take_in(employee, body, StageTimes())

    def take_in(self, employee: Employee, body: DealAssignmentBody, times: StageTimes) -> DealAssignmentAnswer:
        """Returns what follows from what the platform has read itself. Raises Retryable."""
        for _ in range(TRIES):
            answer = self._once(employee, body, times)
            if answer is not None:
                return answer
        raise Contended("this deal is being told of by many at once")

    def _once(self, employee: Employee, body: DealAssignmentBody, times: StageTimes) -> DealAssignmentAnswer | None:
        found = self._store.deals.versioned(body.deal_id)
        known = found.record if found else None
        told_of = body.model_dump_json(exclude={"told_at", "employee_id"})
        content = digest("deal", told_of, *times.told)
        theirs = known is not None and known.employee_id == employee.employee_id
        same = known is not None and theirs and known.content == content and known.is_open
        if known is not None and known.snapshot is not None and (same or is_older(body.told_at, known)):
            if same:
                self._store.tell(known)
            return answer_of(known, self._store.plans.get(body.deal_id), superseded=not same, duplicate=same)
        now = self._clock.now()
        deal = deal_of(body)
        before, number = self._store.plans.get(body.deal_id), _number(known, employee.employee_id, deal, now)
        begun = before.assignment if before and known and theirs and known.number == number else None
        revision = known.revision + 1 if known else 1
        told = Telling(deal, revision, number, now, begun.assignment_id if begun else None)
        lot = self._lot(body.deal_id, before)
        planned = self._planning.plan(employee, told, lot)
        stages = times.stages(known, deal.stage, body.told_at or now)
        record = _record(known, employee, told, planned, body.told_at).changed(content=content, stages=stages)
        drawn = [] if planned.drawn is None else [TrialRecords.deal_written(planned.drawn, known=lot.known is not None)]
        if not self._store.write(record, planned.plan, *drawn, over=found.stamp if found else None):
            return None
        self._store.tell(record)
        return answer_of(record, planned.plan)

    def _lot(self, deal_id: str, before: DealPlan | None) -> Lot:
        trial = self._store.trials.trial()
        return Lot(
            trial=trial if trial and trial.on else None,
            known=self._store.trials.deal(deal_id),
            begun=before is not None and before.assignment is not None,
        )


def active(employees: EmployeeRecords, employee_id: str) -> Employee:
    """Returns an active employee, by any id that they have or had. Raises NotFound."""
    employee = employees.find(employee_id)
    if employee is None or not employee.active:
        raise NotFound(f"there is no active employee {employee_id[:80]!r}", field="employee_id")
    return employee


def is_older(told_at: datetime | None, known: DealRecord) -> bool:
    """Tells whether a telling is from before what is known, by the CRM's own time."""
    return told_at is not None and known.told_at is not None and told_at < known.told_at


def _record(
    known: DealRecord | None, employee: Employee, told: Telling, planned: Planned, told_at: datetime | None
) -> DealRecord:
    return DealRecord(
        deal_id=told.deal.deal_id,
        employee_id=employee.employee_id,
        revision=told.revision,
        told_at=told_at or (known.told_at if known else None),
        received_at=told.at,
        content=None,
        deal=told.deal,
        context=planned.context,
        stages=(),
        number=told.number,
        # Whoever is assigned to a deal that was closed works on it again.
        outcome=known.outcome.changed(closed=None, closed_on=None) if known and known.outcome else None,
        snapshot=planned.snapshot,
        risk=planned.risk,
    )


def deal_of(body: DealAssignmentBody) -> Deal:
    """Returns the deal that is told of."""
    meeting = body.next_meeting
    attendees = () if meeting is None else tuple(Attendee(a.name, a.title) for a in meeting.attendees)
    return Deal(
        deal_id=body.deal_id,
        account=body.account.name,
        name=body.opportunity.name,
        stage=body.opportunity.stage,
        value=body.opportunity.value,
        currency=body.opportunity.currency,
        words=body.words,
        meeting=None if meeting is None else Meeting(meeting.date, meeting.type, attendees),
    )


def _number(known: DealRecord | None, employee_id: str, deal: Deal, now: datetime) -> int:
    """Returns which of a person's preparations for a deal this is: a meeting that moves keeps its own, and the next
    begins when one is over."""
    if known is None or known.employee_id != employee_id:
        return 1
    before = known.deal.meeting
    over = before is not None and before.at <= now and deal.meeting is not None and deal.meeting.at > now
    return known.number + 1 if over else known.number
