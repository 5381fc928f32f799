"""Calls: what became of each, and one of them with its participants and results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from functions.portal.shell import figures, words
from shared.call_pipeline.contract import Reanalysis
from shared.conversations.records import CallRecord

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
STANDING = {
    "counted": "Counts",
    "held": "Waits for a person",
    "known": "An earlier analysis stands",
    "rejected": "Could not be taken in: see the quarantine",
    "nothing_observed": "Nothing to score was observed",
    "refused": "The analyst refused",
    "not_open_yet": "Not open yet",
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


@dataclass(frozen=True)
class CallList:
    """employee, state, deal: the filters, "" for none; people: (id, name) of those who can be chosen

    wide: whether the viewer sees everyone's calls and may filter by state and deal
    """

    calls: tuple[Call, ...]
    people: tuple[tuple[str, str], ...]
    employee: str = ""
    state: str = ""
    deal: str = ""
    wide: bool = False
    again: bool = False
    more: str | None = None
    error: str | None = None


@dataclass(frozen=True)
class Result:
    """What came of a call for one employee. opens_at: when the scores open for the viewer, None: they are open

    scores: (competency's name, points, whether it waits for a person)
    review: where these scores are reviewed, or contested by the viewer whose they are; None where neither is possible
    """

    name: str
    employee_id: str
    standing: str
    scores: tuple[tuple[str, float, bool], ...]
    opens_at: datetime | None = None
    review: str | None = None
    own: bool = False


@dataclass(frozen=True)
class CallPage:
    """participants: (name, whether they spoke). cost: US dollars; None: not the viewer's to see, or unknown

    words: the ground on which the viewer may read what was said; "" for none; None: there are no words to read
    """

    call: Call
    source: str
    minutes: int
    url: str | None
    deal_id: str | None
    context: tuple[tuple[str, str], ...]
    scorer: str | None
    analysis: int
    cost: float | None
    last_error: str | None
    updated_at: datetime
    participants: tuple[tuple[str, bool], ...]
    results: tuple[Result, ...]
    may_analyse: bool
    error: str | None = None
    words: str | None = None
    may_escalate: bool = False
    may_link: bool = False
    entered: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Period:
    """The form for a period, and how far a run is. run: None for the form"""

    run: Reanalysis | None = None
    entered: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def name_of(record: CallRecord) -> str:
    """Returns a call as people speak of it: `Quarterly review with Northwind Clinics, 23 Nov 2026`."""
    title = record.title or ("E-mail thread" if record.source == "email" else "Call")
    account = record.deal.account_name
    return f"{title}{f' with {account}' if account and account not in title else ''}, {words.day(record.started_at)}"


def present_list(view: CallList) -> Mapping[str, Any]:
    return {"view": view, "STATE": STATE, "LINK": LINK, "TROUBLE": TROUBLE}


def present_call(view: CallPage) -> Mapping[str, Any]:
    return {
        "view": view,
        "STATE": STATE,
        "LINK": LINK,
        "STANDING": STANDING,
        "cost": None if view.cost is None else f"${view.cost:.4f}",
        "analysed": words.count(view.analysis + 1, "time") if view.scorer else "not yet",
    }


def present_period(view: Period) -> Mapping[str, Any]:
    run = view.run
    share = 0.0 if run is None or not run.total else run.done / run.total
    return {"view": view, "at": figures.at(100 * share), "share": words.percent(share)}
