"""Which deal a call belongs to, and what its context says.

The recorder's CRM context names the opportunity; else a deal of the same account at that time, if it is the only one;
else the call is unmatched: kept, counted, and listed until somebody links it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.conversations.domain.call_state import How
from shared.conversations.domain.conversation import Affiliation
from shared.conversations.domain.recorded_call import CallParty, CrmObject, RecordedCall

BEFORE, AFTER = timedelta(days=30), timedelta(days=60)
"""How long before its first and after its last known call a deal takes in another call of its account."""

ENTERPRISE_FROM, MID_MARKET_FROM = 250_000, 50_000
"""Amounts from which a deal is of that size, where the CRM does not say."""

FREE_MAIL = frozenset(
    {
        *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "me.com"),
        *("aol.com", "gmx.de", "gmx.net", "web.de", "proton.me", "protonmail.com"),
    }
)
"""Providers whose addresses say nothing about an account."""

_LEGAL_FORMS = re.compile(r"\b(inc|incorporated|llc|ltd|limited|gmbh|ag|se|sa|sas|bv|nv|plc|corp|corporation|co)\b\.?")
_SIZE_WORDS: Mapping[str, tuple[str, ...]] = {
    "enterprise": ("enterprise", "large"),
    "mid-market": ("mid", "medium"),
    "smb": ("smb", "small", "startup"),
}
_SIZE_FIELDS = ("Size_Category__c", "Segment__c", "Segment", "Size__c", "Company_Size__c")


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
    """The deal of a call."""
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
    """The customer's name as the CRM has it."""
    account = call.crm_object("Account")
    return _text(account, "Name") if account else None


def account_key(name: str | None) -> str | None:
    """An account's name for comparison: case, punctuation and legal form apart; None for an empty one."""
    if name is None:
        return None
    words = re.findall(r"\w+", _LEGAL_FORMS.sub(" ", name.casefold()))
    return " ".join(words) or None


def customer_domains(call: RecordedCall, home_domains: frozenset[str]) -> frozenset[str]:
    """The e-mail domains of the parties who are not colleagues, free providers apart."""
    return frozenset(
        domain
        for party in call.parties
        if party.email and is_customer(party, home_domains)
        if (domain := party.email.rsplit("@", 1)[-1].lower()) not in FREE_MAIL
    )


def is_customer(party: CallParty, home_domains: frozenset[str]) -> bool:
    """Whether a party sits on the other side: by affiliation, else by the address's domain."""
    if party.affiliation is not Affiliation.UNKNOWN:
        return party.affiliation is Affiliation.EXTERNAL
    return bool(party.email) and (party.email or "").rsplit("@", 1)[-1].lower() not in home_domains


def context_of(call: RecordedCall, home_domains: frozenset[str] = frozenset()) -> dict[str, str | list[str]]:
    """What the CRM and the invitation say, in the shape of a field observation's `context`: the account, its industry
    and size, the deal's stage, and the titles of the customers present (a framework maps titles to personas)."""
    account, opportunity = call.crm_object("Account"), call.crm_object("Opportunity")
    titles = [
        _word(party.title)
        for party in call.parties
        if party.title and party.attended is not False and is_customer(party, home_domains)
    ]
    found: dict[str, str | list[str] | None] = {
        "account_name": account_of(call),
        "industry": _lower(_text(account, "Industry")),
        "deal_size": _size(account, opportunity),
        "deal_stage": _lower(_text(opportunity, "StageName")),
        "buyer_personas": sorted({title for title in titles if title})[:20],
    }
    return {name: value for name, value in found.items() if value}


def _size(account: CrmObject | None, opportunity: CrmObject | None) -> str | None:
    for record in (opportunity, account):
        for field in _SIZE_FIELDS:
            said = (_text(record, field) or "").casefold()
            for size, words in _SIZE_WORDS.items():
                if any(word in said for word in words):
                    return size
    amount = _number(opportunity, "Amount")
    if amount is None:
        return None
    return "enterprise" if amount >= ENTERPRISE_FROM else "mid-market" if amount >= MID_MARKET_FROM else "smb"


def _text(record: CrmObject | None, field: str) -> str | None:
    value = record.field(field) if record else None
    return value.strip()[:120] or None if isinstance(value, str) else None


def _number(record: CrmObject | None, field: str) -> float | None:
    value = record.field(field) if record else None
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if 0 <= number < 1e15 else None


def _lower(text: str | None) -> str | None:
    return text.lower() if text else None


def _word(title: str) -> str:
    """A title as a persona's word: `VP, Engineering` → `vp_engineering`."""
    return "_".join(re.findall(r"\w+", title.lower()))[:120]
