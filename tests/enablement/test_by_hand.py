"""Managers and enablement assign by hand: who may, to whom, once, and how it is taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.ports.documents import Delete, Query
from tests.enablement.test_deal_assignments import assigned, assignments, told
from tests.harness.api_client import ADA, CRO, DANA, ENID, JOE, MO, NOW, PRIYA, SARAH, ApiClient, Reply, role_play

PRIMER = "healthcare-discovery-primer"
DUE = (NOW + timedelta(days=6)).date().isoformat()


def body(*people: str, **more: Any) -> dict[str, Any]:
    whom = list(people or (JOE,))
    return {"employee_ids": whom, "content_id": PRIMER, "due_on": DUE, "reason": "For the call on Friday", **more}


def give(api: ApiClient, *people: str, who: str = DANA, **more: Any) -> Reply:
    return api.post("assignments", body(*people, **more), who=who)


def test_a_manager_assigns_and_the_person_is_told(api: ApiClient) -> None:
    answer = give(api)
    assert answer.status == 201, answer
    (one,) = answer.json["items"]
    assert (one["trigger"], one["assignment_type"], one["given_by"]) == ("by_hand", "manager_assigned", DANA)
    assert (one["why"], one["due_date"], one["competency"]) == (
        "For the call on Friday",
        f"{DUE}T17:00:00Z",
        "discovery",
    )
    assert assignments(api) == [one]
    (notice,) = told(api, JOE, "assignment.given")
    assert notice["facts"]["by"] == DANA
    found = api.get("audit", who=ADA, action="assignment.given").json["items"]
    assert [(each["actor"], each["subject"], each["detail"]) for each in found] == [(DANA, JOE, PRIMER)]


def test_a_day_ends_where_each_person_is(api: ApiClient) -> None:
    read = api.get(f"employees/{JOE}", who=ADA).json
    assert api.put(f"employees/{JOE}", {**read, "zone": "America/Los_Angeles"}, who=ADA).status == 200
    items = give(api, JOE, SARAH, who=ENID).json["items"]
    after = (NOW + timedelta(days=7)).date().isoformat()
    assert {one["employee_id"]: one["due_date"] for one in items} == {
        JOE: f"{after}T01:00:00Z",
        SARAH: f"{DUE}T17:00:00Z",
    }


def test_a_small_list_is_one_request_and_whoever_has_it_keeps_theirs(api: ApiClient) -> None:
    give(api)
    answer = give(api, JOE, SARAH, who=ENID)
    assert answer.status == 201
    assert [one["employee_id"] for one in answer.json["items"]] == [SARAH]
    assert answer.json["already"] == [JOE]
    again = give(api, JOE, SARAH, who=ENID)
    assert (again.status, again.json["items"], again.json["already"]) == (200, [], [JOE, SARAH])
    assert len(told(api, SARAH, "assignment.given")) == 1


def test_who_asks_again_after_a_death_has_the_person_told(api: ApiClient) -> None:
    """The assignment was written, and the function died before it told of it: the answer never came."""
    give(api)
    documents = api.platform.documents
    documents.commit([Delete(one.path) for one in documents.query(Query("notifications"))])
    assert told(api, JOE, "assignment.given") == []
    assert give(api).json["already"] == [JOE]
    assert len(told(api, JOE, "assignment.given")) == 1


def test_what_a_deal_asks_for_already_is_not_asked_for_twice(api: ApiClient) -> None:
    asked = [each["content_id"] for each in assigned(api)["assignments"][0]["activities"]]
    answer = give(api, content_id=asked[0])
    assert answer.json["already"] == [JOE]


@pytest.mark.parametrize("who", [JOE, MO, CRO])
def test_who_may_not_assign(api: ApiClient, who: str) -> None:
    assert give(api, who=who).status == 403


def test_a_manager_assigns_to_their_own_people_alone(api: ApiClient) -> None:
    answer = give(api, JOE, PRIYA)
    assert answer.status == 403
    assert assignments(api) == [], "of a list all or none"


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"content_id": "nothing"}, 422, "content_id"),
        ({"due_on": "2026-02-11"}, 422, "due_on"),
        ({"due_on": "2028-02-11"}, 422, "due_on"),
        ({"due_on": "soon"}, 422, "due_on"),
        ({"reason": " "}, 422, "reason"),
        ({"reason": "x" * 301}, 422, "reason"),
        ({"employee_ids": []}, 422, "employee_ids"),
        ({"employee_ids": [f"p{number}@x.example" for number in range(21)]}, 422, "employee_ids"),
        ({"employee_ids": ["nobody@augmentcode.com"]}, 404, "employee_ids"),
    ],
)
def test_what_cannot_be_taken_is_named(api: ApiClient, change: dict[str, Any], status: int, field: str) -> None:
    answer = give(api, who=ENID, **change)
    assert answer.status == status, answer
    assert field in answer.json["detail"] or field in str(answer.json), answer


def test_what_can_be_assigned_is_listed(api: ApiClient) -> None:
    items = api.get("assignable-content", who=DANA).json["items"]
    assert {"healthcare-discovery-primer", "hipaa-battlecard"} <= {one["content_id"] for one in items}
    assert any(one["activity_type"] == "role_play" for one in items), "the framework's scenarios as well"
    assert api.get("assignable-content", who=JOE).status == 403


def test_it_is_taken_back_once_and_the_person_is_told(api: ApiClient) -> None:
    (one,) = give(api).json["items"]
    path = f"assignments/{one['assignment_id']}/withdrawal"
    assert api.post(path, None, who=JOE).status == 403
    first = api.post(path, None, who=ENID)
    assert (first.status, first.json["state"], first.json["because"]) == (200, "cancelled", "withdrawn")
    assert api.post(path, None, who=DANA).json["state"] == "cancelled"
    assert len(told(api, JOE, "assignment.withdrawn")) == 1
    assert len(api.get("audit", who=ADA, action="assignment.withdrawn").json["items"]) == 1
    api.clock.move(seconds=1)
    assert give(api).status == 201, "it may be asked for again"


def test_neither_a_deals_nor_what_is_done_is_taken_back(api: ApiClient) -> None:
    (deals,) = assigned(api)["assignments"]
    assert api.post(f"assignments/{deals['assignment_id']}/withdrawal", None, who=DANA).status == 409
    (one,) = give(api, SARAH).json["items"]
    api.post(f"assignments/{one['assignment_id']}/completions", {"content_id": PRIMER}, who=SARAH)
    assert api.post(f"assignments/{one['assignment_id']}/withdrawal", None, who=DANA).status == 409
    assert api.post("assignments/assign_x/withdrawal", None, who=DANA).status == 404


def test_practice_closes_it_from_then_on_and_not_what_came_before(api: ApiClient) -> None:
    scenario = next(
        each["content_id"]
        for each in api.get("assignable-content", who=DANA).json["items"]
        if each["activity_type"] == "role_play" and each["competencies"][0] == "discovery"
    )
    metadata: dict[str, Any] = {"session_metadata": {"scenario_id": scenario}}
    api.record(role_play(1) | metadata)
    api.deliver()
    give(api, content_id=scenario)
    assert assignments(api)[0]["state"] == "open"
    api.clock.move(hours=2)
    api.record(role_play(2, timestamp=(NOW + timedelta(hours=1)).isoformat()) | metadata)
    api.deliver()
    (one,) = assignments(api)
    assert (one["state"], one["because"]) == ("done", "completed")


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Auckland"])
def test_the_calendars_ends_are_no_days_to_be_due_on(api: ApiClient, zone: str, day: str) -> None:
    """Five in the afternoon of the last day of all is, in Los Angeles, after the end of the calendar."""
    people = f"name,email,role,manager,hire_date,mentor,zone\nJoe Smith,{JOE},employee,{DANA},2024-03-01,{MO},{zone}\n"
    assert api.import_people(people).status == 200
    refused = api.post("assignments", body(JOE, due_on=day), who=DANA)
    assert (refused.status, refused.fields) == (422, ["due_on"])
