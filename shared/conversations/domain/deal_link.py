"""Finds out which deal a call belongs to.

The recorder's CRM context names the opportunity; else a deal of the same account at that time, if it is the only one;
else the call is unmatched: kept, counted, and listed until somebody links it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.conversations.domain.call_state import How
from shared.conversations.domain.conversation import Affiliation
from shared.conversations.domain.home_domains import is_home
from shared.conversations.domain.recorded_call import CallParty, CrmObject, RecordedCall

BEFORE, AFTER = timedelta(days=30), timedelta(days=60)
"""How long before its first and after its last known call a deal takes in another call of its account."""

FREE_MAIL = frozenset(
    {
        *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "me.com"),
        *("aol.com", "gmx.de", "gmx.net", "web.de", "proton.me", "protonmail.com"),
    }
)
"""Providers whose addresses say nothing about an account."""

_LEGAL_FORMS = re.compile(r"\b(inc|incorporated|llc|ltd|limited|gmbh|ag|se|sa|sas|bv|nv|plc|corp|corporation|co)\b\.?")


@dataclass(frozen=True, slots=True)
class KnownDeal:
    """A deal that earlier calls have shown. account: as `account_key` gives it; domains: of the customers in them."""

    deal_id: str
    account: str | None
    domains: frozenset[str]
    first_call: datetime
    last_call: datetime


@dataclass(frozen=True, slots=True)
class DealLink:
    """deal_id is None exactly when how is `unmatched`."""

    deal_id: str | None
    account_name: str | None
    how: How


def link(call: RecordedCall, known: Iterable[KnownDeal], home_domains: frozenset[str] = frozenset()) -> DealLink:
    """Returns the deal of a call."""
    account_name = account_of(call)
    opportunity = call.crm_object("Opportunity")
    if opportunity is not None and opportunity.object_id:
        return DealLink(opportunity.object_id, account_name, "crm")
    key, domains = account_key(account_name), customer_domains(call, home_domains)
    candidates = {
        deal.deal_id
        for deal in known
        if ((key is not None and deal.account == key) or (key is None and deal.domains & domains))
        # Differences: a moment at the calendar's edge has no month before or after it.
        and deal.first_call - call.started <= BEFORE
        and call.started - deal.last_call <= AFTER
    }
    if len(candidates) == 1:
        return DealLink(candidates.pop(), account_name, "account_and_date")
    return DealLink(None, account_name, "unmatched")


def account_of(call: RecordedCall) -> str | None:
    """Returns the customer's name as the CRM has it."""
    account = call.crm_object("Account")
    return text_of(account, "Name") if account else None


def account_key(name: str | None) -> str | None:
    """Returns an account's name for comparison: case, punctuation and legal form apart; None for an empty one."""
    if name is None:
        return None
    words = re.findall(r"\w+", _LEGAL_FORMS.sub(" ", name.casefold()))
    return " ".join(words) or None


def customer_domains(call: RecordedCall, home_domains: frozenset[str]) -> frozenset[str]:
    """Returns the e-mail domains of the parties who are not colleagues, free providers apart."""
    return frozenset(
        domain
        for party in call.parties
        if party.email and is_customer(party, home_domains)
        if (domain := party.email.rsplit("@", 1)[-1].lower()) not in FREE_MAIL
    )


def is_customer(party: CallParty, home_domains: frozenset[str]) -> bool:
    """Tells whether a party sits on the other side: not with an address of the company's own; else by affiliation, and
    where nothing is said of that, by having an address."""
    if party.email and is_home(party.email, home_domains):
        return False
    if party.affiliation is not Affiliation.UNKNOWN:
        return party.affiliation is Affiliation.EXTERNAL
    return bool(party.email)


def text_of(record: CrmObject | None, field: str) -> str | None:
    """Returns a field's text, at most 120 characters; None for an empty one, or of another kind."""
    value = record.field(field) if record else None
    return value.strip()[:120] or None if isinstance(value, str) else None
