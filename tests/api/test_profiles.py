"""A person's ratings over HTTP: rows, gaps, other contexts and other days."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.api.skill_rows import skill_of
from tests.harness.api_client import (
    DANA,
    JOE,
    NOW,
    PRIYA,
    SARAH,
    ApiClient,
    call_seen,
    role_play,
)


class TestProfiles:
    def test_of_someone_new_shows_every_skill_not_started_and_the_core_as_gaps(self, api: ApiClient) -> None:
        profile = api.get(f"employees/{PRIYA}/skills", who=PRIYA).json
        framework = api.get("frameworks/sales_engineering").json["framework"]
        assert {row["competency"] for row in profile["skills"]} == {c["competency"] for c in framework["competencies"]}
        assert {row["status"] for row in profile["skills"]} == {"not_started"}
        assert (profile["overall_readiness"], profile["readiness_tier"]) == (None, None)
        assert (profile["core_seen"], profile["core_competencies"]) == (0, 5)
        core = {c["competency"] for c in framework["competencies"] if c["core"]}
        assert {(gap["competency"], gap["kind"], gap["severity"]) for gap in profile["gaps_identified"]} == {
            (competency, "no_evidence", "medium") for competency in core
        }
        assert 0 < profile["gaps_for_this_week"] <= 5

    def test_have_a_gap_where_colleagues_work_and_this_person_was_never_seen(self, api: ApiClient) -> None:
        fintech = [{"competency": "closing", "score": 90, "context": {"industry": "banking"}}]
        api.record(*(role_play(n, score=85) for n in range(3)))
        api.record(role_play(9, employee=SARAH, competency_scores=fintech))
        api.deliver()
        profile = api.get(f"employees/{JOE}/skills").json
        found = {(g["competency"], (g["context"] or {}).get("industry")): g for g in profile["gaps_identified"]}
        printed = found["discovery", "fintech"]
        assert (printed["severity"], printed["kind"], printed["current_rating"]) == ("medium", "no_evidence", None)
        assert "fintech discovery" in printed["recommendation"]
        assert printed["reason"] == "Not seen in fintech yet, where the organisation works"
        assert ("discovery", "healthcare") not in found  # 85 there
        assert {industry for _, industry in found} == {None, "healthcare", "fintech"}
        ranks = ["declining", "expiring", "weak", "no_evidence"]
        kinds = [ranks.index(gap["kind"]) for gap in profile["gaps_identified"]]
        assert kinds == sorted(kinds)

    def test_make_no_context_and_no_gap_of_a_callers_free_words(self, api: ApiClient) -> None:
        context = {"industry": "beekeeping", "buyer_personas": ["head of hives"], "deal_id": "opp-1"}
        api.record(*(call_seen(n, score=50, context=context) for n in range(3)))
        api.deliver()
        gaps = api.get(f"employees/{JOE}/skills").json["gaps_identified"]
        assert [gap["context"] for gap in gaps if gap["context"]] == [{"product_line": "platform-v2"}]  # a rule's
        assert "beekeeping" not in str(api.get("readiness", who=DANA).json["heat_map"])

    def test_rate_the_contexts_of_the_own_open_deals_and_miss_what_they_need(self, api: ApiClient) -> None:
        context = {"industry": "healthcare", "deal_size": "enterprise", "deal_id": "opp-1"}
        api.record(*(call_seen(n, score=85, days_ago=10, context=context) for n in range(3)))
        profile = api.get(f"employees/{JOE}/skills").json
        deal = {"industry": "healthcare", "deal_size": "enterprise"}
        missing = {g["competency"]: g for g in profile["gaps_identified"] if g["context"] == deal}
        assert "discovery" not in missing
        assert (missing["closing"]["severity"], missing["closing"]["kind"]) == ("high", "no_evidence")
        api.clock.move(days=55)
        later = api.get(f"employees/{JOE}/skills").json["gaps_identified"]
        assert not [g for g in later if g["context"] == deal]

    def test_say_the_same_rating_in_a_gap_as_in_its_row(self, api: ApiClient) -> None:
        api.record(*(call_seen(n, score=70) for n in range(3)))
        api.clock.move(days=95)
        profile = api.get(f"employees/{JOE}/skills").json
        row = next(r for r in profile["skills"] if r["competency"] == "discovery" and r["context"] is None)
        gap = next(g for g in profile["gaps_identified"] if g["competency"] == "discovery" and g["context"] is None)
        assert (row["current_rating"], row["stale"], row["observations_count"]) == (70, True, 3)
        assert (gap["current_rating"], gap["kind"]) == (70, "expiring")
        assert (profile["overall_readiness"], profile["core_seen"]) == (None, 0)

    def test_gaps_name_real_scenarios_and_fade_with_the_rating(self, api: ApiClient) -> None:
        api.record(*(role_play(n, score=45) for n in range(3)))
        weak = api.get(f"employees/{JOE}/skills").json["gaps_identified"]
        scenarios = {s["scenario_id"] for s in api.get("frameworks/sales_engineering").json["framework"]["scenarios"]}
        healthcare = next(
            g for g in weak if g["competency"] == "discovery" and g["context"] == {"industry": "healthcare"}
        )
        assert healthcare["severity"] == "high"
        assert healthcare["current_rating"] == 45
        assert {g["scenario_id"] for g in weak if g["scenario_id"]} <= scenarios
        api.record(*(call_seen(n, score=92) for n in range(4)))
        strong = api.get(f"employees/{JOE}/skills").json["gaps_identified"]
        assert not [g for g in strong if g["competency"] == "discovery" and not g["context"]]

    def test_any_other_context_is_rated_on_request_and_one_competency_alone(self, api: ApiClient) -> None:
        context = {"industry": "healthcare", "deal_size": "enterprise", "buyer_persona": "executive"}
        scores = [{"competency": "discovery", "score": 80, "context": context}]
        api.record(*(role_play(n, competency_scores=scores) for n in range(2)))
        query = {"competency": "discovery", "context": "industry=healthcare&buyer_persona=executive"}
        rows = api.get(f"employees/{JOE}/skills", **query).json["skills"]
        assert {row["competency"] for row in rows} == {"discovery"}
        wanted = {"industry": "healthcare", "buyer_persona": "executive"}
        assert next(r for r in rows if r["context"] == wanted)["current_rating"] == 80
        assert not any(r["context"] == wanted for r in api.get(f"employees/{JOE}/skills").json["skills"])

    def test_one_competency_alone_leaves_the_overall_readiness_and_the_other_gaps_alone(self, api: ApiClient) -> None:
        framework = api.get("frameworks/sales_engineering").json["framework"]
        scores = [{"competency": c["competency"], "score": 90} for c in framework["competencies"] if c["core"]]
        api.record(*(role_play(n, competency_scores=scores) for n in range(4)))
        whole = api.get(f"employees/{JOE}/skills").json
        alone = api.get(f"employees/{JOE}/skills", competency="product_knowledge").json
        assert alone["overall_readiness"] == whole["overall_readiness"] == 90
        assert alone["readiness_tier"] == whole["readiness_tier"]
        assert alone["gaps_identified"] == [
            gap for gap in whole["gaps_identified"] if gap["competency"] == "product_knowledge"
        ]
        assert api.get(f"employees/{JOE}/skills", competency="nonsense").status == 422

    def test_as_of_another_day_forgets_what_came_later(self, api: ApiClient) -> None:
        api.record(*(role_play(n, score=60, days_ago=20) for n in (1, 2)), role_play(3, score=90, days_ago=1))
        today, before = skill_of(api, JOE), skill_of(api, JOE, as_of=str((NOW - timedelta(days=10)).date()))
        assert (before["current_rating"], before["validation_events"]) == (60, 2)
        assert today["current_rating"] > 60
        assert skill_of(api, JOE, as_of="2025-01-01")["status"] == "not_started"

    def test_follow_the_clock(self, api: ApiClient) -> None:
        api.record(*(role_play(n, score=85) for n in range(3)))
        assert skill_of(api, JOE)["status"] == "validated"
        api.clock.move(days=95)
        later = skill_of(api, JOE)
        assert (later["confidence"], later["stale"]) == ("unknown", True)
        assert later["status"] == "validated"  # the rule sets no expiry


class TestOneSkillOneNumber:
    def test_a_row_of_two_dimensions_is_what_a_request_for_it_says(self, api: ApiClient) -> None:
        both = {"industry": "healthcare", "deal_size": "enterprise"}
        wide = {**both, "buyer_persona": "ciso", "product_line": "platform"}
        api.record(*(call_seen(n, employee=SARAH, score=78, context=wide) for n in range(3)))
        practised = [{"competency": "discovery", "score": 95, "context": both}]
        api.record(role_play(9, employee=SARAH, score=95, competency_scores=practised))
        api.deliver()

        def row(**query: Any) -> dict[str, Any]:
            found = api.get(f"employees/{SARAH}/skills", **query).json["skills"]
            return next(r for r in found if r["competency"] == "discovery" and r["context"] == both)

        listed = row()
        assert (listed["current_rating"], listed["confidence"], listed["basis"]) == (78, "medium", "field")
        assert row(context="industry=healthcare&deal_size=enterprise") == listed
