"""Names what is stored of the deals that calls have shown: their account, their customers' domains, and when."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from shared.conversations.domain.deal_link import KnownDeal, account_key
from shared.kernel.reading import is_document_name
from shared.kernel.records import Record
from shared.ports.documents import Documents, Put, Query, Transaction, Where

MOST_DOMAINS = 50
"""Of customers, remembered per deal."""
MOST_ASKED = 10
"""Of a call's domains, looked up."""


class SeenDeal(Record, frozen=True, kw_only=True):
    """One deal. account: its name for comparison; domains: of the customers in its calls"""

    deal_id: str
    account: str | None = None
    domains: tuple[str, ...] = ()
    first_call: datetime
    last_call: datetime

    @property
    def known(self) -> KnownDeal:
        """Returns the deal as a call's link is looked for."""
        return KnownDeal(self.deal_id, self.account, frozenset(self.domains), self.first_call, self.last_call)


class SeenDeals:
    """Remembers and finds deals.

    documents: the integrations' database
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def learn(self, deal_id: str, account_name: str | None, domains: Collection[str], at: datetime) -> None:
        """Remembers that a call of this deal was at that time; the same again changes nothing."""
        if not is_document_name(deal_id):
            return
        path = f"deals/{deal_id}"

        def learn(transaction: Transaction) -> None:
            document = transaction.get(path)
            known = SeenDeal(deal_id=deal_id, first_call=at, last_call=at)
            known = known if document is None else SeenDeal.read(document)
            deal = SeenDeal(
                deal_id=deal_id,
                account=account_key(account_name) or known.account,
                domains=tuple(sorted({*known.domains, *domains})[:MOST_DOMAINS]),
                first_call=min(at, known.first_call),
                last_call=max(at, known.last_call),
            )
            transaction.write(Put(path, deal.stored()))

        self._documents.transact(learn)

    def alike(self, account: str | None, domains: Collection[str]) -> list[KnownDeal]:
        """Finds the deals of an account or, where nothing names one, of the customers' domains."""
        wheres = [Where("account", "==", account)] if account else []
        wheres += [Where("domains", "array_contains", domain) for domain in sorted(domains)[:MOST_ASKED] if not account]
        found: dict[str, KnownDeal] = {}
        for where in wheres:
            for deal in SeenDeal.readable(self._documents.query(Query("deals", where=[where]))):
                found[deal.deal_id] = deal.known
        return list(found.values())
