"""Shows those who lead how ready people are for the open deals: their team's, their organisation's, everybody's.

What is counted is as the viewer's lists run, what is listed as profiles open: a senior manager is told of the whole
organisation in numbers of five people and more, and deal by deal of the direct reports alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from shared.deals.records import DealRecord, DealRecords
from shared.enablement.domain.pipeline import Group, money, order, totals
from shared.enablement.pipeline_contract import (
    PipelineAnswer,
    PipelineCell,
    PipelineDeal,
    PipelineGroup,
    PreparationView,
)
from shared.enablement.pipeline_records import PipelineRecords
from shared.enablement.records import Assignment, AssignmentRecords, DealPlans
from shared.enablement.usecases.pipeline_deals import closes_on, open_deal
from shared.enablement.usecases.team_deals import MOST_DEALS, reports_of
from shared.enablement.usecases.views import risk_view
from shared.kernel.access import LIST_SIGHT, Caller, require
from shared.people.records import Employee, EmployeeRecords
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock

ON_A_PAGE: Final = 25
MOST_BEFORE: Final = 10_000

Scope = Literal["team", "organisation", "everyone"]


@dataclass(frozen=True, slots=True)
class Sources:
    """Reads deals, what follows from them, and what was counted. rates: US dollars for one of each other currency"""

    deals: DealRecords
    plans: DealPlans
    assignments: AssignmentRecords
    counted: PipelineRecords
    rates: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _Seen:
    """Holds what a page is made of. listed: ids of deals in order, known: those of them that were read already

    named: whoever is told of though no deal of theirs is on the page
    """

    scope: Scope
    as_of: datetime | None
    people: int
    groups: Sequence[Group]
    listed: Sequence[str]
    known: Mapping[str, DealRecord]
    named: Sequence[str] = ()


class ShowPipeline:
    """Answers for the deals in the caller's sight."""

    def __init__(self, sources: Sources, employees: EmployeeRecords, audit: Audit, clock: Clock) -> None:
        self._from = sources
        self._employees = employees
        self._audit = audit
        self._clock = clock

    def show(self, caller: Caller, *, start: int = 0, limit: int = ON_A_PAGE) -> PipelineAnswer:
        """Returns what is counted, and a page of the deals, and leaves an audit record that names whose they are.

        Raises Forbidden.
        """
        require(caller, "pipeline.read")
        now = self._clock.now()
        sight = LIST_SIGHT[caller.role] if caller.role else "everyone"
        seen = self._everyone() if sight == "everyone" else self._led(caller, now, whole=sight == "organisation")
        page = list(seen.listed[start : start + limit])
        records = seen.known or self._from.deals.many(page)
        shown = [records[one] for one in page if one in records and records[one].is_open]
        people = self._employees.many(one.employee_id for one in shown)
        opened = [one for one in shown if one.employee_id in people and people[one.employee_id].opens_to(caller)]
        items = self._items(opened, people, now)
        self._audit.read(caller, AuditAction.PROFILES_LISTED, [*seen.named, *(one.employee_id for one in opened)])
        return PipelineAnswer(
            sentence=_sentence(seen),
            scope=seen.scope,
            as_of=seen.as_of,
            people=seen.people,
            groups=[_group_view(one) for one in seen.groups],
            deals=len(seen.listed),
            items=items,
            next=start + limit if start + limit < len(seen.listed) else None,
        )

    def _everyone(self) -> _Seen:
        counted = self._from.counted.of(None)
        if counted is None:
            return _Seen("everyone", None, 0, (), (), {})
        return _Seen("everyone", counted.counted_at, counted.people, counted.groups, counted.listed, {})

    def _led(self, caller: Caller, now: datetime, *, whole: bool) -> _Seen:
        """Reads the direct reports' deals. whole: what is counted is of everybody below"""
        reports = [one.employee_id for one in reports_of(self._employees, caller)]
        known = {one.deal_id: one for one in self._from.deals.open_of(reports, limit=MOST_DEALS)}
        deals = sorted((open_deal(one, self._from.rates) for one in known.values()), key=lambda one: order(one, now))
        listed = [one.deal_id for one in deals]
        if whole:
            counted = self._from.counted.of(caller.employee_id or "")
            at = counted.counted_at if counted else None
            people, groups = (counted.people, counted.groups) if counted else (0, ())
            return _Seen("organisation", at, people, groups, listed, known, reports)
        people = len({one.employee_id for one in deals})
        return _Seen("team", now, people, totals(deals, coarsened=False), listed, known, reports)

    def _items(
        self, records: Sequence[DealRecord], people: Mapping[str, Employee], now: datetime
    ) -> list[PipelineDeal]:
        plans = self._from.plans.many(one.deal_id for one in records)
        planned = {name: one.assignment.assignment_id for name, one in plans.items() if one.assignment is not None}
        assignments = self._from.assignments.many(planned.values())
        return [
            _item(
                one,
                people[one.employee_id].name,
                _prepared(assignments.get(planned.get(one.deal_id, "")), now),
                open_deal(one, self._from.rates).segment,
            )
            for one in records
        ]


