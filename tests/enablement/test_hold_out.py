"""Deals that go without preparation: by lot, of a low risk, and for administrators alone to know."""

from __future__ import annotations

import secrets
from typing import Any

import pytest

from functions.portal.hold_out import page as pages
from functions.portal.shell.rendering import render
from infra.wiring.enablement import enablement
from shared.enablement.domain.content import Chosen, ContentItem
from shared.enablement.domain.hold_out import arm_of
from shared.kernel.access import Caller
from shared.kernel.errors import Forbidden
from shared.ports.documents import Query
from tests.enablement.deals import CRM, acme
from tests.harness.api_client import ADA, DANA, JOE, ApiClient, call_seen
from tests.portal import samples

ASKED = ("listening", "objection_handling", "technical_architecture", "product_knowledge")


@pytest.fixture
def low(api: ApiClient) -> ApiClient:
    """Joe is good in healthcare at all that is asked for but discovery, which he is good at in general."""
    where = {
        "industry": "healthcare",
        "deal_size": "enterprise",
        "buyer_personas": ["technical", "executive"],
        "products_discussed": ["platform", "security-module"],
    }
    for number in range(4):
        there = [{"competency": name, "score": 96, "evidence": "As it was"} for name in ASKED]
        api.record(call_seen(number, score=96, context=where) | {"competency_scores": there})
        api.record(call_seen(20 + number, score=88, context={"industry": "technology"}))
    api.deliver()
    return api


def told(api: ApiClient, deal_id: str, **changes: Any) -> dict[str, Any]:
    answer = api.post("deal-assignments", acme(deal_id=deal_id, **changes), who=CRM)
    assert answer.status in (200, 201), answer.json
    api.deliver()
    return dict(answer.json)


def turned(api: ApiClient, on: bool) -> None:
    assert api.put("settings/hold-out", {"on": on}, who=ADA).status == 200


def held(api: ApiClient) -> tuple[str, ...]:
    """Deals that the lot holds out, found out by the trial's own key."""
    (trial,) = (one.data for one in api.parts.documents.query(Query("settings")) if "trial_id" in one.data)
    return tuple(name for name in (f"deal-{n}" for n in range(200)) if arm_of(name, trial["key"]) == "held_out")


def test_one_deal_in_ten_is_held_out_and_nobody_can_tell_which() -> None:
    keys = (secrets.token_urlsafe(), secrets.token_urlsafe())
    first, second = ({n for n in range(20_000) if arm_of(f"006{n:012}", key) == "held_out"} for key in keys)
    # Four standard deviations of 20,000 lots, and of what two keys agree on by chance.
    assert 1830 < len(first) < 2170
    assert 1830 < len(second) < 2170
    assert 140 < len(first & second) < 260


def test_nothing_is_held_out_until_an_administrator_says_so(low: ApiClient) -> None:
    assert low.get("settings/hold-out", who=ADA).json == {"on": False, "share": 0.1}
    assert all(told(low, f"deal-{n}")["assignments"] for n in range(3))
    assert low.get("trial-deals", who=ADA).json["items"] == []


def test_a_deal_that_is_held_out_answers_as_one_without_content(low: ApiClient) -> None:
    turned(low, True)
    without, with_it = held(low)[0], next(f"deal-{n}" for n in range(200) if f"deal-{n}" not in held(low))
    answer, other = told(low, without), told(low, with_it)
    assert (answer["risk_assessment"]["overall_risk"], answer["assignments"]) == ("low", [])
    assert [one["content_id"] for one in other["assignments"][0]["activities"]] == ["healthcare-discovery-primer"]
    changed = {"deal_id", "snapshot_id", "assignments", "revision"}
    assert {k: v for k, v in answer.items() if k not in changed} == {k: v for k, v in other.items() if k not in changed}
    assigned = low.get(f"employees/{JOE}/assignments", who=JOE).json["items"]
    assert [one["deal_id"] for one in assigned] == [with_it]
    told_of = low.get("trial-deals", who=ADA).json["items"]
    assert {one["deal_id"]: one["arm"] for one in told_of} == {without: "held_out", with_it: "prepared"}
    # The same telling again, and a later one, leave a deal where it fell.
    assert told(low, without)["duplicate"]
    assert told(low, without, opportunity__timeline="Q2")["assignments"] == []
    assert low.get("trial-deals", who=ADA).json["items"] == told_of


