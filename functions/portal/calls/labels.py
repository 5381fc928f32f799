"""Words about calls, and how one of them stands in a list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from functions.portal.shell import words
from shared.call_pipeline.contract import CallItem
from shared.conversations.domain.call_name import CallName

STATE = {
    "discovered": "To be fetched",
    "waiting": "Waiting for the recorder",
    "ready": "Waiting for the next batch",
    "batched": "Being analysed",
    "observed": "Analysed",
    "nobody": "Nobody of ours spoke",
    "private": "Private: not read",
    "refused": "Refused by the analyst",
    "failed": "Failed",
}
TROUBLE = frozenset({"refused", "failed"})
LINK = {
    "crm": "by the CRM’s own link",
    "person": "by a person",
    "account_and_date": "by account and date",
    "unmatched": "no deal found",
}


@dataclass(frozen=True)
class Call:
    """One call in the list. deal: its account, None where the name is not known; link: how the deal was found"""

    record_id: str
    title: str
    at: datetime
    state: str
    deal: str | None
    link: str
    people: tuple[str, ...]


def row_of(item: CallItem, names: Mapping[str, str]) -> Call:
    """Returns a call as a list shows it. names: of the employees in it"""
    return Call(
        record_id=item.record_id,
        title=item.title or ("E-mail thread" if item.source == "email" else "Call"),
        at=item.started_at,
        state=item.state,
        deal=item.deal.account_name,
        link=item.deal.how,
        people=tuple(names[one.employee_id] for one in item.participants),
    )


def name_of(call: CallName) -> str:
    """Returns a call as people speak of it: `Quarterly review with Northwind Clinics, 23 Nov 2026`."""
    title = call.title or ("E-mail thread" if call.source == "email" else "Call")
    account = call.account_name
    return f"{title}{f' with {account}' if account and account not in title else ''}, {words.day(call.started_at)}"
