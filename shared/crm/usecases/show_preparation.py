"""Shows on the CRM's own record how ready a deal is, and what is open for it.

What is there is read first, and only what differs is sent: so a repetition sends nothing, and the change that the CRM
then tells us of, our own, ends there. It is known by its content and not by who made it: the last change of a record
may be ours while one before it, which nobody has told us of, was somebody else's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from shared.crm.domain.deal_mapping import DEAL
from shared.crm.domain.shown_preparation import Shown, ShownFields
from shared.crm.usecases.follow_record import Ambient
from shared.deals.records import DealRecord, DealRecords
from shared.deals.wire.salesforce_ids import eighteen
from shared.enablement.records import Assignment, AssignmentRecords, DealPlans
from shared.kernel.access import Caller
from shared.kernel.log_events import LogEvent
from shared.people.usecases.whereabouts import Whereabouts
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.crm import CrmLimited, CrmRecord, CrmRecords, CrmRefused, CrmWriter, Scalar
from shared.ports.documents import Contended

PLATFORM: Final = Caller(email="salesforce-write-back")
TRIES: Final = 3
"""Of a deal that changes while it is shown."""
LATER_SECONDS: Final = 3600

Done = Literal["written", "equal", "nothing", "refused"]


@dataclass(frozen=True, slots=True)
class Crm:
    """Holds both sides of a CRM's records."""

    reads: CrmRecords
    writes: CrmWriter


@dataclass(frozen=True, slots=True)
class Known:
    """Holds what is known of deals, what is done for them, and where by whom."""

    deals: DealRecords
    plans: DealPlans
    assignments: AssignmentRecords
    whereabouts: Whereabouts


class ShowPreparation:
    """Shows preparation."""

    def __init__(self, crm: Crm, known: Known, audit: Audit, ambient: Ambient) -> None:
        self._crm = crm
        self._known = known
        self._audit = audit
        self._log = ambient.log

    def show(self, deal_id: str, fields: ShownFields) -> Done:
        """Brings some fields of a deal's record to where the deal is now. Raises Retryable."""
        try:
            for _ in range(TRIES):
                before = self._known.deals.get(deal_id)
                if before is None or not self._is_shown(before):
                    return "nothing"
                wanted = fields.of(self._shown(before))
                done = self._brought(before, wanted)
                # Whoever reads first and writes last would leave what is no longer so, of the deal or of what was done.
                after = self._known.deals.get(deal_id)
                same = after is not None and after.revision == before.revision
                if same and fields.of(self._shown(before)) == wanted:
                    return done
        except CrmRefused as refused:
            self._log.event(LogEvent.CRM_REFUSED, "ERROR", record=deal_id, mend=refused.mend[:200])
            return "refused"
        raise Contended("this deal is being told of by many at once")

    @staticmethod
    def _is_shown(deal: DealRecord) -> bool:
        """Tells whether a deal is one of the CRM's, and open or nobody's: what was closed stays as it was."""
        return eighteen(deal.deal_id) is not None and (deal.is_open or deal.released is not None)

    def _shown(self, deal: DealRecord) -> Shown:
        if deal.released is not None or deal.snapshot is None:
            return Shown()
        zone = self._known.whereabouts.zone_of(deal.employee_id)
        return Shown.of(deal.snapshot.score, deal.snapshot.tier, self._assigned(deal), zone)

    def _assigned(self, deal: DealRecord) -> Assignment | None:
        """Returns what is planned, less what was done: the assignment itself may be written after this."""
        plan = self._known.plans.get(deal.deal_id)
        if plan is None or plan.assignment is None or plan.revision != deal.revision:
            return None
        known = self._known.assignments.get(plan.assignment.assignment_id)
        return plan.assignment if known is None else known.renewed(plan.assignment)

    def _brought(self, deal: DealRecord, wanted: Mapping[str, Scalar]) -> Done:
        usage = self._crm.reads.usage()
        if usage is not None and usage.nearly_spent:
            detail = "what is left of the day's requests is left to others"
            raise CrmLimited("daily", detail, after_seconds=LATER_SECONDS)
        found = self._crm.reads.read(DEAL, [deal.deal_id], list(wanted)).get(deal.deal_id)
        if not isinstance(found, CrmRecord):
            return "nothing"
        changed = {name: value for name, value in wanted.items() if not _same(found.fields.get(name), value)}
        if not changed:
            return "equal"
        if deal.snapshot is not None:
            # Whoever may open the record in the CRM sees how ready the person is.
            self._audit.read(PLATFORM, AuditAction.PROFILE_VIEWED, [deal.employee_id], detail="shown in Salesforce")
        return "written" if self._crm.writes.write(DEAL, deal.deal_id, changed) else "nothing"


def _same(there: Scalar, wanted: Scalar) -> bool:
    """Compares as a CRM keeps values: an empty text is none, a number may have got decimals."""
    if isinstance(there, str) or isinstance(wanted, str):
        return str(there or "").strip() == str(wanted or "").strip()
    return there == wanted
