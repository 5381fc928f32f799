"""Carries out what was planned for a deal: the assignment, and who is told.

However often and in whatever order it is asked, the same is there in the end: an assignment is written by the highest
revision, a notice once for what it tells.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from shared.deals.records import DealRecord
from shared.enablement.domain.assignment_state import Because
from shared.enablement.records import Assignment, AssignmentRecords
from shared.enablement.usecases.complete_by_events import CompleteByEvents
from shared.enablement.usecases.deal_store import DealStore
from shared.enablement.usecases.tell_people import TellPeople
from shared.ports.ambient import Clock


class CarryOut:
    """Follows deals."""

    def __init__(
        self,
        store: DealStore,
        assignments: AssignmentRecords,
        completing: CompleteByEvents,
        telling: TellPeople,
        clock: Clock,
    ) -> None:
        self._store = store
        self._assignments = assignments
        self._completing = completing
        self._telling = telling
        self._clock = clock

    def follow(self, deal_id: str) -> None:
        """Brings assignments, snapshot and notices to where the deal is now. Raises Retryable."""
        record, plan = self._store.deals.get(deal_id), self._store.plans.get(deal_id)
        if record is None or plan is None or record.revision != plan.revision:
            return  # being written: its own message comes
        planned = plan.assignment
        self._cancel_others(record, planned)
        if planned is not None:
            self._assignments.change(planned.assignment_id, lambda known: _later(known, planned))
            # Also what an earlier delivery has written, and died before it told of it.
            standing = self._assignments.get(planned.assignment_id)
            is_due = standing is not None and standing.state == "open" and standing.revision == planned.revision
            if standing is not None and is_due and self._completing.settle(standing).state == "open":
                self._telling.assigned(standing)
        if plan.manager_message is not None:
            self._telling.at_risk(record)

    def _cancel_others(self, record: DealRecord, planned: Assignment | None) -> None:
        now = self._clock.now()
        for one in self._assignments.open_of_deal(record.deal_id):
            if planned is None or one.assignment_id != planned.assignment_id:
                closing = partial(_closing, revision=record.revision, now=now, because=_because(record, one))
                self._assignments.change(one.assignment_id, closing)


def _later(known: Assignment | None, planned: Assignment) -> Assignment | None:
    """Returns what a plan makes of an assignment; None where it is of this revision or a later one already."""
    if known is None:
        return planned
    return known.renewed(planned) if known.revision < planned.revision else None


def _closing(known: Assignment | None, revision: int, now: datetime, because: Because) -> Assignment | None:
    if known is None or known.state != "open" or known.revision > revision:
        return None
    return known.closed(now, because)


def _because(record: DealRecord, assignment: Assignment) -> Because:
    if record.released is not None:
        return "deal_gone" if record.released == "deleted" else "reassigned"
    if not record.is_open:
        return "deal_closed"
    return "reassigned" if assignment.employee_id != record.employee_id else "meeting_gone"
