"""Reads a CRM's records, as a call recorder has attached them, into the context of a field observation.

The names on the left are the CRM's, those on the right the observation's. A framework maps the words to its values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from shared.conversations.domain.amount_sizes import size_of
from shared.conversations.domain.deal_link import account_of, is_customer, text_of
from shared.conversations.domain.recorded_call import CrmObject, RecordedCall

_SIZE_WORDS: Mapping[str, tuple[str, ...]] = {
    "enterprise": ("enterprise", "large"),
    "mid-market": ("mid", "medium"),
    "smb": ("smb", "small", "startup"),
}
_SIZE_FIELDS = ("Size_Category__c", "Segment__c", "Segment", "Size__c", "Company_Size__c")


def context_of(call: RecordedCall, home_domains: frozenset[str] = frozenset()) -> dict[str, str | tuple[str, ...]]:
    """Returns what the CRM and the invitation say, in the shape of a field observation's `context`: the account, its
    industry and size, the deal's stage, and the titles of the customers present."""
    account, opportunity = call.crm_object("Account"), call.crm_object("Opportunity")
    titles = [
        _word(party.title)
        for party in call.parties
        if party.title and party.attended is not False and is_customer(party, home_domains)
    ]
    found: dict[str, str | tuple[str, ...] | None] = {
        "account_name": account_of(call),
        "industry": _lower(text_of(account, "Industry")),
        "deal_size": _size(account, opportunity),
        "deal_stage": _lower(text_of(opportunity, "StageName")),
        "buyer_personas": tuple(sorted({title for title in titles if title})[:20]),
    }
    return {name: value for name, value in found.items() if value}


def _size(account: CrmObject | None, opportunity: CrmObject | None) -> str | None:
    for record in (opportunity, account):
        for field in _SIZE_FIELDS:
            said = (text_of(record, field) or "").casefold()
            for size, words in _SIZE_WORDS.items():
                if any(word in said for word in words):
                    return size
    amount = _number(opportunity, "Amount")
    if amount is None:
        return None
    return size_of(max(amount, 0.0))


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
    """Returns a title as a persona's word: `VP, Engineering` → `vp_engineering`."""
    return "_".join(re.findall(r"\w+", title.lower()))[:120]
