"""Finds what a person's calls are perhaps the same as, in what was recorded before."""

from __future__ import annotations

import json
from collections.abc import Sequence

from shared.observations.domain.effective_entries import EffectiveEntries
from shared.observations.domain.entry import FIELD, REJECTED, Entry
from shared.observations.domain.same_call import WITHIN, SeenCall, perhaps_the_same
from shared.observations.records import Ledger, LedgerEvent
from shared.observations.usecases.interpret import Interpreted

MOST_LOOKED_AT = 5
"""Of a person's calls of the same minutes."""


class AlikeCalls:
    """Asks the ledger, and only where another source has reported a call of the same minutes."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def notices(self, event: Interpreted, beside: Sequence[Entry]) -> list[str]:
        """Returns a sentence for each call that an event is perhaps of. beside: what `calls_beside` found"""
        if not beside:
            return []
        observation, facts = event.observation, event.facts
        call = SeenCall(observation.at, observation.source, observation.source_id, facts.deal_id, facts.account_name)
        return perhaps_the_same(call, [self._seen(event.employee_id, entry) for entry in beside])

    def _seen(self, employee_id: str, entry: Entry) -> SeenCall:
        deal_id = account = None
        for told in self._ledger.of_call(entry.source, entry.source_id, employee_id):
            said = json.loads(told.message)
            deal_id, account = deal_id or said.get("deal_id"), account or said.get("account_name")
        return SeenCall(entry.at, entry.source, entry.source_id, deal_id, account)


def calls_beside(event: Interpreted, effective: EffectiveEntries) -> list[Entry]:
    """Returns calls of other sources within the same minutes, where the event names a customer."""
    observation, facts = event.observation, event.facts
    if observation.kind != "field" or not (facts.deal_id or facts.account_name):
        return []
    seconds = WITHIN.total_seconds()
    return [
        entry
        for entry in effective.of_kind(FIELD)
        if abs(entry.at - observation.at) <= seconds and entry.source != observation.source and entry.status != REJECTED
    ][:MOST_LOOKED_AT]


def seen_call(event: LedgerEvent, deal_id: str | None, account: str | None) -> SeenCall:
    """Returns an event of the ledger as a call that was seen."""
    return SeenCall(int(event.occurred_at.timestamp()), event.source, event.source_id, deal_id, account)
