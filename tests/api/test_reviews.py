"""Reviews through the API: queue, decision, contest, in the shapes of the contract."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harness.api_client import ADA, DANA, ENID, JOE, SARAH, ApiClient, call_analysed


def analysed(api: ApiClient, **more: Any) -> str:
    """Joe's call, waiting for a person: the id of its review."""
    api.record(call_analysed(1, **more))
    api.deliver()
    (item,) = api.get("reviews", who=ENID, state="open").json["items"]
    return str(item["review_id"])


def discovery(api: ApiClient) -> Any:
    skills = api.get(f"employees/{JOE}/skills", who=JOE).json["skills"]
    return next(s["current_rating"] for s in skills if s["competency"] == "discovery" and s["context"] is None)


def test_a_call_is_reviewed_from_the_queue_to_the_rating(api: ApiClient) -> None:
    review = analysed(api)
    assert discovery(api) is None

    covered = api.get(f"reviews/{review}", who=ENID).json
    assert covered["awaits_own_scores"]
    assert [(one["competency"], one["score"], one["evidence"]) for one in covered["scores"]] == [
        ("discovery", None, None),
        ("listening", None, None),
    ]
    own = {"scores": [{"competency": "discovery", "score": 60}], "not_observed": ["listening"]}
    seen = api.post(f"reviews/{review}/own-scores", own, who=ENID).json
    assert seen["blind"]
    assert [(one["competency"], one["score"], one["waits"], one["evidence"]) for one in seen["scores"]] == [
        ("discovery", 80, "low_confidence", "quote at turn 3"),
        ("listening", 70, None, None),
    ]
    assert seen["may_decide"]
    body = {
        "decision": "correct",
        "scores": [{"competency": "discovery", "score": 66}],
        "event_id": seen["event_id"],
        "note": "The need was not quantified",
    }
    answer = api.post(f"reviews/{review}/decision", body, who=ENID)
    assert answer.status == 200, answer
    assert (answer.json["state"], answer.json["outcome"]) == ("decided", "corrected")
    assert answer.json["decision"]["blind"]
    api.deliver()
    assert discovery(api) == 66
    history = api.get(f"field-observations/{JOE}", who=JOE).json["items"]
    assert history[0]["payload"]["analysis_metadata"]["review_decision"] == "corrected"
    assert api.get("reviews", who=ENID, state="open").json["items"] == []
    assert "quantified" not in api.log.getvalue()


def test_the_employee_contests_and_the_reviewer_finds_it(api: ApiClient) -> None:
    review = analysed(api)
    answer = api.post(f"reviews/{review}/contest", {"reason": "I said nothing of the kind"}, who=JOE)
    assert answer.status == 200, answer
    assert answer.json["contest"]["answered"] is False
    (item,) = api.get("reviews", who=ENID, reason="contested").json["items"]
    assert item["review_id"] == review
    assert "nothing of the kind" not in api.log.getvalue()


@pytest.mark.parametrize(
    ("who", "body", "status", "field"),
    [
        (ENID, {"decision": "approve"}, 422, "decision"),
        (ENID, {"decision": "correct"}, 422, "body"),
        (ENID, {"decision": "correct", "scores": [{"competency": "closing", "score": 5}]}, 422, "scores.0"),
        (ENID, {"decision": "correct", "scores": [{"competency": "discovery", "score": "5"}]}, 422, "scores.0.score"),
        (ENID, {"decision": "confirm", "event_id": "another"}, 409, "event_id"),
        (DANA, {"decision": "confirm"}, 403, None),
        (SARAH, {"decision": "confirm"}, 403, None),
        (JOE, {"decision": "confirm"}, 403, None),
    ],
)
def test_what_cannot_be_decided_says_why(
    api: ApiClient, who: str, body: dict[str, Any], status: int, field: str | None
) -> None:
    answer = api.post(f"reviews/{analysed(api)}/decision", body, who=who)
    assert (answer.status, answer.fields) == (status, [field] if field else [])


def test_a_list_is_filtered_by_what_there_is(api: ApiClient) -> None:
    assert api.get("reviews", who=ADA, state="waiting").status == 422
    assert api.get("reviews", who=ADA, reason="boredom").status == 422
    assert api.get("reviews", who=ADA, employee_id="nobody@augmentcode.com").status == 404
    assert api.get("reviews", who=JOE, employee_id=SARAH).status == 403
    assert api.get("reviews/none", who=ADA).status == 404


