"""Which deal a call belongs to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.conversations.domain.conversation import Affiliation
from shared.conversations.domain.deal_link import DealLink, KnownDeal, account_key, link
from shared.conversations.domain.recorded_call import CallParty, CrmObject, CrmValue, RecordedCall
from shared.conversations.wire.crm_context import context_of

AT = datetime(2026, 3, 3, 10, tzinfo=UTC)
HOME = frozenset({"augmentcode.com"})


def crm(kind: str, object_id: str = "x1", **fields: CrmValue) -> CrmObject:
    return CrmObject(kind, object_id, tuple(fields.items()))


def call(*records: CrmObject, customers: tuple[CallParty, ...] = ()) -> RecordedCall:
    return RecordedCall("1", AT, crm=records, parties=customers)


def customer(email: str, affiliation: Affiliation = Affiliation.EXTERNAL, **more: Any) -> CallParty:
    return CallParty(email=email, affiliation=affiliation, **more)


def deal(deal_id: str, account: str | None = "acme health", days_ago: int = 20, *domains: str) -> KnownDeal:
    at = AT - timedelta(days=days_ago)
    return KnownDeal(deal_id, account, frozenset(domains), at, at)


def test_the_crms_opportunity_names_the_deal() -> None:
    found = link(call(crm("Account", Name="Acme Health"), crm("Opportunity", "006A")), [deal("other")])
    assert found == DealLink("006A", "Acme Health", "crm")


def test_without_an_opportunity_the_only_deal_of_the_account_at_that_time_stands() -> None:
    about = call(crm("Account", Name="ACME Health, Inc."))

    assert link(about, [deal("006A"), deal("old", days_ago=61), deal("else", "globex")]) == DealLink(
        "006A", "ACME Health, Inc.", "account_and_date"
    )


@pytest.mark.parametrize("far", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)])
def test_a_deal_at_the_edge_of_the_calendar_is_one_like_others(far: datetime) -> None:
    """A recorder whose clock was wrong once must not stop every later call of the account."""
    about = call(crm("Account", Name="Acme Health"))

    assert link(about, [KnownDeal("006A", "acme health", frozenset(), far, far)]).how == "unmatched"
    since = KnownDeal("006A", "acme health", frozenset(), min(far, AT), max(far, AT))
    assert link(about, [since]).deal_id == "006A"


def test_two_deals_at_once_leave_it_open() -> None:
    assert link(call(crm("Account", Name="Acme Health")), [deal("1"), deal("2")]).how == "unmatched"


def test_without_an_account_the_customers_domain_tells() -> None:
    about = call(customers=(customer("sarah@acme-health.example"), customer("me@gmail.com")))

    assert link(about, [deal("006A", None, 20, "acme-health.example")], HOME).deal_id == "006A"
    assert link(about, [deal("006A", None, 20, "gmail.com")], HOME).how == "unmatched"


def test_a_call_without_any_sign_is_unmatched() -> None:
    assert link(call(), [deal("006A")]) == DealLink(None, None, "unmatched")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Acme Health, Inc.", "acme health"),
        ("ACME   HEALTH", "acme health"),
        ("Müller GmbH", "müller"),
        ("Co.", None),
        ("", None),
    ],
)
def test_an_accounts_name_is_compared_without_case_signs_and_legal_form(name: str, key: str | None) -> None:
    assert account_key(name) == key


@pytest.mark.parametrize(
    ("fields", "size"),
    [
        ({"Amount": 250_000}, "enterprise"),
        ({"Amount": "50000"}, "mid-market"),
        ({"Amount": 49_999.5}, "smb"),
        ({"Amount": "false"}, None),
        ({"Amount": True}, None),
        ({"Amount": "nan"}, None),
        ({"Amount": 10, "Size_Category__c": "2. Enterprise"}, "enterprise"),
    ],
)
def test_the_size_comes_from_the_crms_field_else_from_the_amount(fields: dict[str, Any], size: str | None) -> None:
    assert context_of(call(crm("Opportunity", **fields))).get("deal_size") == size


def test_the_context_holds_what_crm_and_invitation_say() -> None:
    about = call(
        crm("Account", Name="Acme Health", Industry="Healthcare", Sales_Team_Size__c="232"),
        crm("Opportunity", StageName="Technical Discovery", Amount=300_000),
        customers=(
            customer("s@acme.example", title="CISO"),
            customer("j@augmentcode.com", Affiliation.UNKNOWN, title="Sales Engineer"),
            CallParty(email="late@acme.example", affiliation=Affiliation.EXTERNAL, title="CTO", attended=False),
        ),
    )

    assert context_of(about, HOME) == {
        "account_name": "Acme Health",
        "industry": "healthcare",
        "deal_size": "enterprise",
        "deal_stage": "technical discovery",
        "buyer_personas": ("ciso",),
    }
