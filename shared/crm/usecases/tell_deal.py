"""Tells on what a deal is, as a CRM's middleware would: whose it is, how far, and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from shared.crm.wire.opportunity import FoundDeal
from shared.deals.records import DealRecords
from shared.enablement.usecases.assign_deal import AssignDeal
from shared.enablement.usecases.record_outcome import RecordOutcome
from shared.enablement.usecases.release_deal import ReleaseDeal
from shared.people.records import Employee, EmployeeRecords

Told = Literal["gone", "closed", "unassigned", "assigned"]


class TellDeal:
    """Tells deals on. Every method may raise Retryable."""

    def __init__(
        self,
        employees: EmployeeRecords,
        deals: DealRecords,
        assigning: AssignDeal,
        outcomes: RecordOutcome,
        releasing: ReleaseDeal,
    ) -> None:
        self._employees = employees
        self._deals = deals
        self._assigning = assigning
        self._outcomes = outcomes
        self._releasing = releasing

    def gone(self, deal_id: str, at: datetime) -> Told:
        """Tells that the CRM does not have a deal. at: when that was read"""
        self._releasing.release(deal_id, "deleted", at)
        return "gone"

    def tell(self, deal: FoundDeal, at: datetime) -> Told:
        """Tells what a deal is. at: when it was read"""
        engineer = self._engineer(deal)
        if deal.closed is not None:
            person = engineer.employee_id if engineer else self._last(deal)
            if person is not None:
                self._outcomes.take_in(person, deal.outcome(person, at), deal.times)
            return "closed"
        if engineer is None:
            self._releasing.release(deal.deal_id, "unassigned", at)
            return "unassigned"
        self._assigning.take_in(engineer, deal.assignment(engineer.employee_id, at), deal.times)
        if deal.counts:
            self._outcomes.take_in(engineer.employee_id, deal.outcome(engineer.employee_id, at), deal.times)
        return "assigned"

    def _last(self, deal: FoundDeal) -> str | None:
        """Returns who closed a deal that none of ours works on now: whoever did, or has left since."""
        known = self._deals.get(deal.deal_id)
        return known.employee_id if known else next(iter(deal.engineers), None)

    def _engineer(self, deal: FoundDeal) -> Employee | None:
        """Returns the first of those who work on a deal whom we know."""
        found = self._employees.found(deal.engineers)
        known = (found[one] for one in deal.engineers if one in found)
        return next((one for one in known if one.active), None)