def test_a_profile_shows_how_far_the_scorer_behind_it_agrees_with_people(api: ApiClient) -> None:
    review = analysed(api)
    assert api.get(f"employees/{JOE}/skills", who=JOE).json["scorer_certificates"] == []
    assert api.get("certificates", who=ENID).json["certificates"] == []
    own = {"scores": [{"competency": "discovery", "score": 78}, {"competency": "listening", "score": 71}]}
    assert api.post(f"reviews/{review}/own-scores", own, who=ENID).status == 200
    assert api.post(f"reviews/{review}/decision", {"decision": "confirm"}, who=ENID).status == 200
    api.platform.certify.run()
    api.clock.move(minutes=1)
    assert api.get(f"employees/{JOE}/skills", who=JOE).json["scorer_certificates"] == [], "a person's now"

    api.record(call_analysed(2, confidence=0.9))
    found = api.get(f"employees/{JOE}/skills", who=JOE).json["scorer_certificates"]
    assert [(one["scorer"], one["competency"], one["n"], one["verdict"]) for one in found] == [
        ("claude:m:rubric-1:prompt-1", "discovery", 1, "too_few"),
        ("claude:m:rubric-1:prompt-1", "listening", 1, "too_few"),
    ]
    (certificate,) = api.get("certificates", who=ENID).json["certificates"]
    assert certificate["competencies"][0]["within"] == 1.0
    assert [certificate["competencies"][0][name] for name in ("kappa_interval", "within_interval", "certified")] == [
        None,
        None,
        False,
    ]
    history = api.get(f"certificates/{certificate['certificate_id']}/history", who=ENID).json
    assert history["days"] == [certificate]
    assert api.get("certificates/none/history", who=ENID).status == 404


def test_an_administrator_sets_how_scores_are_reviewed(api: ApiClient) -> None:
    review = analysed(api)
    assert api.get("settings/reviews", who=JOE).json == {
        "employee_first_hours": 48,
        "sample_share": 0.05,
        "contest_days": 30,
        "recalculation": None,
    }
    assert api.get(f"reviews/{review}", who=DANA).status == 403
    answer = api.put("settings/reviews", {"employee_first_hours": 0}, who=ADA)
    run_id = answer.json["recalculation"]
    assert answer.json == {
        "employee_first_hours": 0,
        "sample_share": 0.05,
        "contest_days": 30,
        "recalculation": run_id,
    }
    assert api.put("settings/reviews", answer.json, who=ADA).json == answer.json
    api.clock.move(minutes=1)
    assert api.get(f"reviews/{review}", who=DANA).status == 200
    records = api.get("audit", who=ADA, action="settings.changed").json["items"]
    told = {(record["actor"], record["subject"], record["detail"]) for record in records}
    assert (ADA, "reviews", "employee_first_hours = 0") in told
    (started,) = api.get("audit", who=ADA, action="recalculation.started").json["items"]
    assert (started["actor"], started["subject"], started["detail"]) == (ADA, run_id, "employee_first_hours")


def test_readiness_follows_another_number_of_hours_as_profiles_do(api: ApiClient) -> None:
    api.record(*(call_analysed(number, confidence=0.9) for number in range(3)))
    api.deliver()

    def shown() -> tuple[bool, bool]:
        """Whether the calls count in readiness, and in the profile."""
        api.deliver()
        coverage = {one["competency"]: one for one in api.get("readiness", who=DANA).json["coverage"]}
        skills = api.get(f"employees/{JOE}/skills", who=DANA).json["skills"]
        status = next(s["status"] for s in skills if s["competency"] == "discovery" and s["context"] is None)
        return coverage["discovery"]["validated"] > 0, status == "validated"

    assert shown() == (False, False)
    run_id = None
    for hours, opened in ((0, True), (48, False), (0, True)):
        answer = api.put("settings/reviews", {"employee_first_hours": hours}, who=ADA).json
        assert answer["recalculation"] not in (None, run_id)
        run_id = answer["recalculation"]
        assert api.get(f"recalculations/{run_id}", who=ADA).json["state"] == "running"
        api.clock.move(minutes=1)
        assert shown() == (opened, opened)
        assert api.get(f"recalculations/{run_id}", who=ADA).json["state"] == "finished"
    assert api.put("settings/reviews", {"contest_days": 3}, who=ADA).json["recalculation"] == run_id


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"employee_first_hours": -1}, "employee_first_hours"),
        ({"sample_share": 1.01}, "sample_share"),
        ({"contest_days": 2.5}, "contest_days"),
        ({"share": 0.1}, "share"),
        ({}, "body"),
    ],
)
def test_settings_out_of_range_are_refused(api: ApiClient, body: dict[str, Any], field: str) -> None:
    answer = api.put("settings/reviews", body, who=ADA)
    assert (answer.status, answer.fields) == (422, [field])
