"""Shows a manager the deals of the own direct reports that are at risk, the next meeting first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from shared.deals.records import DealRecord, DealRecords
from shared.enablement.contract import DealAtRiskView, TeamDealsAnswer
from shared.enablement.usecases.views import risk_view
from shared.kernel.access import Caller, require
from shared.people.records import Employee, EmployeeRecords
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock

MOST_DEALS: Final = 600
"""Deals that are looked through of each thirty people: twenty of each."""
MOST_REPORTS: Final = 60


def reports_of(employees: EmployeeRecords, caller: Caller) -> list[Employee]:
    """Returns whom a caller leads and whose deals are read: the active direct reports, 60 at most, by their ids."""
    everybody = sorted(employees.reports_of(caller.employee_id or ""), key=lambda one: one.employee_id)
    return [one for one in everybody if one.active][:MOST_REPORTS]


class TeamDeals:
    """Reads the deals of some people."""

    def __init__(self, deals: DealRecords, employees: EmployeeRecords, audit: Audit, clock: Clock) -> None:
        self._deals = deals
        self._employees = employees
        self._audit = audit
        self._clock = clock

    def at_risk(self, caller: Caller) -> TeamDealsAnswer:
        """Returns the open deals of a medium or high risk, and leaves an audit record that names the team: who has none
        is told as well. Raises Forbidden."""
        require(caller, "team.read")
        reports = reports_of(self._employees, caller)
        by_id = {one.employee_id: one for one in reports}
        found = [(deal, by_id[deal.employee_id]) for deal in self._deals.at_risk_of(list(by_id), limit=MOST_DEALS)]
        self._audit.read(caller, AuditAction.PROFILES_LISTED, [one.employee_id for one in reports])
        return TeamDealsAnswer(items=list(_views(found, self._clock.now())))


def _views(found: Iterable[tuple[DealRecord, Employee]], now: datetime) -> Iterable[DealAtRiskView]:
    def order(one: DealAtRiskView) -> tuple[int, float, str]:
        """Puts the next meeting first, then deals without one, then meetings that are over, the latest first."""
        if one.meeting_at is None:
            return 1, 0.0, one.deal_id
        at = one.meeting_at.timestamp()
        return (0, at, one.deal_id) if one.meeting_at > now else (2, -at, one.deal_id)

    yield from sorted((_view(deal, employee) for deal, employee in found), key=order)


def _view(deal: DealRecord, employee: Employee) -> DealAtRiskView:
    snapshot, meeting = deal.snapshot, deal.deal.meeting
    if deal.risk is None or snapshot is None:
        raise LookupError("nobody was assigned to the deal")
    return DealAtRiskView(
        deal_id=deal.deal_id,
        account=deal.deal.account,
        stage=deal.deal.stage,
        employee_id=employee.employee_id,
        name=employee.name,
        meeting_at=meeting.at if meeting else None,
        readiness_score=snapshot.score,
        interval_low=snapshot.low,
        interval_high=snapshot.high,
        skills_required=len(snapshot.skills),
        skills_known=snapshot.known,
        risk_assessment=risk_view(deal.risk),
    )
