"""Which deal a call belongs to: found from what the CRM and earlier calls say, or said by a person.

Deals that were seen are kept in the integrations' database, `deals/<deal id>`: their account, their customers' domains
and when their calls were. A call without a deal of its own joins the only one that fits (`deal_link`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime
from typing import Any

from shared.call_pipeline.usecases.discover_calls import destination
from shared.conversations.domain.call_state import OVER
from shared.conversations.domain.deal_link import DealLink, KnownDeal, account_key, account_of, customer_domains, link
from shared.conversations.domain.recorded_call import RecordedCall
from shared.conversations.usecases.call_records import CallRecords
from shared.kernel.access import Caller
from shared.kernel.reading import is_document_name
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.documents import Document, Documents, Put, Query, Transaction, Where
from shared.ports.messages import TaskQueue

MOST_DOMAINS = 50
"""Of customers, remembered per deal."""
MOST_ASKED = 10
"""Of a call's domains, looked up."""


class KnownDeals:
    """The deals that calls have shown.

    documents: the integrations' database; home_domains: the company's own
    """

    def __init__(self, documents: Documents, home_domains: frozenset[str] = frozenset()) -> None:
        self._documents = documents
        self._home_domains = home_domains

    def deal_of(self, call: RecordedCall) -> DealLink:
        """The call's deal; remembers it when the CRM's context shows it."""
        domains = customer_domains(call, self._home_domains)
        found = link(call, self._alike(account_key(account_of(call)), domains), self._home_domains)
        if found.how == "crm" and found.deal_id is not None:
            self.learn(found.deal_id, found.account_name, domains, call.started)
        return found

    def learn(self, deal_id: str, account_name: str | None, domains: Collection[str], at: datetime) -> None:
        """Remembers that a call of this deal was at that time; the same again changes nothing."""
        if not is_document_name(deal_id):
            return
        path = f"deals/{deal_id}"

        def learn(transaction: Transaction) -> None:
            known = transaction.get(path)
            data = known.data if known else {}
            transaction.write(
                Put(
                    path,
                    {
                        "deal_id": deal_id,
                        "account": account_key(account_name) or data.get("account"),
                        "domains": sorted({*data.get("domains", []), *domains})[:MOST_DOMAINS],
                        "first_call": min(at, data.get("first_call", at)),
                        "last_call": max(at, data.get("last_call", at)),
                    },
                )
            )

        self._documents.transact(learn)

    def _alike(self, account: str | None, domains: Collection[str]) -> list[KnownDeal]:
        """Deals of the account or, where nothing names one, of the customers' domains."""
        wheres = [Where("account", "==", account)] if account else []
        wheres += [Where("domains", "array_contains", domain) for domain in sorted(domains)[:MOST_ASKED] if not account]
        found: dict[str, Document] = {}
        for where in wheres:
            found |= {document.id: document for document in self._documents.query(Query("deals", where=[where]))}
        return [
            KnownDeal(
                document.data["deal_id"],
                document.data["account"],
                frozenset(document.data["domains"]),
                document.data["first_call"],
                document.data["last_call"],
            )
            for document in found.values()
        ]


class LinkCalls:
    """A person says which deal a call belongs to: what nothing could find, or what was found wrongly."""

    def __init__(self, records: CallRecords, deals: KnownDeals, tasks: TaskQueue, audit: Audit) -> None:
        self._records = records
        self._deals = deals
        self._tasks = tasks
        self._audit = audit

    def link(self, record_id: str, deal_id: str, account_name: str | None, caller: Caller) -> dict[str, Any]:
        """The record afterwards. Saying the same again changes nothing, and mends what a crash left unpublished.

        A call that is over is told anew to whoever follows (`call-analysed`), by the task that brings calls forward.
        What has been posted to the ledger keeps the deal that it named; whoever shows it asks the record for the deal
        (`deals_in_force`, and the warehouse's field timeline).
        Raises NotFound.
        """

        def say(known: dict[str, Any]) -> dict[str, Any] | None:
            name = account_name if account_name is not None else known["deal"]["account_name"]
            deal = {"deal_id": deal_id, "account_name": name, "how": "person"}
            return None if known["deal"] == deal else {"deal": deal, "deal_link": "person"}

        if say(self._records.get(record_id)) is not None:
            self._audit.record(caller, AuditAction.CALL_DEAL_LINKED, subject=record_id, detail=deal_id)
        record, _ = self._records.change(record_id, say)
        self._deals.learn(deal_id, record["deal"]["account_name"], (), record["started_at"])
        if record["state"] in OVER:
            payload = {"record_id": record_id, "analysis": record["analysis"], "route": "immediate"}
            said = hashlib.sha256(f"{deal_id}\n{record['updated_at'].isoformat()}".encode()).hexdigest()[:16]
            self._tasks.enqueue(*destination(record), payload, name=f"{record_id}-{record['analysis']}-deal-{said}")
        return record
