"""Turns the hold-out on and off, and shows which deals it drew. Both are administrators' alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from shared.deals.records import DealRecords
from shared.enablement.domain.hold_out import SHARE
from shared.enablement.records import Trial, TrialRecords
from shared.kernel.access import Caller, require
from shared.kernel.pages import Page, Position
from shared.kernel.preconditions import Expect
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock, Ids
from shared.ports.documents import Documents, Transaction

if TYPE_CHECKING:
    from shared.enablement.contract import HoldOutBody, HoldOutView, TrialDealView


class HoldOut:
    """Keeps the trial. A key is drawn each time that it is turned on; deals that were drawn stay where they fell."""

    def __init__(self, documents: Documents, audit: Audit, clock: Clock, ids: Ids) -> None:
        self._documents = documents
        self._trials = TrialRecords(documents)
        self._deals = DealRecords(documents)
        self._audit = audit
        self._clock = clock
        self._ids = ids

    def show(self, caller: Caller) -> HoldOutView:
        """Returns whether it is on. Raises Forbidden."""
        require(caller, "hold_out.manage")
        return _view(self._trials.trial())

    def turn(self, caller: Caller, body: HoldOutBody, expect: Expect | None = None) -> HoldOutView:
        """Turns it on or off; what is so already stays as it is. Raises Forbidden, Outdated."""
        require(caller, "hold_out.manage")
        record = self._audit.draft(
            caller, AuditAction.SETTINGS_CHANGED, subject="hold_out", detail="on" if body.on else "off"
        )
        new = Trial(trial_id=self._ids.new(), key=self._ids.new(), on=True, since=self._clock.now())

        def work(transaction: Transaction) -> tuple[Trial | None, bool]:
            known = self._trials.trial(transaction)
            if expect is not None:
                expect(_view(known))
            if body.on == (known is not None and known.on):
                return known, False
            after = new if known is None or body.on else known.changed(on=False, since=new.since)
            transaction.write(TrialRecords.trial_written(after))
            self._audit.within(transaction, record)
            return after, True

        after, changed = self._documents.transact(work)
        if changed:
            self._audit.tell([record])
        return _view(after)

    def accounts(self, caller: Caller, deal_ids: Iterable[str]) -> dict[str, str]:
        """Returns whose deals these are, by deal id; without those that are gone. Raises Forbidden."""
        require(caller, "hold_out.manage")
        return {name: one.deal.account for name, one in self._deals.many(deal_ids).items()}

    def deals(self, caller: Caller, *, limit: int, after: Position | None = None) -> Page[TrialDealView]:
        """Returns the deals that were drawn, the latest first. Raises Forbidden."""
        from shared.enablement.contract import TrialDealView

        require(caller, "hold_out.manage")
        found = self._trials.page(limit=limit, after=after)
        return found.each(
            lambda one: TrialDealView(
                deal_id=one.deal_id,
                trial_id=one.trial_id,
                arm=one.arm,
                drawn_at=one.drawn_at,
                released_at=one.released_at,
            )
        )


def _view(trial: Trial | None) -> HoldOutView:
    from shared.enablement.contract import HoldOutView

    if trial is None:
        return HoldOutView(on=False, share=SHARE)
    return HoldOutView(on=trial.on, share=SHARE, since=trial.since, trial_id=trial.trial_id)