def test_the_side_is_on_record_before_anything_is_assigned(low: ApiClient) -> None:
    turned(low, True)
    assert low.post("deal-assignments", acme(deal_id="deal-1"), who=CRM).status == 201
    # `jit_trigger` has not run.
    assert low.get(f"employees/{JOE}/assignments", who=JOE).json["items"] == []
    assert [one["deal_id"] for one in low.get("trial-deals", who=ADA).json["items"]] == ["deal-1"]


def test_its_page_calls_deals_by_their_accounts_for_administrators_alone(low: ApiClient) -> None:
    turned(low, True)
    told(low, "deal-1")
    hold_out = enablement(low.platform.on).hold_out
    asking = Caller(email=ADA, role="administrator", employee_id=ADA)
    assert hold_out.accounts(asking, ["deal-1", "gone"]) == {"deal-1": "Acme Health"}
    drawn = hold_out.deals(asking, limit=5).items
    page = pages.present(pages.Trial(hold_out.show(asking), drawn, None, {"deal-1": "Acme"}))
    html = render(page.template, frame=samples.frame(), here=page.place, **page.variables)
    assert '<span class="break">Acme</span>' in html
    with pytest.raises(Forbidden):
        hold_out.accounts(Caller(email=DANA, role="manager", employee_id=DANA), ["deal-1"])


def test_a_deal_whose_risk_rises_is_prepared_after_all(low: ApiClient) -> None:
    turned(low, True)
    deal = held(low)[0]
    told(low, deal)
    answer = told(low, deal, account__industry="fintech")
    assert answer["risk_assessment"]["overall_risk"] != "low"
    assert answer["assignments"]
    (drawn,) = low.get("trial-deals", who=ADA).json["items"]
    assert (drawn["arm"], drawn["released_at"] is None) == ("held_out", False)
    # Released for good, though the risk is low again.
    assert told(low, deal)["assignments"]


def test_what_was_begun_is_never_taken_away(low: ApiClient) -> None:
    deals = [f"deal-{n}" for n in range(20)]
    for deal in deals:
        told(low, deal)
    turned(low, True)
    assert all(told(low, deal, opportunity__timeline="Q2")["assignments"] for deal in deals)


def test_a_deal_is_prepared_when_the_hold_out_ends(low: ApiClient) -> None:
    turned(low, True)
    deal = held(low)[0]
    told(low, deal)
    turned(low, False)
    assert told(low, deal, opportunity__timeline="Q2")["assignments"]


def test_a_riskier_deal_is_never_drawn(low: ApiClient) -> None:
    turned(low, True)
    assert all(told(low, f"deal-{n}", account__industry="fintech")["assignments"] for n in range(20))
    assert low.get("trial-deals", who=ADA).json["items"] == []


def test_safety_is_never_held_out(low: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from shared.enablement.domain import preparation

    item = ContentItem("isolate", "Isolate it first", "video", 5, ("discovery",), safety=True)
    monkeypatch.setattr(preparation, "choose", lambda *_: [Chosen(item, "It keeps you safe")])
    turned(low, True)
    assert all(told(low, deal)["assignments"] for deal in held(low)[:3])
    assert low.get("trial-deals", who=ADA).json["items"] == []


def test_turning_it_on_twice_keeps_the_lot(low: ApiClient) -> None:
    turned(low, True)
    before = low.get("settings/hold-out", who=ADA).json
    turned(low, True)
    assert low.get("settings/hold-out", who=ADA).json == before
    assert "key" not in before


def test_managers_see_neither_the_trial_nor_its_deals(low: ApiClient) -> None:
    for who in (JOE, DANA, CRM):
        assert low.get("trial-deals", who=who).status == 403
        assert low.get("settings/hold-out", who=who).status == 403


def test_who_decides_on_what_is_no_more_is_told(low: ApiClient) -> None:
    seen = {"If-Match": low.get("settings/hold-out", who=ADA).headers["ETag"]}
    assert low.put("settings/hold-out", {"on": True}, who=ADA, headers=seen).status == 200
    assert low.put("settings/hold-out", {"on": False}, who=ADA, headers=seen).status == 412
    assert low.get("settings/hold-out", who=ADA).json["on"]
