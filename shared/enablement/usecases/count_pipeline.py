"""Counts the open deals, of everybody and of each senior manager's organisation, so that a page need not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.deals.records import DealRecords
from shared.enablement.domain.pipeline import OpenDeal, order, totals
from shared.enablement.pipeline_records import PipelineRecords, PipelineTotals
from shared.enablement.usecases.pipeline_deals import open_deal
from shared.people.domain.reporting_lines import ReportingLines
from shared.people.records import EmployeeRecords
from shared.ports.ambient import Clock

MOST_LISTED: Final = 300
"""Deals of everybody's that can be looked at one by one, the riskiest first."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Says how many deals were counted, and for how many leaders besides everybody's."""

    deals: int
    leaders: int


class CountPipeline:
    """Reads every open deal and everybody's manager."""

    def __init__(
        self,
        deals: DealRecords,
        employees: EmployeeRecords,
        counted: PipelineRecords,
        rates: Mapping[str, float],
        clock: Clock,
    ) -> None:
        """Takes rates: US dollars for one of each other currency."""
        self._deals = deals
        self._employees = employees
        self._counted = counted
        self._rates = rates
        self._clock = clock

    def run(self) -> Counted:
        """Counts them. Raises Retryable."""
        now = self._clock.now()
        lines = ReportingLines(self._employees.everybody())
        everybody: list[OpenDeal] = []
        below: dict[str, list[OpenDeal]] = {}
        for record in self._deals.all_open():
            deal = open_deal(record, self._rates)
            everybody.append(deal)
            for leader in lines.senior_managers_above(deal.employee_id):
                below.setdefault(leader, []).append(deal)
        everybody.sort(key=lambda one: order(one, now))
        listed = tuple(one.deal_id for one in everybody[:MOST_LISTED])
        found = [_totals(None, everybody, now, listed)]
        found += [_totals(leader, deals, now) for leader, deals in below.items()]
        self._counted.replace(found)
        return Counted(len(everybody), len(below))


def _totals(
    leader_id: str | None, deals: Sequence[OpenDeal], now: datetime, listed: tuple[str, ...] = ()
) -> PipelineTotals:
    return PipelineTotals(
        leader_id=leader_id,
        counted_at=now,
        people=len({one.employee_id for one in deals}),
        groups=totals(deals, coarsened=leader_id is not None),
        listed=listed,
    )
