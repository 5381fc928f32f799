"""Bodies of deals as a CRM's middleware posts them, after the specification's example."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from infra.local.identity import service_account

CRM = service_account("crm")
ACME: dict[str, Any] = {
    "deal_id": "opp_sfdc_12345",
    "employee_id": "joe@augmentcode.com",
    "account": {
        "name": "Acme Health",
        "industry": "healthcare",
        "size": "enterprise",
        "headquarters": "Boston, MA",
    },
    "opportunity": {
        "name": "Acme Health - Platform Expansion",
        "value": 500000,
        "stage": "discovery",
        "products": ["platform", "security-module"],
        "timeline": "Q1 2026 close",
    },
    "next_meeting": {
        "date": "2026-02-15T10:00:00Z",
        "type": "technical_discovery",
        "attendees": [
            {"name": "Dr. Sarah Chen", "title": "CISO", "persona": "technical_security"},
            {"name": "Mark Williams", "title": "CTO", "persona": "technical_executive"},
        ],
    },
}


def outcome(**changes: Any) -> dict[str, Any]:
    """Returns how far Joe's deal of the example is, some of it changed."""
    return {
        "deal_id": "opp_sfdc_12345",
        "employee_id": "joe@augmentcode.com",
        "account_name": "Acme Health",
        "opportunity_name": "Acme Health - Platform Expansion",
        "deal_value": 500000,
        "product_lines": ["platform"],
        "se_assigned_date": "2026-02-12",
        "created_date": "2026-01-05",
        "stage": "proposal",
        "closed_won": False,
        "demo_calls_conducted": 3,
        "technical_deep_dives": 1,
        "poc_delivered": False,
        **changes,
    }


def acme(**changes: Any) -> dict[str, Any]:
    """Returns the example with other values. Names of inner fields have two underscores: next_meeting__date"""
    body = deepcopy(ACME)
    for name, value in changes.items():
        *path, last = name.split("__")
        inner = body
        for step in path:
            inner = inner[step]
        inner[last] = value
    return body
