"""A person's ratings over HTTP: rows, gaps, other contexts and other days."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import timedelta
from statistics import mean
from typing import Any

import pytest

from infra.demonstration.organisation import Organisation
from shared.ratings.contract import SkillView
from shared.ratings.usecases.wanted_skills import USUAL
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
        context = {"industry": "beekeeping", "buyer_personas": ["beekeeper"], "deal_id": "opp-1"}
        api.record(*(call_seen(n, score=50, context=context) for n in range(3)))
        api.deliver()
        gaps = api.get(f"employees/{JOE}/skills").json["gaps_identified"]
        assert [gap["context"] for gap in gaps if gap["context"]] == [{"product_line": "platform-v2"}]  # a rule's
        assert "beekeeping" not in str(api.get("readiness", who=DANA).json["heat_map"])

    def test_show_an_undeclared_value_nowhere_and_rate_it_where_one_asks(self, api: ApiClient) -> None:
        context = {"industry": "Martian mining", "deal_size": "enterprise", "mood": "good"}
        scores = [{"competency": "discovery", "score": 70, "context": context}]
        answers = [api.post("validation-events", role_play(n, competency_scores=scores)).json for n in range(3)]
        api.deliver()

        shown = api.get(f"employees/{JOE}/skills", view="all").json["skills"]
        assert {str(row["context"]) for row in shown if row["competency"] == "discovery"} == {
            "None",
            "{'deal_size': 'enterprise'}",
        }
        for told in (answers, shown, api.get("export/skill-profiles").raw, api.get("readiness", who=DANA).raw):
            assert "Martian" not in str(told).replace("'Martian mining' is no value", "")
        for asked in ("industry=Martian mining", "industry=Martian mining&deal_size=enterprise"):
            rows = api.get(f"employees/{JOE}/skills", context=asked).json["skills"]
            (row,) = [one for one in rows if one["competency"] == "discovery" and "industry" in (one["context"] or {})]
            assert (row["current_rating"], row["observations_count"]) == (70, 3)

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
            found = api.get(f"employees/{SARAH}/skills", view="all", **query).json["skills"]
            return next(r for r in found if r["competency"] == "discovery" and r["context"] == both)

        listed = row()
        assert (listed["current_rating"], listed["confidence"], listed["basis"]) == (78, "medium", "field")
        assert row(context="industry=healthcare&deal_size=enterprise") == listed


WIDE = {"industry": "healthcare", "deal_size": "enterprise", "buyer_persona": "ciso", "product_line": "platform"}


class TestWhatIsWanted:
    def record_wide(self, api: ApiClient) -> None:
        scores = [{"competency": "discovery", "score": 78, "context": WIDE}]
        api.record(*(role_play(n, competency_scores=scores) for n in range(3)))
        api.deliver()

    def contexts(self, api: ApiClient, **query: Any) -> list[dict[str, str] | None]:
        found = api.get(f"employees/{JOE}/skills", competency="discovery", **query).json["skills"]
        return [row["context"] for row in found]

    def test_a_profile_shows_the_general_skill_first_then_single_dimensions_and_no_combination(
        self, api: ApiClient
    ) -> None:
        self.record_wide(api)
        usual = self.contexts(api)
        assert usual[0] is None
        assert {len(one or {}) for one in usual} == {0, 1}
        assert sorted(next(iter(one)) for one in usual if one) == sorted(WIDE)

    def test_all_adds_each_full_context_every_field_and_every_gap(self, api: ApiClient) -> None:
        self.record_wide(api)
        row = next(
            row
            for row in api.get(f"employees/{JOE}/skills", view="all").json["skills"]
            if row["competency"] == "discovery" and len(row["context"] or {}) == 4
        )
        assert set(row) == set(SkillView.model_fields)
        assert row["context"].items() >= {"industry": "healthcare", "deal_size": "enterprise"}.items()

    def test_a_context_that_is_asked_for_or_that_a_deal_has_stands_before_the_single_dimensions(
        self, api: ApiClient
    ) -> None:
        self.record_wide(api)
        two = {"industry": "healthcare", "deal_size": "enterprise"}
        assert self.contexts(api, context="industry=healthcare&deal_size=enterprise")[:2] == [None, two]
        context = {**two, "deal_id": "opp-1"}
        api.record(*(call_seen(n + 10, score=78, context=context) for n in range(2)))
        assert {"industry": "healthcare", "deal_size": "enterprise"} in self.contexts(api)

    def test_a_row_has_the_usual_fields_with_all_that_the_specification_prints(self, api: ApiClient) -> None:
        printed = {
            "competency", "context", "current_rating", "confidence", "status", "observations_count", "last_updated"
        }  # fmt: skip
        self.record_wide(api)
        for row in api.get(f"employees/{JOE}/skills").json["skills"]:
            assert tuple(row) == tuple(name for name in SkillView.model_fields if name in USUAL)
            assert printed <= set(row)

    def test_fields_that_are_named_come_with_the_skill_that_they_are_about(self, api: ApiClient) -> None:
        self.record_wide(api)
        for view in ({}, {"view": "all"}):
            rows = api.get(f"employees/{JOE}/skills", fields="explanation, status", **view).json["skills"]
            assert {tuple(row) for row in rows} == {("competency", "context", "status", "explanation")}

    @pytest.mark.parametrize(
        ("field", "given", "accepted"),
        [("fields", "colour", "explanation"), ("fields", "status,", "explanation"), ("view", "some", "all")],
    )
    def test_another_word_is_refused_with_what_is_accepted(
        self, api: ApiClient, field: str, given: str, accepted: str
    ) -> None:
        answer = api.get(f"employees/{JOE}/skills", **{field: given})
        assert answer.status == 422
        assert answer.json["errors"][0]["field"] == field
        assert accepted in answer.json["detail"]

    @pytest.mark.parametrize("view", [{}, {"view": "all"}])
    def test_pages_join_to_the_whole(self, api: ApiClient, view: dict[str, str]) -> None:
        self.record_wide(api)
        whole = api.get(f"employees/{JOE}/skills", limit=200, **view).json
        assert whole["next_cursor"] is None
        rows: list[Any] = []
        cursor: dict[str, str] = {}
        while True:
            page = api.get(f"employees/{JOE}/skills", limit=7, **view, **cursor).json
            rows += page["skills"]
            assert {**page, "skills": [], "next_cursor": None} == {**whole, "skills": []}
            if page["next_cursor"] is None:
                break
            assert len(page["skills"]) == 7
            cursor = {"cursor": page["next_cursor"]}
        assert rows == whole["skills"]
        assert api.get(f"employees/{JOE}/skills", cursor="bm8").status == 422

    def test_profiles_of_the_demonstration_are_less_than_20_kb_and_count_the_gaps_that_they_leave_out(
        self, api: ApiClient
    ) -> None:
        organisation = Organisation(NOW.date())
        people = [person for person in organisation.people() if person.role == "employee"][::8]
        bodies = defaultdict(list)
        for event in organisation.events():
            if event.body["employee_id"] in {person.email for person in people}:
                bodies[event.path].append(event.body)
        api.import_people(organisation.people_csv())
        for path, several in bodies.items():
            for first in range(0, len(several), 500):
                assert api.post(path, several[first : first + 500]).json["rejected"] == 0
        sizes, whole = [], []
        for person in people:
            usual, all_of_it = (
                api.get(f"employees/{person.email}/skills", **view).json for view in ({}, {"view": "all"})
            )
            sizes.append(len(json.dumps(usual, separators=(",", ":"))))
            whole.append(len(json.dumps(all_of_it, separators=(",", ":"))))
            assert usual["gaps_identified"] == all_of_it["gaps_identified"][:20]
            assert sum(usual["gaps_by_kind"].values()) == len(all_of_it["gaps_identified"])
        assert mean(sizes) < 20_000
        assert mean(whole) > 200_000


class TestAskedContexts:
    @pytest.mark.parametrize(
        "context",
        [
            "industry=healthcare,deal_size=enterprise",
            "industry=healthcare, fintech",
            "industry:healthcare,deal_size:enterprise",
            "healthcare,enterprise",
            "industry,deal_size=healthcare",
        ],
    )
    def test_a_comma_is_refused_with_what_is_accepted(self, api: ApiClient, context: str) -> None:
        refused = api.get(f"employees/{JOE}/skills", context=context)
        assert (refused.status, refused.fields) == (422, ["context"])
        assert "industry=healthcare&deal_size=enterprise" in refused.json["detail"]

    def test_a_value_with_a_comma_that_the_framework_has_can_be_asked_for(self, api: ApiClient) -> None:
        value = "retail, consumer"
        api.put("frameworks/sales_engineering/dimensions/segment", {"values": [value]})
        scores = [{"competency": "discovery", "score": 70, "context": {"segment": value}}]
        api.record(*(role_play(n, competency_scores=scores) for n in range(2)))
        profile = api.get(f"employees/{JOE}/skills", context=f"segment={value}").json
        row = next(r for r in profile["skills"] if r["context"] == {"segment": value})
        assert (row["current_rating"], profile["notices"]) == (70, [])

    def test_words_that_the_framework_does_not_know_are_noticed(self, api: ApiClient) -> None:
        def notices(context: str) -> list[str]:
            found: list[str] = api.get(f"employees/{JOE}/skills", context=context).json["notices"]
            return found

        [value, dimension] = notices("industry=beekeeping&mood=good")
        assert value.startswith("context: 'beekeeping' is no value of industry in the framework; it has ")
        assert "healthcare" in value
        assert dimension.startswith("context: the framework has no dimension 'mood'; it has ")
        assert notices("industry=healthcare") == api.get(f"employees/{JOE}/skills").json["notices"] == []

    def test_another_word_for_a_value_is_read_as_the_value(self, api: ApiClient) -> None:
        api.record(*(role_play(n, score=80) for n in range(2)))
        profile = api.get(f"employees/{JOE}/skills", context="industry=Healthcare").json
        row = next(r for r in profile["skills"] if r["context"] == {"industry": "healthcare"})
        assert (row["current_rating"], profile["notices"]) == (80, [])
