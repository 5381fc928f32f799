"""Profiles, histories, skills and rules with previews, recalculations, and what an administrator operates."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from infra.local.queue import LocalQueue
from shared.ports.documents import Put
from tests.harness.api_client import (
    ADA,
    CRO,
    DANA,
    ENID,
    JOE,
    NOW,
    PRIYA,
    SARAH,
    ApiClient,
    call_seen,
    lesson,
    role_play,
)


def skill_of(api: ApiClient, employee_id: str, competency: str = "discovery", **query: Any) -> dict[str, Any]:
    rows = api.get(f"employees/{employee_id}/skills", **query).json["skills"]
    found: dict[str, Any] = next(r for r in rows if r["competency"] == competency and r["context"] is None)
    return found


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


class TestHistories:
    @pytest.fixture
    def told(self, api: ApiClient) -> ApiClient:
        at = (NOW - timedelta(days=3)).isoformat()
        ties = [role_play(n, timestamp=at, event_source=("a", "b")[n % 2]) for n in range(7)]
        api.record(*ties, role_play(10, days_ago=5), role_play(11, days_ago=1, employee=SARAH))
        quiz = [{"competency": "product_knowledge", "score": 70}]
        api.record(role_play(12, days_ago=2, competency_scores=quiz, event_type="multiple_choice_test"))
        api.record(call_seen(1), call_seen(2, analysis_metadata={"confidence_score": 0.2}), lesson(1))
        return api

    @staticmethod
    def pages(api: ApiClient, path: str, **query: Any) -> Iterator[list[dict[str, Any]]]:
        cursor: str | None = None
        while True:
            more = {"cursor": cursor} if cursor else {}
            page = api.get(path, **query, **more).json
            yield page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    @pytest.mark.parametrize("limit", [1, 2, 3, 4, 9, 50])
    def test_pages_over_ties_show_everything_once_in_one_order(self, told: ApiClient, limit: int) -> None:
        path = f"validation-events/{JOE}"
        whole = told.get(path).json["items"]
        assert len(whole) == 9
        paged = [item for page in self.pages(told, path, limit=limit) for item in page]
        assert paged == whole
        moments = [item["occurred_at"] for item in whole]
        assert moments == sorted(moments, reverse=True)

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ({}, 9),
            ({"source": "a"}, 4),
            ({"source": "b"}, 3),
            ({"source": "nobody"}, 0),
            ({"competency": "product_knowledge"}, 1),
            ({"competency": "discovery"}, 8),
            ({"competency": "Product_Expertise"}, 1),
            ({"competency": " DISCOVERY"}, 8),
            ({"since": (NOW - timedelta(days=3)).isoformat()}, 8),
            ({"until": (NOW - timedelta(days=3)).isoformat()}, 1),
            ({"since": "2026-02-09T13:00:00+01:00", "until": "2026-02-09T12:00:01Z"}, 7),
            ({"standing": "counted"}, 9),
            ({"standing": "held"}, 0),
            ({"source": "a", "competency": "discovery", "since": "2026-02-01T00:00:00Z"}, 4),
        ],
    )
    def test_filters(self, told: ApiClient, query: dict[str, str], count: int) -> None:
        assert len(told.get(f"validation-events/{JOE}", **query).json["items"]) == count
        assert (
            len([i for page in self.pages(told, f"validation-events/{JOE}", limit=2, **query) for i in page]) == count
        )

    @pytest.mark.parametrize("path", ["validation-events", "field-observations", "learning-activities"])
    def test_an_unknown_competency_is_refused_with_the_known_ones(self, told: ApiClient, path: str) -> None:
        refused = told.get(f"{path}/{JOE}", competency="underwater_basketry")
        assert (refused.status, refused.fields) == (422, ["competency"])
        assert "'underwater_basketry' is none of discovery, " in refused.json["detail"]

    def test_a_competency_is_one_of_the_persons_own_framework(self, told: ApiClient) -> None:
        told.put(f"employees/{JOE}", {"name": "Joe", "framework_id": "cable_jointing_demo"}, who=ADA)
        assert told.get(f"validation-events/{JOE}", competency="stress_control").json["items"] == []
        assert told.get(f"validation-events/{JOE}", competency="discovery").status == 422

    def test_each_kind_has_its_own(self, told: ApiClient) -> None:
        field = told.get(f"field-observations/{JOE}").json["items"]
        assert {item["standing"] for item in field} == {"counted", "held"}
        assert len(told.get(f"field-observations/{JOE}", standing="held").json["items"]) == 1
        (activity,) = told.get(f"learning-activities/{JOE}").json["items"]
        assert activity["payload"] == lesson(1)
        assert len(told.get(f"validation-events/{SARAH}").json["items"]) == 1

    def test_a_cursor_of_another_persons_history_shows_nobody_elses(self, told: ApiClient) -> None:
        cursor = told.get(f"validation-events/{JOE}", limit=1).json["next_cursor"]
        items = told.get(f"validation-events/{SARAH}", cursor=cursor).json["items"]
        assert {item["payload"]["employee_id"] for item in items} <= {SARAH}


NEW_SKILL = {
    "competency": "storytelling",
    "name": "Storytelling",
    "category": "soft_skills",
    "rubric": [{"from_score": 60, "description": "Has a hero."}, {"from_score": 0, "description": "Lists facts."}],
    "aliases": ["narrative"],
    "rules": [
        {
            "competency": "storytelling",
            "min_validation_attempts": 2,
            "min_validation_score": 80,
            "observation_window_days": 90,
            "expires_after_days": None,
            "field_overrides_validation": True,
        },
        {"context": {"industry": "healthcare"}, "min_field_score": 75},
    ],
}


class TestSkills:
    def test_a_new_one_is_there_for_events_at_once(self, api: ApiClient) -> None:
        created = api.post("skills", NEW_SKILL, who=ENID)
        assert created.status == 201
        assert created.headers["Location"] == "/api/v1/skills/storytelling"
        assert created.json == api.get("skills/storytelling").json
        assert created.json["framework_version"] == 2
        assert [step["from_score"] for step in created.json["rubric"]] == [0, 60]
        assert [(rule["context"], rule["version"]) for rule in created.json["rules"]] == [
            ({"industry": "healthcare"}, 2),
            (None, 2),
        ]
        assert created.json in api.get("skills").json["skills"]
        scores = [{"competency": "Narrative", "score": 90}]
        answer = api.post("validation-events", role_play(1, competency_scores=scores)).json
        assert [u["competency"] for u in answer["skill_updates"]] == ["storytelling"]

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"competency": "discovery"}, "competency"),
            ({"competency": "narrative", "aliases": ["storytelling"]}, "competency"),
            ({"competency": "tales", "aliases": ["Narrative"]}, "aliases"),
        ],
    )
    def test_a_name_that_is_taken_is_a_conflict(self, api: ApiClient, change: dict[str, Any], field: str) -> None:
        api.post("skills", NEW_SKILL)
        refused = api.post("skills", {**NEW_SKILL, "rules": [], **change})
        assert (refused.status, refused.fields) == (409, [field])

    def test_changes_make_versions_and_what_is_absent_stays(self, api: ApiClient) -> None:
        before = api.get("skills/discovery").json
        changed = api.put("skills/discovery", {"description": "Asks.", "if_version": 1}, who=ENID).json
        assert changed == {**before, "description": "Asks.", "framework_version": 2}
        assert api.put("skills/discovery", {"description": "Asks."}).json["framework_version"] == 2
        rules = [{"min_field_observations": 4, "min_field_score": 70}]
        third = api.put("skills/discovery", {"rules": rules}).json
        assert [rule["version"] for rule in third["rules"]] == [3]
        versions = api.get("skills/discovery/versions").json["versions"]
        assert [(v["version"], v["change"]) for v in versions] == [
            (3, "changed Discovery"),
            (2, "changed Discovery"),
            (1, "installed"),
        ]
        assert versions[1]["published_by"] == ENID
        assert versions[2]["definition"]["description"] == before["description"]
        assert [v["version"] for v in api.get("skills/closing/versions").json["versions"]] == [1]
        old = api.get("frameworks/sales_engineering", version=1).json["framework"]
        assert old["version"] == 1
        assert api.get("frameworks/sales_engineering", version=9).status == 404

    def test_two_who_edit_the_same_version_do_not_overwrite_each_other(self, api: ApiClient) -> None:
        assert api.put("skills/discovery", {"description": "First.", "if_version": 1}).status == 200
        late = api.put("skills/closing", {"description": "Second.", "if_version": 1})
        assert (late.status, late.fields) == (409, ["if_version"])
        assert "in force is 2" in late.json["detail"]
        assert api.put("skills/closing", {"description": "Second.", "if_version": 2}).status == 200

    def test_a_dimension_learns_words(self, api: ApiClient) -> None:
        body = {"values": ["healthcare", "space"], "aliases": {"Orbital": "space"}}
        changed = api.put("frameworks/sales_engineering/dimensions/industry", body, who=ENID)
        assert changed.json["framework"]["version"] == 2
        scores = [{"competency": "discovery", "score": 80, "context": {"industry": "orbital"}}]
        answer = api.post("validation-events", role_play(1, competency_scores=scores)).json
        assert {"industry": "space"} in [u["context"] for u in answer["skill_updates"]]
        late = api.put("frameworks/sales_engineering/dimensions/industry", {**body, "if_version": 1})
        assert late.status == 409

    def test_fifty_aliases_are_enough(self, api: ApiClient) -> None:
        api.put("skills/discovery", {"aliases": [f"word {n}" for n in range(50)]})
        scores = [{"competency": "a 51st", "score": 80}]
        held = api.post("validation-events", role_play(1, competency_scores=scores)).json["held"][0]["held_id"]
        refused = api.post(f"held-scores/{held}/decision", {"decision": "alias", "competency": "discovery"})
        assert refused.status == 409
        assert "50 aliases" in refused.json["detail"]


class TestPreview:
    CHANGE: dict[str, Any] = {"rules": [{"min_field_observations": 2, "min_field_score": 70}]}  # noqa: RUF012

    @pytest.fixture
    def mixed(self, api: ApiClient) -> ApiClient:
        """Joe is validated by practice only; Sarah and Priya by nothing, but Sarah has two good calls."""
        api.record(*(role_play(n, score=85) for n in range(3)))
        api.record(*(call_seen(n, employee=SARAH, score=75) for n in range(2)))
        api.record(*(call_seen(n, employee=PRIYA, score=60) for n in range(2)))
        api.deliver()
        return api

    def test_says_person_by_person_what_publishing_then_does(self, mixed: ApiClient) -> None:
        people = [item["employee_id"] for item in mixed.get("employees").json["employees"]]
        before = {who: skill_of(mixed, who)["status"] for who in people}
        preview = mixed.post("skills/discovery/preview", self.CHANGE, who=ENID).json
        assert {who: skill_of(mixed, who)["status"] for who in people} == before
        assert mixed.get("skills/discovery").json["framework_version"] == 1
        assert (preview["people"], preview["next_cursor"]) == (len(people), None)
        general = {c["employee_id"]: c for c in preview["changes"] if c["context"] is None}
        assert general[SARAH]["status_then"] == "validated"
        assert general[SARAH]["name"] == "Sarah Johnson"
        assert "2 field observations averaging 75" in general[SARAH]["why"]
        assert general[JOE]["status_then"] == "in_progress"
        assert PRIYA not in general
        assert preview["gaining"] >= 1
        assert preview["losing"] >= 1

        mixed.put("skills/discovery", self.CHANGE, who=ENID)
        mixed.deliver()
        predicted = {**before, **{who: change["status_then"] for who, change in general.items()}}
        assert {who: skill_of(mixed, who)["status"] for who in people} == predicted
        assert {who: change["status_now"] for who, change in general.items()} == {who: before[who] for who in general}

    def test_comes_in_pages_that_add_up(self, mixed: ApiClient) -> None:
        whole = mixed.post("skills/discovery/preview", self.CHANGE).json
        parts, cursor = [], None
        while True:
            query = {"limit": 2, **({"cursor": cursor} if cursor else {})}
            parts.append(mixed.post("skills/discovery/preview", self.CHANGE, **query).json)
            cursor = parts[-1]["next_cursor"]
            if cursor is None:
                break
        assert [change for part in parts for change in part["changes"]] == whole["changes"]
        assert sum(part["people"] for part in parts) == whole["people"]
        assert sum(part["gaining"] for part in parts) == whole["gaining"]

    def test_of_no_change_changes_nobody(self, mixed: ApiClient) -> None:
        preview = mixed.post("skills/discovery/preview", {}).json
        assert (preview["changes"], preview["gaining"], preview["losing"]) == ([], 0, 0)

    def test_of_a_context_that_a_rule_names_first_counts_what_a_request_counts(self, api: ApiClient) -> None:
        both = {"industry": "healthcare", "deal_size": "enterprise"}
        wide = {**both, "buyer_persona": "ciso", "product_line": "platform"}
        api.record(*(call_seen(n, employee=SARAH, score=80, context=wide) for n in range(3)))
        api.deliver()
        asked = api.get(f"employees/{SARAH}/skills", context="industry=healthcare&deal_size=enterprise").json["skills"]
        row = next(r for r in asked if r["competency"] == "discovery" and r["context"] == both)
        assert (row["current_rating"], row["status"]) == (80, "validated")

        rules = [{"min_field_observations": 3, "min_field_score": 75, **more} for more in ({}, {"context": both})]
        changes = api.post("skills/discovery/preview", {"rules": rules}).json["changes"]
        assert [change for change in changes if change["employee_id"] == SARAH] == []


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


class TestRecalculation:
    def test_runs_and_tells_how_far_it_is(self, api: ApiClient) -> None:
        api.record(*(role_play(n) for n in range(3)))
        api.deliver()
        started = api.post("skills/recalculate", {}, who=ADA)
        assert started.status == 202
        run = started.json
        assert (run["state"], run["employees"], run["employees_done"], run["started_by"]) == ("running", 11, 0, ADA)
        assert run["finished_at"] is None
        assert started.headers["Location"] == f"/api/v1/recalculations/{run['run_id']}"
        api.deliver()
        done = api.get(f"recalculations/{run['run_id']}").json
        assert (done["state"], done["employees_done"], done["repaired"]) == ("finished", 11, 0)
        assert done["finished_at"] is not None
        assert api.get("audit", action="recalculation.started").json["items"][0]["subject"] == run["run_id"]

    def test_from_the_ledger_repairs_a_state_that_lost_something(self, api: ApiClient) -> None:
        api.record(*(role_play(n, score=85) for n in range(3)))
        state = api.parts.documents.get(f"states/{JOE}")
        assert state is not None
        api.parts.documents.commit([Put(state.path, {**state.data, "observations": {}})])
        assert skill_of(api, JOE)["status"] == "not_started"
        run = api.post("skills/recalculate", {"employee_ids": [JOE.upper(), JOE], "from_ledger": True}).json
        assert run["employees"] == 1
        api.deliver()
        done = api.get(f"recalculations/{run['run_id']}").json
        assert (done["state"], done["rebuilt"], done["repaired"]) == ("finished_with_differences", 1, 1)
        assert skill_of(api, JOE)["status"] == "validated"

    def test_of_nobody_is_finished_at_once(self, api: ApiClient) -> None:
        assert api.post("skills/recalculate", {"employee_ids": []}).json["state"] == "finished"


class TestReadiness:
    def test_of_the_own_team_counts_those_validated_in_every_core_competency(self, api: ApiClient) -> None:
        core = [
            c["competency"]
            for c in api.get("frameworks/sales_engineering").json["framework"]["competencies"]
            if c["core"]
        ]
        scores = [{"competency": c, "score": 90, "context": {"industry": "fintech"}} for c in core]
        api.record(*(role_play(n, employee=SARAH, competency_scores=scores) for n in range(3)))
        api.deliver()
        answer = api.get("readiness", who=DANA).json
        assert (answer["people"], answer["ready"], answer["share"]) == (2, 1, 0.5)
        low, high = answer["interval"]
        assert 0 < low < 0.5 < high < 1
        coverage = {item["competency"]: item for item in answer["coverage"]}
        assert all(coverage[c]["validated"] == 1 and coverage[c]["not_started"] == 1 for c in core)
        assert answer["heat_map_dimension"] == "industry"
        discovery = next(line for line in answer["heat_map"] if line["competency"] == "discovery")
        fintech = next(cell for cell in discovery["cells"] if cell["value"] == "fintech")
        assert (fintech["mean"], fintech["people"]) == (90, 1)
        assert api.get("readiness", who=DANA, dimension="deal_size").json["heat_map_dimension"] == "deal_size"

    def test_of_few_people_is_suppressed_for_leadership(self, api: ApiClient) -> None:
        answer = api.get("readiness", who=CRO).json
        assert (answer["suppressed"], answer["mean_readiness"], answer["heat_map"]) == (True, None, [])


class TestOperations:
    def test_audit_records_are_searched_and_paged(self, api: ApiClient) -> None:
        for who in (CRO, ENID, CRO):
            api.clock.move(seconds=1)
            api.get(f"employees/{JOE}/skills", who=who)
        api.clock.move(seconds=1)
        api.get(f"employees/{SARAH}/skills", who=CRO)
        views = api.get("audit", actor=CRO, action="profile.viewed").json["items"]
        assert [item["subject"] for item in views] == [SARAH, JOE, JOE]
        assert len(api.get("audit", subject=JOE, action="profile.viewed").json["items"]) == 3
        since = (NOW + timedelta(seconds=3)).isoformat()
        assert len(api.get("audit", action="profile.viewed", since=since).json["items"]) == 2
        assert len(api.get("audit", action="profile.viewed", until=since).json["items"]) == 2
        first = api.get("audit", limit=3).json
        second = api.get("audit", limit=200, cursor=first["next_cursor"]).json
        whole = api.get("audit", limit=200).json
        assert first["items"] + second["items"] == whole["items"]
        assert second["next_cursor"] is None

    def test_employees_are_paged_by_id(self, api: ApiClient) -> None:
        seen: list[str] = []
        cursor = None
        while True:
            page = api.get("employees", limit=4, **({"cursor": cursor} if cursor else {})).json
            seen += [item["employee_id"] for item in page["employees"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert seen == sorted(seen)
        assert len(seen) == len(set(seen)) == 11

    def test_held_scores_are_paged(self, api: ApiClient) -> None:
        for number in range(5):
            api.clock.move(seconds=1)
            scores = [{"competency": f"word{number}", "score": 80}]
            api.record(role_play(number, competency_scores=scores))
        first = api.get("held-scores", limit=2).json
        rest = api.get("held-scores", limit=50, cursor=first["next_cursor"]).json
        assert [i["competency"] for i in first["items"] + rest["items"]] == [f"word{n}" for n in (4, 3, 2, 1, 0)]

    def test_a_poison_message_is_kept_with_its_reason_and_can_be_discarded(self, api: ApiClient) -> None:
        api.parts.queue.enqueue("recalculation", "recalculate_shard", {"employee_ids": ["x"], "run_id": "r"})
        retry = api.parts.pipeline.queues["recalculation"].retry
        hours = count(1)
        hasty = LocalQueue(
            api.parts.directory / "documents.sqlite", api.parts.pipeline, now=lambda: time.time() + 3600 * next(hours)
        )
        given_up = False
        while not given_up:
            (leased,) = hasty.lease("recalculation", 1, 60)
            given_up = hasty.refuse(leased, retry, "503 nobody answers")
        hasty.close()
        (item,) = api.get("dead-letters").json["items"]
        assert item["reason"] == "503 nobody answers"
        shown = api.get(f"dead-letters/{item['letter_id']}").json
        assert shown["data"]["run_id"] == "r"
        assert api.post(f"dead-letters/{item['letter_id']}/replay").json == {"done": True}
        assert api.get("dead-letters").json["items"] == []
        assert api.get(f"dead-letters/{item['letter_id']}").status == 404
        assert api.delete(f"dead-letters/{item['letter_id']}").status == 404
        actions = [i["action"] for i in api.get("audit", subject=item["letter_id"]).json["items"]]
        assert {"dead_letter.viewed", "dead_letter.replayed"} <= set(actions)

    def test_health_tells_when_it_was_checked_and_what_is_silent(self, api: ApiClient) -> None:
        assert api.get("health").json == {"state": "unknown", "checked_at": None, "integrations": []}
        api.record(role_play(1))
        api.deliver()
        api.platform.health.check()
        health = api.get("health").json
        states = {item["name"]: item["state"] for item in health["integrations"]}
        assert health["state"] == "ok"
        assert (states["practice and tests"], states["field observations"]) == ("ok", "not_configured")
        assert (states["ratings"], states["delivery"], states["Gong"]) == ("ok", "ok", "not_configured")
        api.clock.move(hours=3)
        assert api.get("health").json["state"] == "unknown"
        api.clock.move(days=4)
        api.platform.health.check()
        silent = next(i for i in api.get("health").json["integrations"] if i["name"] == "practice and tests")
        assert (silent["state"], silent["detail"]) == ("stale", "silent for 4 days")
        assert api.get("health").json["state"] == "degraded"
