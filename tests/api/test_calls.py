"""Calls through the API: the employee sees the results first, reviewers at once, a manager some hours later."""

from __future__ import annotations

import json
from itertools import combinations
from typing import Any

import pytest

from shared.kernel.errors import Malformed
from shared.kernel.reading import validated
from shared.observations.messages import ObservationRecorded
from shared.ports.documents import Query, Where
from tests.harness.api_client import (
    ADA,
    ADMINISTRATION,
    CRO,
    DANA,
    ENID,
    INTEGRATION,
    JOE,
    NOW,
    SARAH,
    ApiClient,
    call_analysed,
    call_seen,
)
from tests.harness.call_records import call_record, took_part

RECORD = "gong-7782342274025937895"


def analysed(api: ApiClient) -> None:
    """Joe's and Sarah's call, analysed just now."""
    both = [
        {"employee_id": who, "observation_id": f"o-{who}", "standing": "counted", "scores": {"discovery": 80}}
        for who in (JOE, SARAH)
    ]
    record = call_record(
        "gong",
        RECORD.removeprefix("gong-"),
        NOW,
        state="observed",
        employees=[JOE, SARAH],
        participants=[took_part(who, None) for who in (JOE, SARAH)],
        observations=[one | {"waiting": ["discovery"]} for one in both],
        cost_usd=0.02,
    )
    assert api.platform.call_records.create(record)


def test_what_the_recorder_answered_about_a_call_is_replayed_by_asking_for_the_call_again(api: ApiClient) -> None:
    analysed(api)
    api.platform.call_records.change(RECORD, lambda known: known.changed(state="failed"))
    odd = Malformed("the call has no start", field="calls.0.metaData")
    of_call = api.platform.quarantine.keep("gong_call", b"{", odd, sent_by="gong", record_id=RECORD)
    of_listing = api.platform.quarantine.keep("gong_batch", b"{", odd, sent_by="gong")

    assert api.get(f"quarantine/{of_call}").json["record_id"] == RECORD
    assert api.post(f"quarantine/{of_call}/replay").json == {
        "status": 202,
        "answer": {"record_id": RECORD, "state": "discovered", "analysis": 1},
    }
    assert api.get(f"quarantine/{of_call}").json["state"] == "replayed"
    assert api.get(f"calls/{RECORD}").json["analysis"] == 1
    assert api.post(f"quarantine/{of_call}/replay").json["answer"]["analysis"] == 1, "asked for once"
    assert api.post(f"quarantine/{of_listing}/replay").status == 409
    api.platform.call_records.change(RECORD, lambda known: known.changed(state="private"))
    assert api.post(f"quarantine/{of_call}/replay").status == 409


def test_the_deal_that_a_person_says_is_the_deal_of_everything_that_was_observed_in_the_call(api: ApiClient) -> None:
    analysed(api)
    context = {"deal_id": "006A", "account_name": "Acme"}
    of_call = call_analysed(1, source_id=RECORD.removeprefix("gong-"), context=context)
    elsewhere = call_seen(2, observation_source="visit", source_id="floor-3/room-4", context=context)
    for body in (of_call, elsewhere, call_seen(3)):
        assert api.post("field-observations", body, who=INTEGRATION).status == 201
    (event,) = api.parts.documents.query(Query("events", where=[Where("source_id", "==", of_call["source_id"])]))
    told = json.loads(event.data["message"])
    api.platform.review_items.observe(validated(ObservationRecorded, told))
    history = f"field-observations/{JOE}"
    said = {"deal_id": "006A", "account_name": "Acme"}
    assert [one["deal"] for one in api.get(history).json["items"]] == [said, said, None]

    api.put(f"calls/{RECORD}/deal", {"deal_id": "006B", "account_name": "Bluefin"})

    seen = {one["source_id"]: one for one in api.get(history).json["items"]}
    assert seen[of_call["source_id"]]["deal"] == {"deal_id": "006B", "account_name": "Bluefin"}
    assert seen[of_call["source_id"]]["payload"]["context"] == context, "as it was sent"
    assert seen["floor-3/room-4"]["deal"] == said
    (review,) = api.get("reviews", who=ENID).json["items"]
    assert review["account_name"] == "Bluefin"
    assert api.get(f"reviews/{review['review_id']}", who=ENID).json["account_name"] == "Bluefin"
    assert api.get(f"calls/{RECORD}").json["deal"]["deal_id"] == "006B"


def result(api: ApiClient, who: str, of: str = JOE) -> dict[str, Any]:
    answer = api.get(f"calls/{RECORD}", who=who)
    assert answer.status == 200, answer
    (found,) = [one for one in answer.json["results"] if one["employee_id"] == of]
    return dict(found)


def test_the_results_of_a_call_open_for_the_employee_first(api: ApiClient) -> None:
    analysed(api)

    seen = result(api, JOE)
    assert (seen["scores"], seen["waiting"], seen["scores_open_at"]) == ({"discovery": 80}, ["discovery"], None)
    for who in (DANA, CRO, ENID, ADA, ADMINISTRATION):
        assert result(api, who) == {
            "employee_id": JOE,
            "observation_id": f"o-{JOE}",
            "standing": "not_open_yet",
            "scores": {},
            "waiting": [],
            "scores_open_at": "2026-02-14T12:00:00Z",
        }
    assert [one["employee_id"] for one in api.get(f"calls/{RECORD}", who=JOE).json["results"]] == [JOE]
    (listed,) = api.get("calls", who=DANA, employee=JOE).json["items"]
    assert {one["standing"] for one in listed["results"]} == {"not_open_yet"}

    api.clock.move(hours=48)
    assert result(api, DANA)["scores"] == {"discovery": 80}
    assert result(api, DANA, SARAH)["scores_open_at"] is None


