"""Which events count, and which are superseded, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harness.api_client import JOE, ApiClient, call_seen, lesson, role_play


def exam(number: int, *, passed: bool, **more: Any) -> dict[str, Any]:
    """A certification exam that a rule asks for: one at 85 or above, for 365 days."""
    scores = [{"competency": "security_and_compliance", "score": 85}]
    return role_play(number, score=85, passed=passed, event_type="certification_exam", competency_scores=scores, **more)


def row_of(api: ApiClient, competency: str) -> dict[str, Any]:
    """The employee's own view: an analysis is closed to others at first."""
    rows = api.get(f"employees/{JOE}/skills", who=JOE, competency=competency, view="all").json["skills"]
    found: dict[str, Any] = next(row for row in rows if row["context"] is None)
    return found


class TestFailedEvents:
    def test_a_failed_exam_above_the_bar_does_not_validate(self, api: ApiClient) -> None:
        answer = api.post("validation-events", exam(1, passed=False)).json

        assert [update["status"] for update in answer["skill_updates"]] == ["in_progress"]
        assert row_of(api, "security_and_compliance")["status"] == "in_progress"
        api.record(exam(2, passed=True))
        assert row_of(api, "security_and_compliance")["status"] == "validated"

    def test_a_failed_exam_does_not_recertify(self, api: ApiClient) -> None:
        api.record(exam(1, passed=True, days_ago=350))
        first = row_of(api, "security_and_compliance")
        api.record(exam(2, passed=False, days_ago=1))
        again = row_of(api, "security_and_compliance")

        assert first["status"] == again["status"] == "validated"
        assert again["expires_at"] == first["expires_at"]
        api.record(exam(3, passed=True, days_ago=0))
        assert row_of(api, "security_and_compliance")["expires_at"] > first["expires_at"]

    def test_a_failed_event_counts_in_the_rating_and_is_no_attempt(self, api: ApiClient) -> None:
        api.record(*(role_play(n, score=90) for n in range(2)), role_play(2, score=75, passed=False))
        row = row_of(api, "discovery")

        assert (row["status"], row["validation_events"], row["current_rating"]) == ("in_progress", 3, 85)
        api.record(role_play(3, score=90))
        assert row_of(api, "discovery")["status"] == "validated"


def analysis(number: int, score: float, industry: str = "healthcare", **more: Any) -> dict[str, Any]:
    """One of several analyses of the same call; it has no version."""
    body = call_seen(
        7,
        competency_scores=[{"competency": "discovery", "score": score}],
        context={"industry": industry},
        analysis_metadata={"model_used": "m-1", "confidence_score": 0.9},
        **more,
    )
    return {**body, "observation_id": f"analysis-{number}"}


def found(api: ApiClient, **query: Any) -> list[tuple[str, str]]:
    items = api.get(f"field-observations/{JOE}", who=JOE, **query).json["items"]
    return [(item["event_id"], item["standing"]) for item in items]


