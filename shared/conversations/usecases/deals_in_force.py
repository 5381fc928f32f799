"""Tells which deal a conversation belongs to, to everyone who shows what was observed in it: the call's record says so.

An observation in the ledger keeps the deal that its call had when it was posted. The record knows what a person said
since (PUT /calls/{id}/deal), and what the CRM says now. Where the platform has no record (a source that posts its own
observations), or the record knows nothing, what the observation said is all there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.conversations.domain.call_name import record_id
from shared.conversations.records import CallRecords
from shared.kernel.reading import is_document_name

Conversation = tuple[str, str]
"""(source, the source's own id)"""


@dataclass(frozen=True, slots=True)
class Deal:
    """deal_id: the CRM's; account_name: the customer. None where nobody says so."""

    deal_id: str | None = None
    account_name: str | None = None

    def over(self, deal_id: str | None, account_name: str | None) -> Deal:
        """Returns this, and where it says nothing what an observation said."""
        return Deal(self.deal_id or deal_id, self.account_name or account_name)


class DealsInForce:
    """Looks deals up, many at once. May raise Retryable."""

    def __init__(self, records: CallRecords) -> None:
        self._records = records

    def of(self, conversations: Iterable[Conversation]) -> Mapping[Conversation, Deal]:
        """Returns what the records say, for each of the conversations; an empty deal where there is no record."""
        named = {one: record_id(*one) for one in conversations}
        asked = sorted({name for name in named.values() if is_document_name(name)})
        found = self._records.find(asked) if asked else {}
        return {
            one: Deal(found[name].deal.deal_id, found[name].deal.account_name) if name in found else Deal()
            for one, name in named.items()
        }
