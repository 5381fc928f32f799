"""Frameworks over HTTP: a deployed platform gets its seed, and whole frameworks are replaced, by PUT."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.frameworks.shipped import FRAMEWORKS
from tests.harness.api_client import ADA, ENID, JOE, ApiClient, role_play

FILES = sorted(FRAMEWORKS.glob("*.yaml"))


def shipped(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return data


@pytest.fixture
def small() -> dict[str, Any]:
    return {
        "framework_id": "welding",
        "name": "Welding",
        "dimensions": [{"dimension": "position", "values": ["flat", "overhead"], "aliases": {"pa": "flat"}}],
        "competencies": [
            {"competency": "W1", "rubric": [{"from": 0, "description": "No."}, {"from": 60, "description": "Yes."}]},
            {"competency": "W2", "aliases": ["fillet"]},
        ],
        "rules": [
            {"competency": "W1", "min_field_observations": 2, "min_field_score": 75},
            {"competency": "W2", "context": {"position": "overhead"}, "min_field_score": 80},
        ],
        "scenarios": [
            {"scenario_id": "weld-1", "title": "Weld", "activity_type": "hands_on_lab", "competencies": ["W1"]}
        ],
        "required_by_stage": {"start": ["W1"]},
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_shipped_framework_is_published_as_its_file_stands_and_again_changes_nothing(
    api: ApiClient, path: Path
) -> None:
    body = shipped(path)
    in_force = api.get(f"frameworks/{path.stem}").json["framework"]
    again = api.put(f"frameworks/{path.stem}", body)
    assert again.json["framework"] == in_force
    other = {**body, "framework_id": "copy"}
    first = api.put("frameworks/copy", other, if_version=0).json["framework"]
    assert first == {**in_force, "framework_id": "copy", "version": 1}
    assert {item["framework_id"] for item in api.get("frameworks").json["frameworks"]} >= {"copy", path.stem}


def test_a_new_version_replaces_the_one_in_force_and_unchanged_rules_keep_theirs(
    api: ApiClient, small: dict[str, Any]
) -> None:
    assert api.put("frameworks/welding", small).json["framework"]["version"] == 1
    changed = copy.deepcopy(small)
    changed["rules"][0]["min_field_score"] = 90
    second = api.put("frameworks/welding", changed, if_version=1).json["framework"]
    assert second["version"] == 2
    assert {rule["competency"]: rule["version"] for rule in second["rules"]} == {"W1": 2, "W2": 1}
    assert api.get("frameworks/welding", version=1).json["framework"]["rules"][0]["min_field_score"] == 75
    conflict = api.put("frameworks/welding", small, if_version=1)
    assert (conflict.status, conflict.fields) == (409, ["if_version"])
    assert api.put("frameworks/welding", small, if_version=0).status == 409
    audit = api.get("audit", action="framework.published", subject="welding").json["items"]
    assert len(audit) == 2


def test_people_of_a_new_framework_are_rated_by_it(api: ApiClient, small: dict[str, Any]) -> None:
    api.put("frameworks/welding", small)
    assert api.put("employees/wes@x.example", {"name": "Wes", "framework_id": "welding"}).status == 200
    scores = [{"competency": "fillet", "score": 70, "context": {"position": "pa"}}]
    answer = api.post("validation-events", role_play(1, employee="wes@x.example", competency_scores=scores)).json
    assert {(u["competency"], str(u["context"])) for u in answer["skill_updates"]} == {
        ("W2", "None"),
        ("W2", "{'position': 'flat'}"),
    }


def test_a_rule_that_changes_recalculates_everyone(api: ApiClient) -> None:
    api.record(*(role_play(n, score=81) for n in range(3)))
    api.deliver()
    body = shipped(FRAMEWORKS / "sales_engineering.yaml")
    body["rules"][0]["min_validation_score"] = 95
    assert api.put("frameworks/sales_engineering", body, who=ADA).json["framework"]["version"] == 2
    api.deliver()
    published = api.parts.documents.get(f"ratings/{JOE}")
    assert published is not None
    assert published.data["framework_version"] == 2
    row = next(
        r
        for r in api.get(f"employees/{JOE}/skills").json["skills"]
        if r["competency"] == "discovery" and not r["context"]
    )
    assert row["status"] == "in_progress"


def _set(body: dict[str, Any], at: str, value: Any) -> dict[str, Any]:
    place: Any = body
    *way, last = at.split(".")
    for part in way:
        place = place[int(part) if isinstance(place, list) else part]
    if isinstance(place, list):
        place.append(value)
    else:
        place[last] = value
    return body


CONTRADICTIONS: list[tuple[str, Any, str]] = [
    ("framework_id", "other", "framework_id"),
    ("rules.0.competency", "W9", "rules.0.competency"),
    ("rules.1.context", {"weather": "wet"}, "rules.1.context.weather"),
    ("rules.1.context", {"position": "upside-down"}, "rules.1.context.position"),
    ("rules.-", {"competency": "W1", "min_field_score": 1}, "rules.2"),
    ("rules.0.min_field_score", 101, "rules.0.min_field_score"),
    ("scenarios.0.competencies", ["W1", "W9"], "scenarios.0.competencies.1"),
    ("scenarios.0.context", {"position": "x"}, "scenarios.0.context.position"),
    ("scenarios.0.activity_type", "dance", "scenarios.0.activity_type"),
    ("scenarios.-", {"scenario_id": "weld-1", "title": "T", "competencies": ["W1"]}, "scenarios.1.scenario_id"),
    ("required_by_stage", {"start": ["W9"]}, "required_by_stage.start.0"),
    ("next_stage", {"start": "end"}, "next_stage.start"),
    ("next_stage", {"start": "start"}, "next_stage.start"),
    ("next_framework", "welding", "next_framework"),
    ("competencies.-", {"competency": "w1"}, "competencies.2.competency"),
    ("competencies.-", {"competency": "W3", "skill_id": "W1"}, "competencies.2.skill_id"),
    ("competencies.0.aliases", ["Fillet"], "competencies.1.aliases.0"),
    ("competencies.0.aliases", ["w2"], "competencies.0.aliases.0"),
    ("competencies.0.rubric", [{"from": 5, "description": "a"}] * 2, "competencies.0.rubric"),
    ("competencies.0.rubric", [{"from": 101, "description": "a"}], "competencies.0.rubric.0.from"),
    ("competencies", [], "competencies"),
    ("competencies.0.colour", "blue", "competencies.0.colour"),
    ("dimensions.-", {"dimension": "position", "values": ["x"]}, "dimensions.1.dimension"),
    ("dimensions.0.aliases", {"pa": "nowhere"}, "dimensions.0.aliases"),
    ("dimensions.0.phrases", [{"means": "nowhere", "phrases": ["pa*"]}], "dimensions.0.phrases"),
    ("dimensions.0.phrases", [{"means": "flat", "phrases": [7]}], "dimensions.0.phrases.0.phrases.0"),
    ("stage_phrases", [{"means": "end", "phrases": ["fin*"]}], "stage_phrases.0.means"),
    ("little_at_stake", {"position": "x"}, "little_at_stake.position"),
    ("dimensions.0.dimension", "a b", "dimensions.0.dimension"),
]


@pytest.mark.parametrize(("at", "value", "field"), CONTRADICTIONS)
def test_a_contradiction_is_named_and_nothing_is_published(
    api: ApiClient, small: dict[str, Any], at: str, value: Any, field: str
) -> None:
    refused = api.put("frameworks/welding", _set(small, at, value))
    assert refused.status == 422, refused
    assert field in refused.fields, refused
    assert api.get("frameworks/welding").status == 404


def test_only_administrators_publish_a_whole_framework(api: ApiClient, small: dict[str, Any]) -> None:
    refused = api.put("frameworks/welding", small, who=ENID)
    assert refused.status == 403
    assert "frameworks.write" in refused.json["detail"]
