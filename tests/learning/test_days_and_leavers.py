"""Days that cannot be are refused, days are the learner's own, and who has left is followed no longer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from shared.people.records import EmployeeRecords
from tests.harness.api_client import ADA, ENID, MO, ApiClient
from tests.learning.apprentices import ANA, BEN, enrolled, invite, prepare
from tests.portal.test_worlds import browser

LONG_AGO, NEVER = "0001-01-01", "9999-12-31"


def authorise(api: ApiClient, begins: str, ends: str) -> Any:
    body = {"activity": "joint 11 kV", "scope": "supervised", "begins": begins, "ends": ends}
    return api.post(f"learning/enrolments/{ANA}/authorisations", body, who=MO)


def changed(api: ApiClient, **fields: str) -> None:
    """Imports Ana once more, with other fields."""
    row = {"name": "Ana Joiner", "email": ANA, "role": "employee", "framework": "cable_jointing_demo", "mentor": MO}
    row |= fields
    answer = api.import_people(",".join(row) + "\n" + ",".join(row.values()) + "\n")
    assert (answer.status, answer.json["updated"]) == (200, 1), answer


@pytest.mark.parametrize("day", [LONG_AGO, NEVER, "1926-02-12"])
def test_a_day_of_another_century_is_refused_by_its_field(api: ApiClient, day: str) -> None:
    prepare(api)
    enrolled(api)

    asked = {
        "begins": [
            authorise(api, day, "2026-02-12"),
            api.post(f"learning/enrolments/{ANA}/breaks", {"begins": day}, who=ENID),
        ],
        "ends": [authorise(api, "2026-02-12", day)],
        "started_on": [invite(api, BEN, started_on=day)],
        "gateway_on": [invite(api, BEN, gateway_on=day)],
    }

    assert {field: {(one.status, *one.fields) for one in them} for field, them in asked.items()} == {
        field: {(422, field)} for field in asked
    }


def test_the_gateway_is_after_the_start(api: ApiClient) -> None:
    prepare(api)

    refused = invite(api, started_on="2025-09-01", gateway_on="2025-09-01")

    assert (refused.status, refused.fields) == (422, ["gateway_on"])
    assert invite(api, started_on="2025-09-01", gateway_on="2025-09-02").status == 201


def state(api: ApiClient) -> str:
    found = api.get(f"learning/enrolments/{ANA}/authorisations", who=ANA).json["authorisations"]
    assert api.get("learning/authorisations", who=MO).json["authorisations"] == [
        one for one in found if one["state"] == "ends_soon"
    ]
    told: str = found[0]["state"]
    return told


@pytest.mark.parametrize(
    ("zone", "last_moment", "over"),
    [
        ("Pacific/Auckland", "2026-04-30T11:59:00+00:00", "2026-04-30T12:00:00+00:00"),
        ("Europe/London", "2026-04-30T22:59:00+00:00", "2026-04-30T23:00:00+00:00"),
        ("America/Los_Angeles", "2026-05-01T06:59:00+00:00", "2026-05-01T07:00:00+00:00"),
    ],
)
def test_an_authorisation_ends_with_the_learners_own_day(
    api: ApiClient, zone: str, last_moment: str, over: str
) -> None:
    """In summer, when London is not at UTC."""
    prepare(api)
    enrolled(api)
    changed(api, zone=zone)
    assert authorise(api, "2026-02-01", "2026-04-30").status == 201

    for moment, expected in ((last_moment, "ends_soon"), (over, "ended")):
        api.clock.move(seconds=(datetime.fromisoformat(moment) - api.clock.now()).total_seconds())
        assert state(api) == expected


@pytest.mark.parametrize(
    ("zone", "moment", "left", "said"),
    [
        ("Pacific/Auckland", "2026-04-29T11:59:00+00:00", 1, ("in 1 day", "Ends in 1 day")),
        ("Pacific/Auckland", "2026-04-29T12:00:00+00:00", 0, ("today", "Ends today")),
        ("America/Los_Angeles", "2026-04-30T06:59:00+00:00", 1, ("in 1 day", "Ends in 1 day")),
        ("America/Los_Angeles", "2026-05-01T06:59:00+00:00", 0, ("today", "Ends today")),
    ],
)
def test_pages_count_the_days_left_by_the_learners_own(
    api: ApiClient, zone: str, moment: str, left: int, said: tuple[str, str]
) -> None:
    prepare(api)
    enrolled(api)
    changed(api, zone=zone)
    assert authorise(api, "2026-02-01", "2026-04-30").status == 201
    api.clock.move(seconds=(datetime.fromisoformat(moment) - api.clock.now()).total_seconds())
    mentor = browser(api, MO)

    (ending,) = api.get("learning/authorisations", who=MO).json["authorisations"]

    assert ending["days_left"] == left
    assert f", {said[0]} " in mentor.text("/learners").partition("until")[2][:40]
    assert f"{said[1]} " in f"{mentor.text('/learners/authorisations')} "


def test_who_has_left_is_not_judged_and_not_authorised(api: ApiClient) -> None:
    prepare(api)
    enrolled(api)
    assert authorise(api, "2026-02-01", "2026-03-30").status == 201
    api.clock.move(days=20)
    assert api.get("learning/at-risk", who=MO).json["learners"][0]["reasons"] != []
    assert len(api.get("learning/authorisations", who=MO).json["authorisations"]) == 1

    changed(api, active="false")

    at_risk = api.get("learning/at-risk", who=MO).json["learners"]
    assert [(one["state"], one["reasons"]) for one in at_risk] == [("left", [])]
    assert [one["state"] for one in api.get("learning/enrolments", who=MO).json["learners"]] == ["left"]
    assert api.get(f"learning/enrolments/{ANA}", who=MO).json["state"] == "left"
    assert api.get("learning/authorisations/in-force", who=MO).json["learners"] == []
    assert api.get("learning/authorisations", who=MO).json["authorisations"] == []
    refused = authorise(api, "2026-03-04", "2026-12-31")
    assert (refused.status, "has left" in refused.json["detail"]) == (409, True)


def test_who_has_left_is_followed_until_then(api: ApiClient) -> None:
    """Ana left after 10 days, whatever is written of her later. On the day 20 of the others four are followed, of whom
    one arrives; counted with Ana it would be one of five."""
    others = [f"{one}@jointers.example" for one in ("cy", "di", "ed")]
    prepare(api, *others)
    framework = api.get("frameworks/cable_jointing_demo").json["framework"]
    framework["required_by_stage"]["isolation"] = ["K2"]
    assert api.put("frameworks/cable_jointing_demo", {"framework": framework}).status == 200
    api.deliver()
    for one in (ANA, BEN, *others):
        enrolled(api, one, milestone="isolation")
    api.clock.move(days=10)
    changed(api, active="false")
    api.clock.move(days=10)
    for number in range(2):
        passed = {
            "event_id": f"test-{number}",
            "employee_id": BEN,
            "timestamp": api.clock.now().isoformat(),
            "event_type": "multiple_choice_test",
            "event_source": "learn",
            "overall_score": 95,
            "passed": True,
            "competency_scores": [{"competency": "K2", "score": 95}],
        }
        assert api.post("validation-events", passed).status == 201
    api.deliver()
    api.clock.move(days=30)
    changed(api, active="false", name="Ana Joiner-Smith")

    (told,) = api.get("learning/milestones", who=ADA).json["milestones"]

    assert (told["learners"], told["reached"], told["censored"]) == (5, 1, 4)
    assert [(one["days"], one["going"], one["share"]["value"]) for one in told["steps"]] == [(20, 4, 0.25)]


@pytest.mark.parametrize(
    ("zone", "before", "begun"),
    [
        ("Pacific/Auckland", "2026-04-29T11:59:00+00:00", "2026-04-29T12:00:00+00:00"),
        ("America/Los_Angeles", "2026-04-30T06:59:00+00:00", "2026-04-30T07:00:00+00:00"),
    ],
)
def test_a_break_begins_with_the_learners_own_day_in_the_list_and_on_the_page(
    api: ApiClient, zone: str, before: str, begun: str
) -> None:
    prepare(api)
    enrolled(api)
    changed(api, zone=zone)
    assert api.post(f"learning/enrolments/{ANA}/breaks", {"begins": "2026-04-30"}, who=ENID).status in (200, 201)

    for moment, expected in ((before, "learning"), (begun, "on_break")):
        api.clock.move(seconds=(datetime.fromisoformat(moment) - api.clock.now()).total_seconds())
        listed = api.get("learning/enrolments", who=MO).json["learners"]
        assert [one["state"] for one in listed] == [expected]
        assert api.get(f"learning/enrolments/{ANA}", who=ANA).json["state"] == expected


def test_who_comes_back_learns_again(api: ApiClient) -> None:
    prepare(api)
    enrolled(api)
    changed(api, active="false")
    api.clock.move(days=3)

    changed(api, active="true")

    assert api.get(f"learning/enrolments/{ANA}", who=MO).json["state"] == "learning"
    back = EmployeeRecords(api.platform.documents).get(ANA)
    assert back is not None
    assert back.left_at is None