@pytest.mark.parametrize("who", [CRO, ENID, ADA, ADMINISTRATION])
def test_who_sees_the_calls_of_others_leaves_a_record_about_each_of_them(api: ApiClient, who: str) -> None:
    analysed(api)

    def noted(action: str) -> set[str]:
        items = api.get("audit", actor=who, action=action).json["items"]
        return {name for item in items for name in (item["people"] or [item["subject"]])}

    api.get(f"calls/{RECORD}", who=who)
    assert noted("call.viewed") == {JOE, SARAH}
    api.get("calls", who=who, employee=JOE)
    assert (noted("profile.viewed"), noted("calls.listed")) == ({JOE}, {SARAH})
    api.get("calls", who=who)
    assert noted("calls.listed") == {JOE, SARAH}


def test_who_sees_the_own_calls_leaves_no_record_and_a_manager_one_in_an_hour(api: ApiClient) -> None:
    analysed(api)
    for who, of_an_hour in ((JOE, 0), (DANA, 1)):
        for _ in range(3):
            api.get(f"calls/{RECORD}", who=who)
            api.get("calls", who=who)
        assert len(api.get("audit", actor=who).json["items"]) == of_an_hour
    api.clock.move(hours=1)
    api.get(f"calls/{RECORD}", who=DANA)
    assert len(api.get("audit", actor=DANA).json["items"]) == 2


def test_what_an_analysis_cost_is_for_who_runs_the_platform(api: ApiClient) -> None:
    analysed(api)

    assert [api.get(f"calls/{RECORD}", who=who).json["cost_usd"] for who in (ADA, ENID, JOE, DANA)] == [
        0.02,
        0.02,
        None,
        None,
    ]


def test_a_person_says_which_deal_a_call_belongs_to(api: ApiClient) -> None:
    analysed(api)
    path = f"calls/{RECORD}/deal"
    assert [one["record_id"] for one in api.get("calls", who=ADA, deal="unmatched").json["items"]] == [RECORD]

    said = api.put(path, {"deal_id": " 006B ", "account_name": "Acme Health"}, who=DANA)

    assert said.status == 200, said
    assert said.json["deal"] == {"deal_id": "006B", "account_name": "Acme Health", "how": "person"}
    assert api.get("calls", who=ADA, deal="unmatched").json["items"] == []
    assert [one["record_id"] for one in api.get("calls", who=ADA, deal="person").json["items"]] == [RECORD]
    assert api.put(path, {"deal_id": "006B"}, who=ENID).json["deal"]["account_name"] == "Acme Health"
    assert api.put(path, {"deal_id": "006C"}, who="eli@augmentcode.com").status == 403, "nobody of his took part"
    assert api.put(f"calls/{RECORD}x/deal", {"deal_id": "006C"}, who=ADA).status == 404


def test_a_deal_that_cannot_be_one_is_refused_by_name(api: ApiClient) -> None:
    analysed(api)

    for body, field in (
        ({}, "deal_id"),
        ({"deal_id": None}, "deal_id"),
        ({"deal_id": "a/b"}, "deal_id"),
        ({"deal_id": "006B", "account": "Acme"}, "account"),
    ):
        refused = api.put(f"calls/{RECORD}/deal", body, who=ADA)
        assert (refused.status, refused.json["errors"][0]["field"]) == (422, field), refused


@pytest.mark.parametrize("who", [ADA, DANA, JOE])
def test_filters_of_calls_narrow_each_other(api: ApiClient, who: str) -> None:
    analysed(api)
    right = {"employee": JOE, "state": "observed", "deal": "unmatched"}
    wrong = {"employee": ENID, "state": "failed", "deal": "person"}
    for size in (1, 2, 3):
        for chosen in combinations(right, size):
            wanted = {name: right[name] for name in chosen}
            if who == DANA and "employee" not in wanted:
                continue  # without a person her list is of her own calls
            assert [one["record_id"] for one in api.get("calls", who=who, **wanted).json["items"]] == [RECORD], wanted
            for name in chosen:
                if name != "employee" or who == ADA:
                    found = api.get("calls", who=who, **wanted | {name: wrong[name]})
                    assert (found.status, found.json["items"]) == (200, []), (wanted, name)


def test_a_result_that_is_void_says_so_and_has_no_scores(api: ApiClient) -> None:
    analysed(api)
    posted = result(api, ADA)
    body = call_analysed(1, source_id=RECORD.removeprefix("gong-"), observation_id=posted["observation_id"])
    api.record(body)
    sent = {"event_id": posted["observation_id"], "source": "gong", "reason": "Somebody else spoke"}
    assert api.post("voids", sent).status == 200

    listed = [one for one in api.get("calls").json["items"][0]["results"] if one["employee_id"] == JOE]
    for one in (result(api, ADA), *listed):
        assert (one["standing"], one["scores"], one["waiting"]) == ("void", {}, [])