class TestSuperseded:
    @pytest.mark.parametrize("scores", [(90, 50), (95, 100), (50, 9, 60)])
    def test_of_analyses_without_a_version_the_last_received_counts(
        self, api: ApiClient, scores: tuple[float, ...]
    ) -> None:
        for number, score in enumerate(scores):
            answer = api.post("field-observations", analysis(number, score)).json
            assert (answer["standing"], answer["notices"]) == ("counted", [])
            assert row_of(api, "discovery")["current_rating"] == score
        api.deliver()
        last = f"analysis-{len(scores) - 1}"
        assert found(api, standing="counted") == [(last, "counted")]
        assert {standing for name, standing in found(api) if name != last} == {"superseded"}
        assert len(found(api)) == len(scores)
        assert len(found(api, standing="superseded")) == len(scores) - 1

    def test_a_call_that_moves_to_another_industry_and_back_is_where_it_was_received_last(self, api: ApiClient) -> None:
        for number, industry in enumerate(("healthcare", "fintech", "healthcare")):
            api.record(analysis(number, 80, industry))
        rows = api.get(f"employees/{JOE}/skills", who=JOE, competency="discovery", view="all").json["skills"]
        rated = {(row["context"] or {}).get("industry"): row["current_rating"] for row in rows}

        assert (rated["healthcare"], rated.get("fintech")) == (80, None)

    def test_the_same_content_again_is_a_duplicate_and_says_how_it_would_count(self, api: ApiClient) -> None:
        there, away = ({**analysis(0, 80, industry), "observation_id": None} for industry in ("healthcare", "fintech"))
        first = api.post("field-observations", there).json
        api.record(away)
        again = api.post("field-observations", there)

        assert (again.status, again.json["duplicate"], again.json["standing"]) == (200, True, "superseded")
        assert again.json["event_id"] == first["event_id"] == first["observation_id"]
        (notice,) = again.json["notices"]
        assert notice.startswith("superseded: a later analysis of gong ")
        assert "higher analysis_version" in notice
        assert row_of(api, "discovery")["current_rating"] == 80
        (counted,) = api.get(f"field-observations/{JOE}", who=JOE, standing="counted").json["items"]
        assert counted["payload"]["context"] == {"industry": "fintech"}
        versioned = {**there, "analysis_metadata": {**there["analysis_metadata"], "analysis_version": 1}}
        assert api.post("field-observations", versioned).json["standing"] == "counted"
        (counted,) = api.get(f"field-observations/{JOE}", who=JOE, standing="counted").json["items"]
        assert counted["payload"]["context"] == {"industry": "healthcare"}

    def test_of_one_list_the_later_item_counts(self, api: ApiClient) -> None:
        listed = [analysis(number, score) for number, score in enumerate((90, 50, 70))]
        answers = [result["answer"] for result in api.post("field-observations", listed).json["results"]]

        assert [answer["standing"] for answer in answers] == ["counted"] * 3
        assert found(api, standing="counted") == [("analysis-2", "counted")]
        assert row_of(api, "discovery")["current_rating"] == 70

    def test_a_lower_version_says_so(self, api: ApiClient) -> None:
        def versioned(number: int, version: int) -> dict[str, Any]:
            metadata = {"model_used": "m-1", "confidence_score": 0.9, "analysis_version": version}
            return {**analysis(number, 60 + number), "analysis_metadata": metadata}

        api.record(versioned(1, 5))
        answer = api.post("field-observations", versioned(2, 3)).json
        why = f"analysis_version 5 of gong call-{JOE}-7 counts, which is higher than 3"

        assert (answer["standing"], answer["notices"]) == ("superseded", [f"superseded: {why}"])
        assert row_of(api, "discovery")["current_rating"] == 61
        items = api.get(f"field-observations/{JOE}", who=JOE).json["items"]
        assert {item["event_id"]: item["superseded"] for item in items} == {"analysis-1": None, "analysis-2": why}

    def test_a_machines_score_after_a_persons_says_so(self, api: ApiClient) -> None:
        api.record({**analysis(1, 61), "analysis_metadata": {"human_reviewed": True}})
        answer = api.post("field-observations", analysis(2, 90)).json

        assert answer["standing"] == "superseded"
        assert answer["notices"] == [f"superseded: a decision of a person about gong call-{JOE}-7 counts"]
        assert row_of(api, "discovery")["current_rating"] == 61

    def test_less_progress_of_a_lesson_says_so(self, api: ApiClient) -> None:
        api.record(lesson(1))
        early = {**lesson(1), "completion_percentage": 40, "completed_at": None, "quiz_score": None}
        answer = api.post("learning-activities", early).json

        assert answer["standing"] == "superseded"
        assert answer["notices"] == ["superseded: more progress, or a later report, of the same activity counts"]
        items = api.get(f"learning-activities/{JOE}").json["items"]
        assert sorted((item["event_id"], item["standing"]) for item in items) == [
            (lesson(1)["activity_id"], "counted"),
            (lesson(1)["activity_id"], "superseded"),
        ]

    def test_what_waited_until_a_person_confirmed_it_is_superseded(self, api: ApiClient) -> None:
        waits = {**analysis(1, 80), "analysis_metadata": {"model_used": "m-1", "confidence_score": 0.2}}
        assert api.post("field-observations", waits).json["standing"] == "held"
        assert found(api, standing="held") == [("analysis-1", "held")]
        api.record({**analysis(2, 80), "analysis_metadata": {"human_reviewed": True}})

        assert found(api, standing="held") == []
        assert found(api, standing="counted") == [("analysis-2", "counted")]

    @pytest.mark.parametrize("limit", [1, 2, 3, 50])
    @pytest.mark.parametrize("standing", ["counted", "superseded"])
    def test_pages_of_one_standing_show_each_once(self, api: ApiClient, standing: str, limit: int) -> None:
        for number in range(4):
            for again in range(2):
                call = call_seen(number, score=60 + again, analysis_metadata={"confidence_score": 0.9})
                api.record({**call, "observation_id": f"{number}-{again}"})
        names, cursor = [], None
        while True:
            more: dict[str, Any] = {"cursor": cursor} if cursor else {}
            page = api.get(f"field-observations/{JOE}", standing=standing, limit=limit, **more).json
            names += [item["event_id"] for item in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break

        assert names == [f"{number}-{int(standing == 'counted')}" for number in range(4)]

    def test_another_standing_is_refused(self, api: ApiClient) -> None:
        assert api.get(f"field-observations/{JOE}", standing="ousted").status == 422


class TestUnknownContexts:
    def test_are_noticed_in_the_answer_once_and_kept(self, api: ApiClient) -> None:
        known = api.post("validation-events", role_play(1)).json
        assert known["notices"] == []
        context = {"industry": "beekeeping", "deal_size": "enterprise", "mood": "good"}
        scores = [{"competency": name, "score": 80, "context": context} for name in ("discovery", "closing")]
        answer = api.post("validation-events", role_play(2, competency_scores=scores)).json
        assert [notice.split(" in the framework")[0].split("; it")[0] for notice in answer["notices"]] == [
            "context: 'beekeeping' is no value of industry",
            "context: the framework has no dimension 'mood'",
        ]
        call = call_seen(3, context={"industry": "beekeeping", "deal_id": "opp-1"})
        assert [n[:21] for n in api.post("field-observations", call).json["notices"]] == ["context: 'beekeeping'"]
        again = api.post("validation-events", role_play(2, competency_scores=scores)).json
        assert (again["duplicate"], again["notices"]) == (True, answer["notices"])


def test_a_call_named_by_its_recording_is_shown_and_made_void_under_its_senders_id(api: ApiClient) -> None:
    context = {"industry": "healthcare", "account_name": "Umber Rail"}
    notes = call_seen(1, observation_source="rep-notes", source_id="n-1", context=context)
    named = notes | {"recording": {"source": "gong", "id": "7001"}}
    beside = notes | {"observation_id": "crm-1", "observation_source": "crm", "source_id": "c-1"}
    api.record(named, beside)
    items = {item["source"]: item for item in api.get(f"field-observations/{JOE}").json["items"]}
    assert (items["rep-notes"]["source_id"], items["rep-notes"]["recording"]) == ("n-1", named["recording"])
    assert (items["crm"]["source_id"], items["crm"]["recording"]) == ("c-1", None)
    assert "perhaps the same call as gong 7001" in items["crm"]["notices"][0]
    assert "perhaps the same call as crm c-1" in items["rep-notes"]["notices"][0]

    asked = {"event_id": named["observation_id"], "source": "rep-notes", "reason": "Not a call"}
    assert api.get(f"events/{named['observation_id']}", source="rep-notes").json["recording"] == named["recording"]
    assert api.post("voids", asked).json["source"] == "rep-notes"
    assert [item["notices"] for item in api.get(f"field-observations/{JOE}").json["items"]] == [[], []]
