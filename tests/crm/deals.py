"""A deal in the CRM, as an organisation with a field for its sales engineer keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from shared.crm.domain.deal_mapping import Engineer
from shared.ports.crm import Scalar
from tests.crm.crm_in_memory import CrmInMemory, record_id
from tests.crm.outbound_messages import ORGANIZATION
from tests.harness.call_world import JOE
from tests.harness.sent_events import NOON

DEAL: Final = record_id("006", 1)
ACCOUNT: Final = record_id("001", 1)
TOKEN: Final = "a-long-random-text"
WEBHOOK: Final = f"/webhooks/salesforce?token={TOKEN}"
ENGINEER: Final = "Sales_Engineer__r.Email"
BY_FIELD: Final = Engineer("field", (ENGINEER,))
SETTINGS: Final = {
    "AUGMENT_SALESFORCE_ORGANIZATION": ORGANIZATION[:15],
    "AUGMENT_SALESFORCE_ENGINEER": f"field:{ENGINEER}",
    "AUGMENT_SALESFORCE_DEMOS": "Demos__c",
}
SECRETS: Final = {"salesforce-webhook-token": TOKEN}
YESTERDAY: Final = NOON - timedelta(days=1)
MEETING: Final = NOON + timedelta(days=7)


def fields(**changes: Scalar) -> dict[str, Scalar]:
    """The fields of the deal, as a query names them, some of them changed."""
    return {
        "Name": "Northwind - expansion",
        "AccountId": ACCOUNT,
        "Account.Name": "Northwind Clinics",
        "Account.Industry": "Healthcare",
        "StageName": "Discovery",
        "IsClosed": False,
        "IsWon": False,
        "Amount": 300_000.0,
        "CreatedDate": "2026-02-01T09:00:00.000+0000",
        "CloseDate": "2026-06-30",
        ENGINEER: JOE.upper(),
        "Demos__c": 1.0,
        **changes,
    }


def crm_with_a_deal(
    changes: Mapping[str, Scalar] | None = None, at: datetime = NOON - timedelta(days=1)
) -> CrmInMemory:
    """A CRM that holds the deal, whom it is sold to, its next meeting and when it came to its stage."""
    deal_id = DEAL
    crm = CrmInMemory()
    crm.put("Opportunity", deal_id, fields(**(changes or {})), at)
    role: dict[str, Scalar] = {"OpportunityId": deal_id, "ContactId": record_id("003", 1), "Role": "Technical Buyer"}
    met: dict[str, Scalar] = {"Contact.Name": "Ines Okoro", "Contact.Title": "CISO", "IsPrimary": True}
    crm.put("OpportunityContactRole", record_id("00K", 1), {**role, **met})
    meet(crm, deal_id, MEETING)
    reach(crm, deal_id, "Discovery", NOON - timedelta(days=29, hours=3))
    return crm


def reach(crm: CrmInMemory, deal_id: str, stage: str, at: datetime, number: int = 1) -> str:
    """Notes in the history that the deal came to a stage."""
    said: dict[str, Scalar] = {"OpportunityId": deal_id, "StageName": stage, "CreatedDate": written(at)}
    return crm.put("OpportunityHistory", record_id("008", number), said)


def written(at: datetime) -> str:
    """A moment as the CRM writes it."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000+0000}"


def meet(crm: CrmInMemory, deal_id: str, at: datetime, number: int = 1) -> str:
    """Sets a meeting about the deal."""
    said: dict[str, Scalar] = {"WhatId": deal_id, "StartDateTime": written(at), "Type": "technical discovery"}
    return crm.put("Event", record_id("00U", number), {**said, "IsAllDayEvent": False, "Subject": "Northwind"})