def _item(record: DealRecord, name: str, prepared: PreparationView, segment: str) -> PipelineDeal:
    snapshot, meeting = record.snapshot, record.deal.meeting
    return PipelineDeal(
        deal_id=record.deal_id,
        account=record.deal.account,
        stage=record.deal.stage,
        segment=segment,
        value=record.deal.value,
        currency=record.deal.currency,
        meeting_at=meeting.at if meeting else None,
        closes_on=closes_on(record),
        employee_id=record.employee_id,
        name=name,
        readiness_score=snapshot.score if snapshot else None,
        interval_low=snapshot.low if snapshot else None,
        interval_high=snapshot.high if snapshot else None,
        skills_required=len(snapshot.skills) if snapshot else 0,
        skills_known=snapshot.known if snapshot else 0,
        risk_assessment=risk_view(record.risk) if record.risk else None,
        preparation=prepared,
    )


def _prepared(assignment: Assignment | None, now: datetime) -> PreparationView:
    if assignment is None or assignment.state == "cancelled":
        return PreparationView(state="nothing")
    overdue = assignment.state == "open" and assignment.due_at < now
    return PreparationView(
        state="overdue" if overdue else assignment.state,
        due_date=assignment.due_at,
        done=sum(one.done_at is not None for one in assignment.activities),
        activities=len(assignment.activities),
    )


def _sentence(seen: _Seen) -> str:
    """Answers "are we ready to sell?" for the open deals."""
    if seen.as_of is None:
        return "Not counted yet."
    every = next((one for one in seen.groups if one.by == "all"), None)
    if every is None or not every.deals:
        return "There is no open deal."
    ready = next((one for one in every.cells if one.risks == ("low",)), None)
    if ready is None:
        return f"{_open_deals(every.deals)}; fewer than five people are behind a number, so their risk is not told."
    assessed = every.deals - every.unassessed
    if not assessed:
        return f"{_open_deals(every.deals)}, of which nobody’s readiness is known."
    known = sum(one.amount for one in every.cells)
    amount, how_sure = money(ready.amount), "the same all over the ratings’ 80 % intervals"
    if ready.low < ready.high:
        amount += f" ({money(ready.amount_low)} to {money(ready.amount_high)})"
        how_sure = f"{ready.low} to {ready.high} within the ratings’ 80 % intervals"
    worth = f": {amount} of {money(known)}"
    return f"Ready for {ready.deals} of {_open_deals(assessed)} ({how_sure}){worth if known else ''}."


def _open_deals(number: int) -> str:
    return f"{number} open deal{'' if number == 1 else 's'}"


def _group_view(group: Group) -> PipelineGroup:
    return PipelineGroup(
        by=group.by,
        name=group.name,
        deals=group.deals,
        amount=group.amount,
        amounts_unknown=group.unknown,
        unassessed=group.unassessed,
        cells=[
            PipelineCell(
                risks=list(one.risks),
                deals=one.deals,
                deals_low=one.low,
                deals_high=one.high,
                amount=one.amount,
                amount_low=one.amount_low,
                amount_high=one.amount_high,
                amounts_unknown=one.unknown,
            )
            for one in group.cells
        ],
    )
