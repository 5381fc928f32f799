"""Takes in that a deal is somebody's, and answers what follows from it.

One deal, one record: the same telling again is a repetition, an older one (by the CRM's own time) changes nothing, any
other replaces what was told. What follows is planned here and committed with the deal; `jit_trigger` carries it out.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from shared.deals.domain.deal import Attendee, Deal, Meeting, closed_by
from shared.deals.records import DealRecord, Outcome, StageTimes
from shared.enablement.records import DealPlan, TrialRecords
from shared.enablement.usecases.deal_store import DealStore
from shared.enablement.usecases.plan_preparation import Lot, Planned, PlanPreparation, Telling
from shared.enablement.usecases.views import answer_of
from shared.kernel.access import Caller, require
from shared.kernel.errors import NotFound, Rejected
from shared.kernel.ids import digest
from shared.people.records import Employee, EmployeeRecords
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock
from shared.ports.documents import Contended

if TYPE_CHECKING:
    from shared.deals.contract import DealAssignmentBody
    from shared.enablement.contract import DealAssignmentAnswer

CLOCK_SKEW: Final = timedelta(minutes=5)
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
        """Returns what follows. Raises Forbidden, Rejected, NotFound for who is no active employee, Retryable."""
        require(caller, "deals.write")
        check_told_at(body.told_at, self._clock.now())
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
        stands = known is not None and known.released is None and (known.is_open or closed_by(body.opportunity.stage))
        same = known is not None and theirs and known.content == content and bool(stands)
        if known is not None and known.snapshot is not None and (same or is_older(body.told_at, known)):
            if same:
                self._store.tell(known)
            return answer_of(known, self._store.plans.get(body.deal_id), superseded=not same, duplicate=same)
        now = self._clock.now()
        deal = deal_of(body)
        before, number = self._store.plans.get(body.deal_id), _number(known, deal, now)
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


def check_told_at(told_at: datetime | None, now: datetime) -> None:
    """Raises Rejected for a CRM's time in the future: whatever is told until then would count as older."""
    if told_at is not None and told_at > now + CLOCK_SKEW:
        raise Rejected(
            f"told_at: {told_at.isoformat()} is in the future, by the clock here it is {now:%Y-%m-%dT%H:%M:%SZ}",
            field="told_at",
        )


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
        prepared_for=told.deal.meeting.at if told.deal.meeting else _began(known, told.at),
        outcome=_outcome(known, told.deal),
        snapshot=planned.snapshot,
        risk=planned.risk,
    )


def _outcome(known: DealRecord | None, deal: Deal) -> Outcome | None:
    """Returns what came of a deal: whoever is assigned to one that was closed works on it again, unless it is told in a
    stage that closes it."""
    closed = closed_by(deal.stage)
    if known is None or known.outcome is None:
        return Outcome(closed=closed) if closed else None
    return known.outcome.changed(closed=closed, closed_on=known.outcome.closed_on if closed else None)


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


def _number(known: DealRecord | None, deal: Deal, now: datetime) -> int:
    """Returns which of a deal's meetings is prepared for: one that moves keeps its number, also in another's hands, and
    the next begins when one is over, whatever is told in between."""
    if known is None:
        return 1
    ahead = deal.meeting is not None and deal.meeting.at > now
    return known.number + 1 if ahead and _began(known, now) is not None else known.number


def _began(known: DealRecord | None, now: datetime) -> datetime | None:
    """Returns when the meeting began that a deal was prepared for; None for one that is ahead, or was called off."""
    if known is None:
        return None
    began = known.deal.meeting.at if known.deal.meeting else known.prepared_for
    return began if began is not None and began <= now else None
