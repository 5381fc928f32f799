"""Leaders see how ready people are for the open deals, and nobody's rating whose profile they may not open."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from infra.wiring.enablement import enablement
from shared.deals.domain.risk import LEVELS, Risk
from shared.enablement.domain.pipeline import (
    REST,
    Cell,
    Group,
    OpenDeal,
    in_dollars,
    money,
    order,
    totals,
)
from shared.enablement.usecases.show_pipeline import _Seen, _sentence
from shared.platform.domain.audit_actions import AuditAction
from tests.enablement.deals import CRM, acme
from tests.harness.api_client import ADA, CRO, DANA, ENID, JOE, PRIYA, SARAH, VIC, ApiClient

NOW = datetime(2026, 2, 12, tzinfo=UTC)
DEAL = OpenDeal("d", "e", "discovery", "enterprise", 100_000.0, "high", "high", "high", None)


def deals(*people_and_risks: tuple[str, Risk], **fields: Any) -> list[OpenDeal]:
    return [
        replace(DEAL, deal_id=f"d{number}", employee_id=person, risk=risk, least=risk, most=risk, **fields)
        for number, (person, risk) in enumerate(people_and_risks)
    ]


def group(groups: tuple[Group, ...], by: str, name: str = "") -> Group:
    return next(one for one in groups if (one.by, one.name) == (by, name))


def test_every_risk_is_counted_with_its_amount_and_how_sure_that_is() -> None:
    sure, unsure, low = deals(("a", "high"), ("b", "medium"), ("c", "low"))
    unsure = replace(unsure, least="low", most="high", dollars=50_000.0)
    low = replace(low, dollars=None)
    every = group(totals([sure, unsure, low], coarsened=False), "all")
    assert [(one.risks, one.low, one.deals, one.high) for one in every.cells] == [
        (("high",), 1, 1, 2),
        (("medium",), 0, 1, 1),
        (("low",), 1, 1, 2),
    ]
    assert [(one.amount_low, one.amount, one.amount_high, one.unknown) for one in every.cells] == [
        (100_000, 100_000, 150_000, 0),
        (0, 50_000, 50_000, 0),
        (0, 0, 50_000, 1),
    ]
    assert (every.deals, every.amount, every.unknown) == (3, 150_000, 1)


@pytest.mark.parametrize("coarsened", [False, True])
@pytest.mark.parametrize("seed", range(20))
def test_stages_and_sizes_each_add_up_to_all(seed: int, coarsened: bool) -> None:
    found = totals(invented(seed), coarsened=coarsened)
    every = group(found, "all")
    for by in ("stage", "segment"):
        parts = [one for one in found if one.by == by]
        assert sum(one.deals for one in parts) == every.deals
        assert sum(one.unassessed for one in parts) == every.unassessed
        assert sum(one.amount for one in parts) == pytest.approx(every.amount)


@pytest.mark.parametrize("seed", range(60))
def test_no_number_is_about_fewer_than_five_people_whatever_one_takes_from_what(seed: int) -> None:
    known = invented(seed)
    found = totals(known, coarsened=True)
    for by, attribute in (("stage", "stage"), ("segment", "segment")):
        named = {one.name for one in found if one.by == by}
        for one in (one for one in found if one.by == by):
            inside = [
                deal
                for deal in known
                if getattr(deal, attribute) == one.name or (one.name == REST and getattr(deal, attribute) not in named)
            ]
            assert one.deals == len(inside)
            for cell in one.cells:
                people = {deal.employee_id for deal in inside if deal.risk in cell.risks}
                assert len(people) == 0 or len(people) >= 5
                assert cell.deals == sum(deal.risk in cell.risks for deal in inside)
        # A part of which nothing is told would be what the others leave of the whole.
        told = [bool(one.cells) for one in found if one.by == by]
        assert all(told) or not any(told)


def invented(seed: int) -> list[OpenDeal]:
    chance = np.random.default_rng(seed)
    people = [f"e{number}" for number in range(int(chance.integers(2, 40)))]
    return [
        replace(
            DEAL,
            deal_id=f"d{number}",
            employee_id=str(chance.choice(people)),
            stage=str(chance.choice(["discovery", "demo", "proposal", "closing"], p=[0.5, 0.3, 0.15, 0.05])),
            segment=str(chance.choice(["enterprise", "smb"])),
            dollars=float(chance.integers(10_000, 900_000)),
            risk=(risk := None if chance.random() < 0.1 else LEVELS[int(chance.integers(3))]),
            least=risk,
            most=risk,
        )
        for number in range(int(chance.integers(1, 120)))
    ]


def test_a_sum_that_tells_its_deals_is_told_to_two_digits() -> None:
    people = [(f"e{number}", "high") for number in range(6)] + [(f"f{number}", "low") for number in range(6)]
    found = deals(*people, dollars=123_457.0)  # type: ignore[arg-type]
    cells = group(totals(found, coarsened=True), "all").cells
    assert [one.amount for one in cells] == [740_000, 0, 740_000]
    assert group(totals(found, coarsened=False), "all").cells[0].amount == 6 * 123_457


def test_more_stages_than_anybody_reads_are_others() -> None:
    found = [replace(DEAL, deal_id=f"d{number}", stage=f"stage {number % 30:02}") for number in range(60)]
    stages = [one for one in totals(found, coarsened=False) if one.by == "stage"]
    assert (len(stages), stages[-1].name) == (13, REST)
    assert sum(one.deals for one in stages) == 60


def test_amounts_are_dollars_by_the_table_or_unknown() -> None:
    assert in_dollars(100, "USD", {}) == 100
    assert in_dollars(100, "EUR", {"EUR": 1.1}) == pytest.approx(110)
    assert in_dollars(100, "EUR", {}) is None
    assert in_dollars(None, "USD", {}) is None
    assert [money(one) for one in (0, 950, 49_500, 999_600, 6_240_000)] == ["$0", "$950", "$50K", "$1.0M", "$6.2M"]


def test_the_riskiest_come_first_then_what_is_next_and_what_is_past_last() -> None:
    soon, later, past = (NOW + timedelta(days=days) for days in (2, 9, -3))
    found = [
        replace(DEAL, deal_id="none", risk=None),
        replace(DEAL, deal_id="low", risk="low", date=soon),
        replace(DEAL, deal_id="past", date=past),
        replace(DEAL, deal_id="later", date=later),
        replace(DEAL, deal_id="soon", date=soon),
    ]
    assert [one.deal_id for one in sorted(found, key=lambda one: order(one, NOW))] == [
        *("soon", "later", "past", "low", "none"),
    ]


# Over HTTP


@pytest.fixture
def told(api: ApiClient) -> ApiClient:
    """Joe and Sarah, who report to Dana, have a deal each, and so has Priya, who reports to somebody else."""
    for deal_id, who, value in (("acme", JOE, 500_000), ("bank", SARAH, 50_000), ("mill", PRIYA, None)):
        body = acme(deal_id=deal_id, employee_id=who, opportunity__value=value)
        assert api.post("deal-assignments", body, who=CRM).status == 201
    api.deliver()
    enablement(api.platform.on).count_pipeline.run()
    return api


def shown(api: ApiClient, who: str, **query: str) -> Any:
    answer = api.get("pipeline", who=who, **query)
    assert answer.status == 200, answer.json
    return answer.json


def reports_to(api: ApiClient, who: str) -> str | None:
    return str(api.get(f"employees/{who}", who=ADA).json["manager"])


def test_a_manager_sees_the_own_teams_deals_as_they_are(told: ApiClient) -> None:
    answer = shown(told, DANA)
    mine = {one for one in (JOE, SARAH, PRIYA) if reports_to(told, one) == DANA}
    assert JOE in mine
    assert {one["employee_id"] for one in answer["items"]} == mine
    assert (answer["scope"], answer["people"], answer["deals"]) == ("team", len(mine), len(mine))
    joes = next(one for one in answer["items"] if one["employee_id"] == JOE)
    assert (joes["account"], joes["value"], joes["stage"], joes["segment"]) == (
        "Acme Health",
        500_000,
        "discovery",
        "enterprise",
    )
    assert joes["interval_low"] <= joes["readiness_score"] <= joes["interval_high"]
    assert joes["risk_assessment"]["factors"]
    assert joes["preparation"]["state"] == "open"
    assert joes["preparation"]["activities"] > 0
    record = next(one for one in told.platform.audited.page(limit=500).items if one.actor == DANA)
    assert record.action == AuditAction.PROFILES_LISTED
    assert mine <= set(record.people)


def test_sales_leadership_sees_all_with_names_page_by_page(told: ApiClient) -> None:
    first = shown(told, CRO, limit="2")
    second = shown(told, CRO, **{"from": str(first["next"])})
    assert len(first["items"]) == 2
    assert {one["deal_id"] for one in (*first["items"], *second["items"])} == {"acme", "bank", "mill"}
    assert second["next"] is None
    every = next(one for one in first["groups"] if one["by"] == "all")
    assert (every["deals"], every["amount"], every["amounts_unknown"]) == (3, 550_000, 1)
    assert sum(one["deals"] for one in every["cells"]) == 3
    assert all(one["deals_low"] <= one["deals"] <= one["deals_high"] for one in every["cells"])
    named = [one for one in told.platform.audited.page(limit=500).items if one.actor == CRO]
    assert {one for record in named for one in (*record.people, record.subject)} >= {JOE, SARAH, PRIYA}


def test_a_senior_manager_sees_numbers_of_five_people_and_more_and_no_deal_of_others_reports(told: ApiClient) -> None:
    answer = shown(told, VIC)
    assert answer["scope"] == "organisation"
    assert all(reports_to(told, one["employee_id"]) == VIC for one in answer["items"])
    every = next(one for one in answer["groups"] if one["by"] == "all")
    assert every["deals"] >= 1
    # Three people: the numbers of deals are no secret, their risk is.
    assert every["cells"] == []
    assert "their risk is not told" in answer["sentence"]
    assert "Acme Health" not in str(answer)


def test_employees_and_enablement_do_not_see_the_pipeline(told: ApiClient) -> None:
    assert told.get("pipeline", who=JOE).status == 403
    assert told.get("pipeline", who=ENID).status == 403


def test_the_answer_has_bounds_where_the_ratings_leave_any(told: ApiClient) -> None:
    for who in (CRO, DANA):
        answer = shown(told, who)
        every = next(one for one in answer["groups"] if one["by"] == "all")
        ready = next(one for one in every["cells"] if one["risks"] == ["low"])
        said = f"({ready['deals_low']} to {ready['deals_high']} within the ratings’ 80 % intervals)"
        alone = "(the same all over the ratings’ 80 % intervals)"
        assert (said in answer["sentence"]) is (ready["deals_low"] < ready["deals_high"])
        assert (alone in answer["sentence"]) is (ready["deals_low"] == ready["deals_high"])


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0, 0, "Ready for 0 of 1 open deal (the same all over the ratings’ 80 % intervals): $0 of $500K."),
        (0, 1, "Ready for 0 of 1 open deal (0 to 1 within the ratings’ 80 % intervals): $0 ($0 to $500K) of $500K."),
    ],
)
def test_leaders_read_no_bounds_that_say_nothing(low: int, high: int, said: str) -> None:
    ready = Cell(("low",), 0, low, high, 0.0, low * 500_000.0, high * 500_000.0, 0)
    risky = Cell(("medium",), 1, 1 - high, 1, 500_000.0, 0.0, 500_000.0, 0)
    every = Group("all", "", 1, 500_000.0, 0, 0, (risky, ready))
    assert _sentence(_Seen("everyone", NOW, 1, (every,), (), {})) == said


def test_before_the_first_count_it_says_so(api: ApiClient) -> None:
    answer = shown(api, CRO)
    assert (answer["sentence"], answer["as_of"], answer["items"]) == ("Not counted yet.", None, [])
    assert shown(api, DANA)["sentence"] == "There is no open deal."


def test_a_deal_that_was_closed_since_the_count_is_not_listed(told: ApiClient) -> None:
    lost = {
        "deal_id": "acme",
        "employee_id": JOE,
        "account_name": "Acme Health",
        "opportunity_name": "Expansion",
        "stage": "closed_lost",
    }
    assert told.post("deal-outcomes", lost, who=CRM).status == 201
    told.deliver()
    assert "acme" not in {one["deal_id"] for one in shown(told, CRO)["items"]}
    assert "acme" not in {one["deal_id"] for one in shown(told, DANA)["items"]}
    enablement(told.platform.on).count_pipeline.run()
    every = next(one for one in shown(told, CRO)["groups"] if one["by"] == "all")
    assert every["deals"] == 2


def test_preparation_that_is_late_is_overdue(told: ApiClient) -> None:
    assignment = told.get(f"employees/{JOE}/assignments", who=JOE).json["items"][0]
    late = datetime.fromisoformat(assignment["due_date"]) + timedelta(hours=1)
    told.clock.move(seconds=(late - told.clock.now()).total_seconds())
    item = next(one for one in shown(told, DANA)["items"] if one["deal_id"] == "acme")
    assert item["preparation"]["state"] == "overdue"


def test_who_leads_nobody_any_more_has_no_count_left(told: ApiClient) -> None:
    counted = enablement(told.platform.on).count_pipeline
    before = counted.run().leaders
    assert before >= 1
    record = told.get(f"employees/{VIC}", who=ADA).json
    assert told.put(
        f"employees/{VIC}", {"name": record["name"], "role": "manager", "manager": record["manager"]}, who=ADA
    ).status in (200, 201)
    assert counted.run().leaders == before - 1
    assert told.get("pipeline", who=VIC).json["scope"] == "team"


@pytest.mark.parametrize("given", ["x", "-1", "10001"])
def test_a_page_that_is_no_number_is_refused(told: ApiClient, given: str) -> None:
    answer = told.get("pipeline", who=CRO, **{"from": given})
    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "from")
