"""Links a call to its deal as a person says it: what nothing could find, or what was found wrongly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from shared.call_pipeline.records.seen_deals import SeenDeals
from shared.call_pipeline.usecases.call_sight import CallSight
from shared.call_pipeline.usecases.call_tasks import CallTasks
from shared.conversations.domain.call_state import OVER
from shared.conversations.records import CallDeal, CallRecord, CallRecords
from shared.kernel.access import Caller
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.records.changes import Changes
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock


@dataclass(frozen=True, slots=True)
class TellOfLink:
    """Tells of a call's deal: whoever follows calls, and the log of changes, since it makes contexts in which the
    people of the call are expected."""

    tasks: CallTasks
    changes: Changes
    clock: Clock

    def tell(self, record: CallRecord) -> None:
        """Tells how the deal stands, again as well. Raises Retryable."""
        for one in record.speakers:
            self.changes.enter(self.clock.now, "deals", employee_id=one.employee_id)
        if record.state in OVER:
            self.tasks.tell_deal(record)


class LinkCall:
    """Takes a person's word for a call's deal."""

    def __init__(
        self, records: CallRecords, sight: CallSight, deals: SeenDeals, telling: TellOfLink, audit: Audit
    ) -> None:
        self._records = records
        self._sight = sight
        self._deals = deals
        self._telling = telling
        self._audit = audit

    def link(
        self,
        record_id: str,
        deal_id: str,
        account_name: str | None,
        caller: Caller,
        expect: Callable[[CallRecord], None] | None = None,
    ) -> CallRecord:
        """Returns the record afterwards. Saying the same again changes nothing, and mends what a crash left
        unpublished.

        A call that is over is told anew to whoever follows (`call-analysed`), by the task that brings calls forward.
        What has been posted to the ledger keeps the deal that it named; whoever shows it asks the record for the deal
        (`deals_in_force`, and the warehouse's field timeline).
        expect: raises Outdated for a record that is not what the caller has seen
        Raises NotFound; Forbidden for a manager none of whose reports took part.
        """

        def say(known: CallRecord) -> CallRecord | None:
            if expect is not None:
                expect(known)
            name = account_name if account_name is not None else known.deal.account_name
            deal = CallDeal(deal_id=deal_id, account_name=name, how="person")
            return None if known.deal == deal else known.changed(deal=deal, deal_link="person")

        known = self._records.get(record_id)
        self._sight.check_acts(caller, known, "calls.link")
        if say(known) is not None:
            self._audit.record(caller, AuditAction.CALL_DEAL_LINKED, subject=record_id, detail=deal_id)
        record, _ = self._records.change(record_id, say)
        self._deals.learn(deal_id, record.deal.account_name, (), record.started_at)
        self._telling.tell(record)
        return record
