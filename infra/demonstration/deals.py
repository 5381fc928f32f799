"""The demonstration's deals: who works on them and whom they meet next, told as a CRM's middleware tells it."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from infra.demonstration import catalogue
from infra.web.calling import DEAL_ASSIGNMENTS, Post, accepted
from shared.kernel.json_values import JsonObject

AHEAD: Final = 4
"""Days until the first meeting, at least: a weekday comes then."""
SATURDAY: Final = 5


class Invented(NamedTuple):
    """A deal of the demonstration. people: name, title and the CRM's word for how they buy"""

    deal_id: str
    person: str
    account: str
    industry: str
    size: str
    value: int
    stage: str
    products: tuple[str, ...]
    meeting: str
    people: tuple[tuple[str, str, str], ...]


DEALS: Final = (
    Invented(
        "006AcmeHealth",
        "Joe Smith",
        "Acme Health",
        "healthcare",
        "enterprise",
        500_000,
        "discovery",
        ("platform", "security-module"),
        "technical_discovery",
        (
            ("Dr. Sarah Chen", "CISO", "technical_security"),
            ("Mark Williams", "CTO", "technical_executive"),
        ),
    ),
    Invented(
        "006FintechCorp",
        "Sarah Johnson",
        "Fintech Corp",
        "fintech",
        "mid-market",
        250_000,
        "demo",
        ("platform",),
        "demo",
        (("Amir Haddad", "VP Engineering", "vp_engineering"),),
    ),
)


def tell(post: Post, as_of: date) -> int:
    """Posts the deals, with meetings in the days after `as_of`; how many. Raises Refused, Unreachable."""
    day = as_of + timedelta(days=AHEAD)
    for deal in DEALS:
        while day.weekday() >= SATURDAY:
            day += timedelta(days=1)
        accepted(post(DEAL_ASSIGNMENTS, json.dumps(_body(deal, day)).encode()), DEAL_ASSIGNMENTS)
        day += timedelta(days=1)
    return len(DEALS)


def _body(deal: Invented, day: date) -> JsonObject:
    return {
        "deal_id": deal.deal_id,
        "employee_id": catalogue.address(deal.person),
        "account": {"name": deal.account, "industry": deal.industry, "size": deal.size},
        "opportunity": {
            "name": f"{deal.account} - Platform Expansion",
            "value": deal.value,
            "stage": deal.stage,
            "products": list(deal.products),
        },
        "next_meeting": {
            "date": datetime.combine(day, time(10), ZoneInfo("UTC")).isoformat(),
            "type": deal.meeting,
            "attendees": [{"name": name, "title": title, "persona": persona} for name, title, persona in deal.people],
        },
    }
