"""What the product's specification prints can be posted as it stands, and is answered in the shape that it prints.

payloads/<route>.<name>.json are the specification's own texts, byte for byte.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.harness.api_client import INTEGRATION, JOE, SARAH, ApiClient, call_seen, lesson, role_play

PAYLOADS = sorted((Path(__file__).parent / "payloads").glob("*.json"))


def named(name: str) -> bytes:
    return next(path for path in PAYLOADS if path.name == f"{name}.json").read_bytes()


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: path.stem)
def test_every_printed_body_posts_as_printed_and_again_as_a_duplicate(api: ApiClient, path: Path) -> None:
    route = path.name.split(".")[0]
    first = api.post(route, raw=path.read_bytes(), who=INTEGRATION)
    assert first.status == 201, first
    assert first.json["duplicate"] is False
    assert first.json["unrecognised_fields"] == []
    assert first.json["employee_id"] == json.loads(path.read_bytes())["employee_id"]
    again = api.post(route, raw=path.read_bytes(), who=INTEGRATION)
    assert again.status == 200
    assert again.json == {**first.json, "duplicate": True}
    api.clock.move(days=1)  # a call's scores are open to whoever asks
    items = api.get(f"{route}/{first.json['employee_id']}").json["items"]
    assert [item["payload"] for item in items] == [json.loads(path.read_bytes())]


class TestTheValidationAnswer:
    def test_has_the_printed_fields(self, api: ApiClient) -> None:
        context = {"industry": "healthcare", "deal_size": "enterprise"}
        scores = [{"competency": "discovery", "score": 78, "context": context}]
        api.record(*(role_play(n, competency_scores=scores) for n in (1, 2)))
        answer = api.post("validation-events", raw=named("validation-events.request_body")).json
        printed = {"validation_id", "employee_id", "skill_updates", "next_recommended_activities"}
        assert printed <= answer.keys()
        assert answer["validation_id"].startswith("val_")
        update = next(update for update in answer["skill_updates"] if update["context"] == context)
        assert update["competency"] == "discovery"
        assert update["previous_rating"] == 78
        assert 78 < update["new_rating"] < 85
        assert update["confidence"] == "low"
        # Three role-plays averaging 80.33 meet the printed bar of three averaging 80.
        assert update["status"] == "validated"
        general = next(u for u in answer["skill_updates"] if u["context"] is None)
        assert general["new_rating"] == update["new_rating"]

    def test_recommends_real_scenarios_and_says_why(self, api: ApiClient) -> None:
        answer = api.post("validation-events", raw=named("validation-events.request_body")).json
        scenarios = {s["scenario_id"] for s in api.get("frameworks/sales_engineering").json["framework"]["scenarios"]}
        assert answer["next_recommended_activities"]
        for activity in answer["next_recommended_activities"]:
            assert activity["scenario_id"] in scenarios
            assert activity["reason"]
        assert "role_play" in {activity["activity_type"] for activity in answer["next_recommended_activities"]}
        reasons = " ".join(activity["reason"] for activity in answer["next_recommended_activities"])
        assert "2 more" in reasons

    def test_tells_how_alternatives_and_other_spellings_were_read(self, api: ApiClient) -> None:
        printed = api.post("validation-events", raw=named("validation-events.request_body")).json
        assert [notice.split(":")[0] for notice in printed["notices"]] == ["event_type", "event_source"]
        assert "'role_play'" in printed["notices"][0]
        quiz = api.post("validation-events", raw=named("validation-events.quiz")).json
        assert quiz["notices"] == ["event_type: 'multiple_choice_quiz' was read as 'multiple_choice_test'"]


def test_the_profile_has_the_printed_fields(api: ApiClient) -> None:
    api.post("validation-events", raw=named("validation-events.request_body"))
    api.post("field-observations", raw=named("field-observations.gong_call"))
    api.clock.move(days=1)  # the call's scores are open to whoever asks
    profile = api.get(f"employees/{JOE}/skills", who=INTEGRATION).json
    assert profile["employee_id"] == JOE
    row = next(
        row
        for row in profile["skills"]
        if row["competency"] == "discovery" and row["context"] == {"industry": "healthcare"}
    )
    assert row["current_rating"] == 80.1  # 0.7 · 78 + 0.3 · 85: field is ground truth
    assert row["confidence"] == "medium"
    assert row["status"] == "in_progress"
    assert row["observations_count"] == 2
    assert row["last_updated"] == "2026-02-10T14:30:00Z"
    assert any(row["context"] is None for row in profile["skills"])
    for gap in profile["gaps_identified"]:
        assert {"competency", "context", "severity", "recommendation"} <= gap.keys()
        assert gap["severity"] in {"critical", "high", "medium", "low"}


def test_the_field_answer_names_the_observation_and_counts_it(api: ApiClient) -> None:
    answer = api.post("field-observations", raw=named("field-observations.gong_call")).json
    assert answer["observation_id"] == "obs_gong_456"
    assert answer["standing"] == "counted"
    general = {u["competency"]: u["new_rating"] for u in answer["skill_updates"] if u["context"] is None}
    assert general == {"discovery": 78, "objection_handling": 85, "product_knowledge": 92}
    contexts = [u["context"] for u in answer["skill_updates"] if u["competency"] == "discovery"]
    seen = {"buyer_persona": "technical", "deal_size": "enterprise", "industry": "healthcare"}
    assert contexts[:3] == [{**seen, "product_line": "platform"}, {**seen, "product_line": "security-module"}, None]
    assert contexts[3:] == [
        {"buyer_persona": "technical"},
        {"deal_size": "enterprise"},
        {"industry": "healthcare"},
        {"product_line": "platform"},
        {"product_line": "security-module"},
    ]


class TestTheLearningAnswer:
    def test_has_the_printed_fields(self, api: ApiClient) -> None:
        answer = api.post("learning-activities", raw=named("learning-activities.request_body")).json
        assert answer["activity_id"].startswith("act_")
        assert answer["status"] == "completed"
        impact = next(
            item
            for item in answer["skill_impact"]
            if item["competency"] == "discovery" and item["context"] == {"industry": "healthcare"}
        )
        assert impact["preliminary_rating"] == 88
        assert impact["confidence"] == "low"
        assert impact["recommendation"] == "Complete 3 more healthcare scenarios for validation"
        step = answer["next_steps"][0]
        assert step["activity_type"] == "role_play"
        assert step["scenario"] == "healthcare-discovery-call"
        assert step["reason"].startswith("Validate learning from video")

    def test_a_completion_without_a_quiz_gives_no_number(self, api: ApiClient) -> None:
        answer = api.post("learning-activities", raw=named("learning-activities.podcast")).json
        assert answer["activity_id"] == "act_podcast_123"
        assert {item["preliminary_rating"] for item in answer["skill_impact"]} == {None}

    def test_progress_is_in_progress(self, api: ApiClient) -> None:
        body = lesson(1, completed_at=None, completion_percentage=40, quiz_score=None)
        assert api.post("learning-activities", body).json["status"] == "in_progress"


@pytest.mark.parametrize(
    ("route", "body", "changed"),
    [
        ("validation-events", role_play(1), {"overall_score": 12}),
        ("field-observations", call_seen(1), {"competency_scores": [{"competency": "discovery", "score": 2}]}),
        ("learning-activities", lesson(1), {"quiz_score": 3}),
    ],
)
def test_the_same_id_with_other_content_is_a_conflict(
    api: ApiClient, route: str, body: dict[str, Any], changed: dict[str, Any]
) -> None:
    assert api.post(route, body).status == 201
    before = api.get(f"employees/{JOE}/skills").json
    conflict = api.post(route, {**body, **changed})
    assert conflict.status == 409
    assert conflict.json["title"] == "Conflict"
    assert conflict.fields == [next(name for name in ("event_id", "observation_id", "activity_id") if name in body)]
    assert api.get(f"employees/{JOE}/skills").json == before
    assert api.post(route, body).json["duplicate"] is True


def test_the_same_content_in_another_order_and_spelling_is_a_duplicate(api: ApiClient) -> None:
    body = role_play(1, score=82)
    api.record(body)
    reordered = dict(reversed({**body, "overall_score": 82.0}.items()))
    assert api.post("validation-events", reordered).json["duplicate"] is True


class TestLists:
    def test_of_five_hundred_are_accepted_in_order(self, api: ApiClient) -> None:
        items = [role_play(n, employee=(JOE, SARAH)[n % 2], score=60 + n % 40, days_ago=2) for n in range(500)]
        answer = api.post("validation-events", items)
        assert answer.status == 207
        assert (answer.json["accepted"], answer.json["duplicates"], answer.json["rejected"]) == (500, 0, 0)
        assert [result["index"] for result in answer.json["results"]] == list(range(500))
        assert [result["answer"]["employee_id"] for result in answer.json["results"][:4]] == [JOE, SARAH, JOE, SARAH]
        again = api.post("validation-events", items).json
        assert (again["accepted"], again["duplicates"]) == (0, 500)

    def test_answer_for_each_item_what_it_came_to(self, api: ApiClient) -> None:
        known = role_play(0)
        first = api.post("validation-events", known).json
        good, stranger, wrong = role_play(1), role_play(2, employee="who@augmentcode.com"), role_play(3, score=101)
        answer = api.post(
            "validation-events",
            [good, known, good, {**known, "overall_score": 1}, {**good, "overall_score": 1}, stranger, wrong, "x"],
        )
        results = answer.json["results"]
        assert [result["status"] for result in results] == [201, 200, 200, 409, 409, 422, 422, 400]
        assert results[1]["answer"] == {**first, "duplicate": True}
        assert results[2]["answer"] == {**results[0]["answer"], "duplicate": True}
        assert [results[i]["problem"]["errors"][0]["field"] for i in (3, 4, 5, 6, 7)] == [
            "event_id",
            "event_id",
            "employee_id",
            "overall_score",
            "body",
        ]
        assert (answer.json["accepted"], answer.json["duplicates"], answer.json["rejected"]) == (1, 2, 5)
        for result in results[3:]:
            quarantined = api.get(f"quarantine/{result['problem']['quarantine_id']}").json
            assert quarantined["reason"] in result["problem"]["detail"]

    def test_rate_each_item_on_those_before_it(self, api: ApiClient) -> None:
        answer = api.post("validation-events", [role_play(n, score=60 + 10 * n) for n in range(3)]).json
        general = [
            next(u for u in result["answer"]["skill_updates"] if u["context"] is None) for result in answer["results"]
        ]
        assert general[1]["previous_rating"] is None
        assert general[2]["previous_rating"] == general[1]["new_rating"]

    @pytest.mark.parametrize("route", ["validation-events", "field-observations", "learning-activities"])
    def test_end_in_the_same_profile_as_single_events(self, api: ApiClient, route: str) -> None:
        make = {"validation-events": role_play, "field-observations": call_seen, "learning-activities": lesson}[route]
        for n in range(5):
            assert api.post(route, make(n, employee=JOE)).status == 201
        listed = api.post(route, [make(n, employee=SARAH) for n in range(5)])
        assert listed.json["accepted"] == 5
        joe, sarah = (api.get(f"employees/{who}/skills").json for who in (JOE, SARAH))
        assert joe["skills"] == sarah["skills"]


class TestUnknownCompetencies:
    def mixed(self, number: int = 1) -> dict[str, Any]:
        scores = [{"competency": "discovery", "score": 90}, {"competency": "rapport_building", "score": 40}]
        return role_play(number, competency_scores=scores)

    def test_are_held_while_the_known_ones_count_and_both_are_reported(self, api: ApiClient) -> None:
        answer = api.post("validation-events", self.mixed()).json
        assert {u["competency"] for u in answer["skill_updates"]} == {"discovery"}
        (held,) = answer["held"]
        assert held["competency"] == "rapport_building"
        assert "rapport_building" in held["reason"]
        (item,) = api.get("held-scores").json["items"]
        assert item["held_id"] == held["held_id"]
        assert (item["employee_id"], item["state"]) == (JOE, "open")

    def test_count_without_sending_again_once_an_administrator_has_said_what_they_mean(self, api: ApiClient) -> None:
        for number in (1, 2):
            api.record(self.mixed(number))
        held = api.get("held-scores").json["items"]
        assert len(held) == 2
        decided = api.post(
            f"held-scores/{held[0]['held_id']}/decision", {"decision": "alias", "competency": "listening"}
        )
        assert decided.json["state"] == "aliased"
        # The other score of the same word is known from now on: nothing is left to decide.
        assert api.get("held-scores").json["items"] == []
        rows = {r["competency"]: r for r in api.get(f"employees/{JOE}/skills").json["skills"] if r["context"] is None}
        assert rows["listening"]["current_rating"] == 40
        assert "rapport_building" in api.get("skills/listening").json["aliases"]
        assert api.post("validation-events", self.mixed(3)).json["held"] == []
        again = api.post(f"held-scores/{held[0]['held_id']}/decision", {"decision": "dismiss"})
        assert again.status == 409

    def test_can_be_dismissed(self, api: ApiClient) -> None:
        held = api.post("validation-events", self.mixed()).json["held"][0]["held_id"]
        assert api.post(f"held-scores/{held}/decision", {"decision": "dismiss"}).json["state"] == "dismissed"
        assert api.get("held-scores").json["items"] == []
        actions = [item["action"] for item in api.get("audit").json["items"]]
        assert "held_score.dismissed" in actions

    @pytest.mark.parametrize(
        ("decision", "field"),
        [
            ({"decision": "alias"}, "competency"),
            ({"decision": "alias", "competency": "no_such"}, "competency"),
            ({"decision": "maybe"}, "decision"),
        ],
    )
    def test_a_decision_that_says_nothing_is_refused(
        self, api: ApiClient, decision: dict[str, str], field: str
    ) -> None:
        held = api.post("validation-events", self.mixed()).json["held"][0]["held_id"]
        refused = api.post(f"held-scores/{held}/decision", decision)
        assert (refused.status, refused.fields) == (422, [field])

    def test_an_event_of_unknown_competencies_only_is_accepted_and_held(self, api: ApiClient) -> None:
        answer = api.post("validation-events", role_play(1, competency_scores=[{"competency": "zeal", "score": 1}]))
        assert answer.status == 201
        assert answer.json["skill_updates"] == []
        assert [held["competency"] for held in answer.json["held"]] == ["zeal"]


def test_fields_without_a_meaning_are_kept_and_reported_where_they_stand(api: ApiClient) -> None:
    body = call_seen(1, note="kept", context={"industry": "healthcare", "voltage": "11kv", "deal_size": None})
    body["competency_scores"][0]["contxt"] = {"industry": "fintech"}
    body["analysis_metadata"]["prompt"] = "p-7"
    answer = api.post("field-observations", body).json
    assert answer["unrecognised_fields"] == ["note", "competency_scores.0.contxt", "context.voltage"]
    assert api.get(f"field-observations/{JOE}").json["items"][0]["payload"] == body


def test_a_correction_of_the_same_call_replaces_its_scores(api: ApiClient) -> None:
    api.record(call_seen(1, score=60))
    better = call_seen(
        1, score=90, observation_id="obs-second", analysis_metadata={"human_reviewed": True, "review_version": 1}
    )
    answer = api.post("field-observations", better)
    assert answer.status == 201
    general = next(u for u in answer.json["skill_updates"] if u["context"] is None)
    assert (general["previous_rating"], general["new_rating"]) == (60, 90)
    moved = call_seen(2, source_id=call_seen(1)["source_id"], observation_id="obs-third")
    refused = api.post("field-observations", moved)
    assert (refused.status, refused.fields) == (409, ["timestamp"])


def test_an_unsure_analysis_waits_for_a_person(api: ApiClient) -> None:
    answer = api.post("field-observations", call_seen(1, analysis_metadata={"confidence_score": 0.4})).json
    assert answer["standing"] == "held"
    assert {u["new_rating"] for u in answer["skill_updates"]} == {None}


NULLABLE = [
    ("validation-events", role_play, ("event_id", "details_url", "session_metadata")),
    ("field-observations", call_seen, ("observation_id", "context", "source_url", "analysis_metadata")),
    (
        "learning-activities",
        lesson,
        ("activity_id", "content_title", "content_url", "completed_at", "quiz_score", "quiz_passed", "context_tags",
         "assignment_type", "trigger_reason", "due_date"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("route", "body", "names"), NULLABLE, ids=[case[0] for case in NULLABLE])
def test_null_for_none_is_taken_like_nothing(api: ApiClient, route: str, body: Any, names: tuple[str, ...]) -> None:
    given = {name: value for name, value in body(1).items() if name not in names}
    if "competency_scores" in given:
        given["competency_scores"] = [{"competency": "discovery", "score": 80, "context": None, "mood": None}]
    first = api.post(route, {**given, **dict.fromkeys(names)}, who=INTEGRATION)
    assert first.status == 201, first
    unknown = ["competency_scores.0.mood"] if "competency_scores" in given else []
    if route == "field-observations":
        unknown.insert(0, "competency_scores.0.context")
    assert first.json["unrecognised_fields"] == unknown
    again = api.post(route, {**given, **dict.fromkeys(names)}, who=INTEGRATION)
    assert (again.status, again.json["duplicate"]) == (200, True)
