"""Without a deal: what a skill shows becomes something to do, in measure, and with what was seen from what to what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from infra.wiring.ratings import ratings
from shared.kernel.json_values import JsonObject
from shared.ports.messages import Message
from tests.enablement.test_deal_assignments import assignments, told
from tests.harness.api_client import ADA, DANA, ENID, JOE, NOW, SARAH, ApiClient, call_seen, role_play

RULES = {"on": True, "off": []}


@pytest.fixture
def ruled(api: ApiClient) -> ApiClient:
    """An organisation whose enablement has turned the rules on."""
    assert api.put("settings/assignments", RULES, who=ENID).status == 200
    return api


def seen(api: ApiClient, *scores: float, first: int = 0, every: int = 1, who: str = JOE) -> None:
    """Conversations, the newest first, so many days apart."""
    api.record(
        *(
            call_seen(first + number, employee=who, score=score, days_ago=1 + every * number, context={})
            for number, score in enumerate(scores)
        )
    )
    api.deliver()


def practised(api: ApiClient, *scores: float, every: int = 5) -> None:
    """Sessions, the newest first."""
    sessions = [
        role_play(
            number,
            score=score,
            days_ago=1 + every * number,
            passed=True,
            competency_scores=[{"competency": "discovery", "score": score}],
        )
        for number, score in enumerate(scores)
    ]
    api.record(*sessions)
    api.deliver()


def by_rule(api: ApiClient, who: str = JOE) -> list[dict[str, Any]]:
    return [one for one in assignments(api, who) if one["trigger"] != "deal"]


def test_nothing_is_assigned_until_somebody_turns_it_on(api: ApiClient) -> None:
    seen(api, 60, 60, 60)
    assert by_rule(api) == []
    assert api.get("settings/assignments", who=ENID).json["on"] is False


def test_a_gap_is_assigned_what_the_profile_recommends(ruled: ApiClient) -> None:
    seen(ruled, 60, 60, 60)
    (one,) = by_rule(ruled)
    assert (one["trigger"], one["trigger_reason"], one["assignment_type"]) == (
        "gap",
        "gap_discovery",
        "auto_triggered",
    )
    assert one["why"].startswith("Discovery: 60 (")
    assert one["why"].endswith(") → 80 is the bar")
    assert one["due_date"] == "2026-02-26T17:00:00Z", "ten working days"
    gap = next(
        each
        for each in ruled.get(f"employees/{JOE}/skills", who=JOE).json["gaps_identified"]
        if each["competency"] == "discovery" and not each["context"]
    )
    assert one["activities"][0]["content_title"] in gap["recommendation"]
    assert [each["facts"]["title"] for each in told(ruled, JOE, "assignment.by_rule")] == [
        one["activities"][0]["content_title"]
    ]


def test_a_decline_says_from_what_to_what(ruled: ApiClient) -> None:
    seen(ruled, 62, 64, 66, 70, 74, 78, 82, 86, 88, 90, every=6)
    (one,) = [each for each in by_rule(ruled) if each["competency"] == "discovery"]
    assert one["trigger"] == "declining"
    assert "on 13 January 2026 → " in one["why"]
    assert one["why"].endswith("now, and falling")


def test_practice_that_does_not_hold_in_the_field(ruled: ApiClient) -> None:
    practised(ruled, 92, 93, 92, 92, 94)
    seen(ruled, 62, 60, 61, 62)
    (one,) = [each for each in by_rule(ruled) if each["competency"] == "discovery"]
    assert one["trigger"] == "not_in_the_field"
    assert one["why"] == "Discovery: practice 93 → the field 61"
    assert one["activities"][0]["activity_type"] not in ("role_play", "multiple_choice_test"), "not more of the same"


def test_practice_that_falls_before_the_field_does(ruled: ApiClient) -> None:
    seen(ruled, 84, 84, 85, 84, 85, 84, every=4)
    practised(ruled, 70, 72, 76, 80, 84, 88, 92, 94, every=6)
    (one,) = [each for each in by_rule(ruled) if each["competency"] == "discovery"]
    assert one["trigger"] == "practice_falls"
    assert one["why"].startswith("Discovery: practice 91 → 73 over 8 sessions since ")
    assert ", while the field stands at 84 (" in one["why"]


def test_a_validation_that_ends_soon_is_found_by_the_night(ruled: ApiClient) -> None:
    practised(ruled, 85, 86, 85, 86, 87)
    rule = {"competency": "discovery", "min_validation_attempts": 3, "min_validation_score": 80}
    change = {"rules": [rule | {"expires_after_days": 90}]}
    assert ruled.put("skills/discovery", change, who=ADA).status == 200
    ruled.deliver()
    assert [each for each in by_rule(ruled) if each["trigger"] == "expiring"] == []
    ruled.clock.move(days=40)
    night(ruled)
    (one,) = [each for each in by_rule(ruled) if each["trigger"] == "expiring"]
    assert one["why"].startswith("Discovery: validated on ")
    assert " → ends on " in one["why"]
    night(ruled)
    assert len([each for each in by_rule(ruled) if each["trigger"] == "expiring"]) == 1


def night(api: ApiClient) -> None:
    ratings(api.platform.on).recalculate.start(started_by="schedule", nightly=True)
    api.deliver()


def test_nothing_for_who_shows_it_in_the_field_and_what_is_shown_is_withdrawn(ruled: ApiClient) -> None:
    seen(ruled, 60, 60, 60)
    ruled.clock.move(days=1)
    seen(ruled, *[96] * 12, first=20, every=0)
    (one,) = [each for each in by_rule(ruled) if each["competency"] == "discovery"]
    assert (one["state"], one["because"]) == ("cancelled", "shown")


def test_never_twice_while_it_is_open_nor_soon_after(ruled: ApiClient) -> None:
    seen(ruled, 60, 60, 60)
    seen(ruled, 59, 58, first=10)
    (one,) = by_rule(ruled)
    done = {"content_id": one["activities"][0]["content_id"]}
    assert ruled.post(f"assignments/{one['assignment_id']}/completions", done, who=JOE).json["state"] == "done"
    ruled.clock.move(days=29)
    seen(ruled, 58, first=20)
    assert len(by_rule(ruled)) == 1
    ruled.clock.move(days=2)
    ruled.record(*(call_seen(30 + number, score=58, days_ago=-30, context={}) for number in range(3)))
    ruled.deliver()
    assert len(by_rule(ruled)) == 2


def test_no_more_than_so_many_at_a_time(ruled: ApiClient) -> None:
    words = ("discovery", "listening", "closing", "objection_handling")
    scores = [{"competency": word, "score": 55, "evidence": "Asked"} for word in words]
    ruled.record(*(call_seen(number, competency_scores=scores, context={}) for number in range(3)))
    ruled.deliver()
    assert len(by_rule(ruled)) == 2
    assert ruled.put("settings/assignments", RULES | {"most_open": 3}, who=ENID).status == 200
    seen(ruled, 56, first=10)
    assert len(by_rule(ruled)) == 3


def test_a_rule_that_is_off_assigns_nothing(ruled: ApiClient) -> None:
    assert ruled.put("settings/assignments", RULES | {"off": ["gap"]}, who=ENID).status == 200
    seen(ruled, 60, 60, 60)
    assert by_rule(ruled) == []


def test_what_a_manager_asks_for_already_no_rule_asks_for(ruled: ApiClient) -> None:
    items = ruled.get("assignable-content", who=DANA).json["items"]
    about = next(one for one in items if one["competencies"][0] == "discovery" and one["activity_type"] == "role_play")
    body = {"employee_ids": [JOE], "content_id": about["content_id"], "due_on": "2026-02-20", "reason": "Try it"}
    assert ruled.post("assignments", body, who=DANA).status == 201
    seen(ruled, 60, 60, 60)
    assert [one["trigger"] for one in by_rule(ruled)] == ["by_hand"]


def test_messages_in_any_order_and_again_assign_once(ruled: ApiClient) -> None:
    seen(ruled, 60, 60, 60)
    before = by_rule(ruled)
    fact: JsonObject = {
        "employee_id": JOE,
        "framework_id": "sales_engineering",
        "revision": 1,
        "as_of": "2026-02-12",
        "changed_at": NOW.isoformat(),
        "framework_version": 1,
        "parameters_version": 1,
        "kernel_version": "1",
        "skills": [],
    }
    for _ in range(3):
        ruled.platform.bus.publish("skill-changed", [Message(fact), Message(fact)])
        ruled.deliver()
    assert by_rule(ruled) == before
    assert len(told(ruled, JOE, "assignment.by_rule")) == 1


def test_what_others_do_not_see_yet_assigns_nothing(ruled: ApiClient) -> None:
    """A call that is open to the employee alone: its scores are no reason that a manager would read."""
    analysed = {"model_used": "claude:m:r:p", "analysis_version": 2000, "references": {"discovery": [{"turn": 1}]}}
    for number in range(3):
        scores = [{"competency": "discovery", "score": 55, "confidence": 0.9, "evidence": "quote"}]
        ruled.record(
            call_seen(number, days_ago=0, competency_scores=scores, context={}) | {"analysis_metadata": analysed}
        )
    ruled.deliver()
    assert by_rule(ruled) == []
    ruled.clock.move(days=3)
    night(ruled)
    assert [one["trigger"] for one in by_rule(ruled)] == ["gap"], "it is open now"


@pytest.mark.parametrize("who", [JOE, DANA])
def test_who_may_not_change_the_rules(api: ApiClient, who: str) -> None:
    assert api.put("settings/assignments", RULES, who=who).status == 403
    assert api.get("settings/assignments", who=who).status == 403


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"most_open": 0}, "most_open"),
        ({"cooldown_days": 3}, "cooldown_days"),
        ({"remind_after": 1}, "remind_after"),
        ({"off": ["moon"]}, "off"),
        ({"on": "perhaps"}, "on"),
    ],
)
def test_settings_that_cannot_be_taken_are_named(api: ApiClient, change: dict[str, Any], field: str) -> None:
    answer = api.put("settings/assignments", RULES | change, who=ENID)
    assert answer.status == 422
    assert field in str(answer.json)


def test_another_persons_skills_are_theirs(ruled: ApiClient) -> None:
    seen(ruled, 60, 60, 60, who=SARAH)
    assert by_rule(ruled) == []
    assert len(by_rule(ruled, SARAH)) == 1
    assert (NOW + timedelta(days=14)).date().isoformat() in by_rule(ruled, SARAH)[0]["due_date"]
