"""A manager's own team over HTTP: by need, with evidence from what to what, and means of five or more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.platform.domain.audit_actions import AuditAction
from tests.api.conftest import api, loaded, seen
from tests.enablement.deals import CRM, acme
from tests.harness.api_client import ADA, DANA, JOE, NOW, VIC, ApiClient, call_seen

__all__ = ["api", "loaded", "seen"]


def shown(api: ApiClient, who: str = DANA) -> dict[str, Any]:
    answer = api.get("team", who=who)
    assert answer.status == 200, answer.json
    return dict(answer.json)


def person(api: ApiClient, name: str) -> str:
    """Somebody new who reports to Dana."""
    employee_id = f"{name.lower()}@augmentcode.com"
    record = {"name": name, "role": "employee", "manager": DANA}
    assert api.put(f"employees/{employee_id}", record, who=ADA).status in (200, 201)
    return employee_id


def observed(api: ApiClient, employee_id: str, score: float, days_ago: int, number: int) -> None:
    api.record(call_seen(number, employee=employee_id, score=score, days_ago=days_ago))


@pytest.fixture
def team(api: ApiClient) -> ApiClient:
    """Of discovery: Falls goes from 90 to 60, Weak is at 60 throughout, Fine is at 90; Joe was never seen."""
    for number, (name, scores) in enumerate(
        {"Falls": (90, 90, 90, 60, 60, 60), "Weak": (60,) * 6, "Fine": (90,) * 6}.items()
    ):
        employee_id = person(api, name)
        for place, score in enumerate(scores):
            observed(api, employee_id, score, 85 - 16 * place, 100 * number + place)
    api.deliver()
    return api


def test_people_stand_by_need_and_who_was_never_seen_after_who_falls(team: ApiClient) -> None:
    answer = shown(team)
    assert [one["name"] for one in answer["members"]][:2] == ["Falls", "Weak"]
    assert answer["members"][0]["gaps_by_kind"]["declining"] == 1
    discovery = answer["members"][0]["skills"][0]
    profile = team.get("employees/falls@augmentcode.com/skills", who=DANA).json
    (row,) = (one for one in profile["skills"] if one["competency"] == "discovery" and one["context"] is None)
    assert {name: discovery[name] for name in ("rating", "interval", "trend", "status", "stale")} == {
        "rating": row["current_rating"],
        "interval": row["interval"],
        "trend": row["trend"],
        "status": row["status"],
        "stale": row["stale"],
    }


def test_what_to_talk_about_says_from_what_to_what_and_one_thing_to_do(team: ApiClient) -> None:
    first, second, *more = shown(team)["one_to_ones"]
    assert (first["name"], first["kind"], second["name"], second["kind"]) == ("Falls", "declining", "Weak", "weak")
    assert first["rating_then"] > first["rating"]
    then = (NOW - timedelta(days=30)).date().isoformat()
    before = team.get("employees/falls@augmentcode.com/skills", as_of=then, who=DANA).json
    (row,) = (one for one in before["skills"] if one["competency"] == "discovery" and one["context"] is None)
    assert (first["since"], first["rating_then"], first["interval_then"]) == (
        then,
        row["current_rating"],
        row["interval"],
    )
    assert first["action"]
    assert "Fine" not in {one["name"] for one in more}
    assert len(more) <= 1


def test_a_mean_is_told_of_five_or_more(team: ApiClient) -> None:
    assert {(one["mean"], one.get("interval")) for one in shown(team)["means"]} == {(None, None)}
    for number, name in enumerate(("Four", "Five")):
        for place in range(3):
            observed(team, person(team, name), 70, 3, 1_000 + 10 * number + place)
    team.deliver()
    discovery = next(one for one in shown(team)["means"] if one["competency"] == "discovery")
    rated = [
        skill["rating"]
        for one in shown(team)["members"]
        for skill in one["skills"]
        if skill["competency"] == "discovery" and skill["rating"] is not None
    ]
    assert discovery["people"] == len(rated) == 5
    assert discovery["mean"] == pytest.approx(sum(rated) / 5, abs=0.06)
    low, high = discovery["interval"]
    # Of five people, each known to about eight points either way.
    assert 2 < high - low < 16


def test_only_direct_reports_and_who_is_shown_is_on_record(team: ApiClient) -> None:
    names = {one["employee_id"] for one in shown(team)["members"]}
    assert JOE in names
    assert not names & {one["employee_id"] for one in shown(team, VIC)["members"]}
    (record,) = (
        one
        for one in team.platform.audited.page(limit=500).items
        if one.action == AuditAction.PROFILES_LISTED and one.actor == DANA
    )
    assert set(record.people) == names


def test_a_deal_at_risk_is_there_with_how_sure_that_is(team: ApiClient) -> None:
    answer = team.post("deal-assignments", acme(employee_id="weak@augmentcode.com"), who=CRM)
    assert answer.status == 201
    team.deliver()
    (deal,) = team.get("team/deals-at-risk", who=DANA).json["items"]
    assert (deal["account"], deal["name"]) == ("Acme Health", "Weak")
    assert deal["risk_assessment"] == answer.json["risk_assessment"]
    assert deal["interval_low"] <= deal["readiness_score"] <= deal["interval_high"]
    assert team.get("team/deals-at-risk", who=VIC).json["items"] == []
    page = team.get("team/deals-at-risk", who=JOE)
    assert page.status == 403


def test_the_next_meeting_comes_first_and_what_is_over_last(team: ApiClient) -> None:
    dates = {"over": -400, "long-over": -500, "later": 9, "next": 4, "none": None}
    for name, days in dates.items():
        body = acme(deal_id=name, employee_id="weak@augmentcode.com")
        if days is None:
            del body["next_meeting"]
        else:
            body["next_meeting"]["date"] = (NOW + timedelta(days=days)).isoformat()
        assert team.post("deal-assignments", body, who=CRM).status == 201
    team.deliver()
    found = [one["deal_id"] for one in team.get("team/deals-at-risk", who=DANA).json["items"]]
    assert found == ["next", "later", "none", "over", "long-over"]
