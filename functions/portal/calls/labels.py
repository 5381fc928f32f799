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
    "internal": "Internal: not scored",
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


LANGUAGE = {
    "ces": "Czech",
    "dan": "Danish",
    "de": "German",
    "deu": "German",
    "en": "English",
    "eng": "English",
    "es": "Spanish",
    "fin": "Finnish",
    "fr": "French",
    "fra": "French",
    "fre": "French",
    "ger": "German",
    "ita": "Italian",
    "ja": "Japanese",
    "jpn": "Japanese",
    "kor": "Korean",
    "nld": "Dutch",
    "nor": "Norwegian",
    "pol": "Polish",
    "por": "Portuguese",
    "rus": "Russian",
    "spa": "Spanish",
    "swe": "Swedish",
    "ukr": "Ukrainian",
    "zho": "Chinese",
}
"""By ISO 639, as recorders write it; any other code is shown as it came."""


def language_of(code: str | None) -> str | None:
    """Returns a language's name in English, with its region where the code has one (en-US)."""
    if code is None:
        return None
    language, _, region = code.partition("-")
    name = LANGUAGE.get(language.lower())
    return f"{name} ({region})" if name and region else name or code


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
