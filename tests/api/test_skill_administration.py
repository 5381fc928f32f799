"""Skills over HTTP: created, changed in versions, previewed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.skill_rows import skill_of
from tests.harness.api_client import (
    ENID,
    JOE,
    PRIYA,
    SARAH,
    ApiClient,
    call_seen,
    role_play,
)

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
        preview = mixed.post("skills/discovery/preview", self.CHANGE).json
        counted = mixed.post("skills/discovery/preview", self.CHANGE, who=ENID).json
        few = {"changes": None, "gaining": None, "losing": None}
        assert counted == {**preview, **few}, "enablement gets the numbers, and none of three people"
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
