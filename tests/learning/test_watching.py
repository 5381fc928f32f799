"""Who may need help and why, and how long a milestone takes, over the API and on the pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.harness.api_client import ENID, MO, ApiClient
from tests.learning.apprentices import ANA, BEN, EMPLOYER, enrolled, invite, prepare
from tests.portal.test_worlds import browser


def watched(api: ApiClient, who: str = ENID) -> dict[str, Any]:
    return {one["employee_id"]: one for one in api.get("learning/at-risk", who=who).json["learners"]}


def with_stage(api: ApiClient) -> None:
    """Has the framework name a stage of its own, which tests alone can show."""
    framework = api.get("frameworks/cable_jointing_demo").json["framework"]
    framework["required_by_stage"]["isolation"] = ["K2"]
    assert api.put("frameworks/cable_jointing_demo", {"framework": framework}).status == 200
    api.deliver()


def shows(api: ApiClient, employee_id: str) -> None:
    """Has a learner pass the two tests that K2 asks for, an hour ago."""
    at = api.clock.now() - timedelta(hours=1)
    for number in range(2):
        passed = {
            "event_id": f"test-{employee_id}-{number}",
            "employee_id": employee_id,
            "timestamp": (at - timedelta(minutes=number)).isoformat(),
            "event_type": "multiple_choice_test",
            "event_source": "learn",
            "overall_score": 95,
            "passed": True,
            "competency_scores": [{"competency": "K2", "score": 95}],
        }
        assert api.post("validation-events", passed).status == 201
    api.deliver()


def test_who_has_not_begun_is_told_of_with_the_reason(api: ApiClient) -> None:
    prepare(api)
    enrolled(api)
    invite(api, BEN)

    assert watched(api)[ANA]["reasons"] == []
    api.clock.move(days=8)

    found = watched(api)
    assert [one["why"] for one in found[ANA]["reasons"]] == ["Not begun in 8 days."]
    assert (found[BEN]["state"], found[BEN]["reasons"]) == ("invited", []), "who has not agreed is not judged"
    assert set(watched(api, MO)) == set(watched(api, EMPLOYER)) - {BEN} == {ANA}


def test_a_break_calls_for_no_help(api: ApiClient) -> None:
    prepare(api)
    enrolled(api)
    api.post(f"learning/enrolments/{ANA}/breaks", {"begins": "2026-02-13"}, who=ENID)

    api.clock.move(days=60)

    assert (watched(api)[ANA]["state"], watched(api)[ANA]["reasons"]) == ("on_break", [])


def test_missing_observations_are_named(api: ApiClient) -> None:
    prepare(api)
    enrolled(api)
    api.clock.move(days=30)

    (why,) = [one for one in watched(api)[ANA]["reasons"] if one["risk"] == "observations"]

    assert "Nothing observed for 30 days" in why["why"]
    assert "S1 (5)" in why["why"]


def test_a_milestone_counts_the_unfinished_and_tells_nothing_of_four(api: ApiClient) -> None:
    others = [f"learner{number}@jointers.example" for number in range(3)]
    prepare(api, *others)
    with_stage(api)
    for one in (ANA, BEN, *others[:2]):
        enrolled(api, one, milestone="isolation")
    (few,) = api.get("learning/milestones", who=ENID).json["milestones"]
    enrolled(api, others[2], milestone="isolation")

    api.clock.move(days=10)
    shows(api, ANA)
    api.clock.move(days=10)
    shows(api, BEN)
    shows(api, others[0])
    (five,) = api.get("learning/milestones", who=ENID).json["milestones"]

    assert (few["suppressed"], few["learners"], few["steps"]) == (True, None, [])
    assert (five["learners"], five["reached"], five["censored"]) == (5, 3, 2)
    assert [(one["days"], one["going"], one["reached"]) for one in five["steps"]] == [(10, 5, 1), (20, 4, 2)]
    assert (five["median_days"], five["competencies"]) == (20, ["K2"])
    low, value, high = (five["steps"][-1]["share"][name] for name in ("low", "value", "high"))
    assert low < value < high
    assert round(value, 2) == 0.6


def test_who_withdraws_is_counted_for_as_long_as_they_were_followed(api: ApiClient) -> None:
    others = [f"learner{number}@jointers.example" for number in range(3)]
    prepare(api, *others)
    with_stage(api)
    for one in (ANA, BEN, *others):
        enrolled(api, one, milestone="isolation")
    api.clock.move(days=5)
    api.post(f"learning/enrolments/{BEN}/consent", {"version": 1, "agreed": False}, who=BEN)
    api.clock.move(days=5)
    shows(api, ANA)

    (found,) = api.get("learning/milestones", who=ENID).json["milestones"]

    assert (found["learners"], found["censored"]) == (5, 4)
    assert [one["going"] for one in found["steps"]] == [4], "after five days nobody followed Ben any more"


def test_the_pages_tell_mentors_and_learners(api: ApiClient) -> None:
    prepare(api)
    enrolled(api)
    api.clock.move(days=8)
    mentor, learner = browser(api, MO), browser(api, ANA)

    assert "May need help: 1 of the 1 here" in mentor.text("/learners")
    page = mentor.text(f"/learners/{ANA}")
    assert "gateway to completion on 1 Feb 2028" in page
    assert "0 observations by people who saw it; answers show none of it" in page
    assert "Not begun in 8 days." in page
    form = {"activity": "Strip ends", "scope": "supervised", "begins": "2026-02-20", "ends": "2026-03-10"}
    refused = mentor.post(f"/learners/{ANA}/authorisations", form | {"ends": "2026-01-01"})
    given = mentor.post(f"/learners/{ANA}/authorisations", form)

    assert refused.status_code == 422
    assert "Strip ends" in refused.get_data(as_text=True), "nothing that was written is lost"
    assert given.status_code == 303
    assert "Supervised only Strip ends until 10 Mar 2026, in 18 days" in mentor.text("/learners")
    assert "Ends soon" in learner.text(f"/learners/{ANA}")
    assert learner.get("/learners").status_code == 403
    assert learner.get(f"/learners/{BEN}").status_code == 403
