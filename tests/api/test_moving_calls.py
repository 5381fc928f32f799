"""A part in a call is moved to the right person over HTTP: who sees what afterwards, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from shared.conversations.domain.conversation import Affiliation, Conversation, Party, Turn
from tests.harness.api_client import (
    ADA,
    ADMINISTRATION,
    DANA,
    ENID,
    JOE,
    NOW,
    SARAH,
    VIC,
    ApiClient,
    Reply,
    call_analysed,
)
from tests.harness.call_records import call_record, took_part

CALL, WHY = "4711", "Sarah spoke"
RECORD = f"gong-{CALL}"


def analysed(api: ApiClient) -> str:
    """A call in which Joe is taken for the speaker; the id of what was observed."""
    body = call_analysed(1, source_id=CALL)
    observation_id = str(body["observation_id"])
    assert api.post("field-observations", body).status == 201
    parties = (Party("1", "Joe", JOE, Affiliation.INTERNAL), Party("2", "Casey", None, Affiliation.EXTERNAL))
    turns = (Turn("1", 0, 9_000, "What does it cost you?"), Turn("2", 10_000, 12_000, "A lot."))
    api.platform.transcripts.keep("gong", Conversation(CALL, None, 20_000, parties, turns))
    result = {"employee_id": JOE, "observation_id": observation_id, "standing": "counted", "scores": {"discovery": 80}}
    made = call_record(
        "gong",
        CALL,
        NOW,
        state="observed",
        employees=[JOE],
        participants=[took_part(JOE)],
        observations=[result],
    )
    assert api.platform.call_records.create(made)
    return observation_id


def move(api: ApiClient, who: str = ADA, **more: Any) -> Reply:
    return api.post(
        f"calls/{RECORD}/speakers", {"speaker_id": "1", "employee_id": SARAH, "reason": WHY, **more}, who=who
    )


def test_the_wrong_persons_history_shows_the_void_and_the_call_is_no_longer_theirs(api: ApiClient) -> None:
    observation_id = analysed(api)
    moved = move(api)

    assert (moved.status, moved.headers["Location"]) == (202, f"/api/v1/calls/{RECORD}")
    assert (moved.json["state"], moved.json["analysis"], moved.json["results"]) == ("discovered", 1, [])
    assert moved.json["participants"] == [{"employee_id": SARAH, "spoke": True}]
    (event,) = api.get(f"field-observations/{JOE}", who=JOE).json["items"]
    assert (event["event_id"], event["standing"]) == (observation_id, "void")
    assert (event["void"]["by"], event["void"]["reason"]) == (ADA, f"Another person's call: {WHY}")
    for path in (f"calls/{RECORD}", f"calls/{RECORD}/transcript"):
        assert [api.get(path, who=who).status for who in (JOE, SARAH)] == [403, 200], path


def test_an_open_review_of_the_wrong_persons_scores_closes(api: ApiClient) -> None:
    analysed(api)
    api.deliver()
    (review,) = api.get("reviews", who=ENID).json["items"]
    assert review["employee_id"] == JOE
    move(api)
    api.deliver()
    assert api.get(f"reviews/{review['review_id']}", who=ENID).json["state"] == "superseded"
    assert api.post(f"reviews/{review['review_id']}/decision", {"decision": "confirm"}, who=ENID).status == 409


def test_the_voices_of_a_call_are_listed_with_what_was_said_about_them(api: ApiClient) -> None:
    analysed(api)
    path = f"calls/{RECORD}/speakers"
    joe, casey = api.get(path, who=ADA).json["items"]
    assert joe == {
        "speaker_id": "1",
        "name": "Joe",
        "affiliation": "Internal",
        "turns": 1,
        "employee_id": JOE,
        "correction": None,
    }
    assert (casey["speaker_id"], casey["employee_id"]) == ("2", None)

    move(api)
    (sarah, _) = api.get(path, who=ADA).json["items"]
    assert sarah["employee_id"] == SARAH
    assert {**sarah["correction"], "at": None} == {"by": ADA, "at": None, "reason": WHY, "was": [JOE]}
    noted = {item["subject"] for item in api.get("audit", actor=ADA, action="call.viewed").json["items"]}
    assert {JOE, SARAH} <= noted


def test_the_same_again_changes_nothing_and_leaves_one_record_about_each(api: ApiClient) -> None:
    analysed(api)
    first, again = move(api), move(api, ADMINISTRATION)

    assert (again.status, again.json) == (202, {**first.json, "updated_at": again.json["updated_at"]})
    records = api.get("audit", action="call.moved").json["items"]
    assert sorted((one["actor"], one["subject"], one["detail"]) for one in records) == [
        (ADA, JOE, f"{RECORD}: {WHY}"),
        (ADA, SARAH, f"{RECORD}: {WHY}"),
    ]
    assert len(api.get("audit", action="event.voided").json["items"]) == 1


def test_an_escalation_follows_whose_call_it_is(api: ApiClient) -> None:
    analysed(api)
    raised = api.post("escalations", {"call_id": RECORD, "to": VIC, "reason": "A complaint"}, who=DANA)
    assert raised.status in {200, 201}, raised
    move(api)

    (escalation,) = api.get("escalations", who=SARAH).json["escalations"]
    assert escalation["employees"] == [SARAH]
    assert api.get("escalations", who=JOE).json["escalations"] == []
    told = api.get(f"employees/{SARAH}/notifications", who=SARAH).json["items"]
    assert [one["kind"] for one in told] == ["escalation.raised"]
    move(api)
    assert len(api.get(f"employees/{SARAH}/notifications", who=SARAH).json["items"]) == 1


@pytest.mark.parametrize(
    ("said", "status", "field"),
    [
        ({"speaker_id": "9"}, 422, "speaker_id"),
        ({"employee_id": "nobody@example.com"}, 422, "employee_id"),
        ({"reason": "a"}, 422, "reason"),
        ({"more": 1}, 422, "more"),
    ],
)
def test_what_cannot_be_is_refused_by_name(api: ApiClient, said: dict[str, Any], status: int, field: str) -> None:
    analysed(api)
    refused = move(api, **said)

    assert (refused.status, [one["field"] for one in refused.json["errors"]]) == (status, [field])
    assert api.get(f"field-observations/{JOE}", who=JOE).json["items"][0]["standing"] == "counted"


def test_a_call_that_there_is_not_is_not_found_and_one_in_work_is_a_conflict(api: ApiClient) -> None:
    assert move(api).status == 404
    analysed(api)
    move(api)
    assert move(api, employee_id=DANA).status == 409
