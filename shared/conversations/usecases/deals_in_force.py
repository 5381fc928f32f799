"""Which deal a conversation belongs to, for everyone who shows what was observed in it: the call's record says so.

An observation in the ledger keeps the deal that its call had when it was posted. The record knows what a person said
since (PUT /calls/{id}/deal), and what the CRM says now. Where the platform has no record (a source that posts its own
observations), or the record knows nothing, what the observation said is all there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.conversations.usecases.call_records import record_id
from shared.kernel.reading import is_document_name
from shared.ports.documents import Documents

Conversation = tuple[str, str]
"""(source, the source's own id)"""


@dataclass(frozen=True, slots=True)
class Deal:
    """deal_id: the CRM's; account_name: the customer. None where nobody says so."""

    deal_id: str | None = None
    account_name: str | None = None

    def over(self, deal_id: str | None, account_name: str | None) -> Deal:
        """This, and where it says nothing what an observation said."""
        return Deal(self.deal_id or deal_id, self.account_name or account_name)


class DealsInForce:
    """Looks deals up, many at once. May raise Retryable.

    integrations: the database with the calls' records
    """

    def __init__(self, integrations: Documents) -> None:
        self._integrations = integrations

    def of(self, conversations: Iterable[Conversation]) -> Mapping[Conversation, Deal]:
        """What the records say, for each of the conversations; an empty deal where there is no record."""
        named = {one: f"calls/{record_id(*one)}" for one in conversations}
        paths = sorted({path for path in named.values() if is_document_name(path.removeprefix("calls/"))})
        found: Mapping[str, Any] = self._integrations.get_many(paths) if paths else {}
        return {one: _deal(found[path].data["deal"]) if path in found else Deal() for one, path in named.items()}


def _deal(deal: Mapping[str, Any]) -> Deal:
    return Deal(deal["deal_id"], deal["account_name"])
