"""An assignment is closed by what systems report, in whatever order they do."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from shared.ports.documents import Query
from shared.ports.messages import Message
from tests.enablement.test_deal_assignments import GOOD_IN_GENERAL, assigned, assignments, told
from tests.harness.api_client import ADA, JOE, NOW, PRIYA, ApiClient, lesson, role_play

PIECES = ("healthcare-discovery-primer", "healthcare-call-with-notes", "hipaa-battlecard")


@pytest.fixture
def joe(api: ApiClient) -> ApiClient:
    api.record(*GOOD_IN_GENERAL)
    api.deliver()
    return api


def heard(content_id: str, *, at: timedelta, **more: Any) -> dict[str, Any]:
    """A finished lesson. at: after the moment of the assignment"""
    times = {"started_at": (NOW + at).isoformat(), "completed_at": (NOW + at).isoformat()}
    return lesson(PIECES.index(content_id), **times, content_id=content_id, **more)


def tried(number: int, content_id: str) -> dict[str, Any]:
    """A session of practice with a scenario, an hour after the assignment."""
    at = (NOW + timedelta(hours=1, minutes=number)).isoformat()
    return role_play(number, timestamp=at, session_metadata={"scenario_id": content_id})


def report(api: ApiClient, *events: dict[str, Any]) -> None:
    api.clock.move(hours=3)
    api.record(*events)
    api.deliver()


def done(api: ApiClient) -> dict[str, bool]:
    (one,) = assignments(api)
    return {each["content_id"]: each["done_by"] is not None for each in one["activities"]}


def test_each_report_notes_its_part_and_the_last_one_closes(joe: ApiClient) -> None:
    assigned(joe)
    report(joe, heard(PIECES[0], at=timedelta(hours=1)))
    assert done(joe) == {PIECES[0]: True, PIECES[1]: False, PIECES[2]: False}
    (one,) = assignments(joe)
    assert (one["state"], one["activities"][0]["done_at"]) == ("open", "2026-02-12T13:00:00Z")
    report(joe, *(heard(name, at=timedelta(hours=2)) for name in PIECES[1:]))
    (one,) = assignments(joe)
    assert (one["state"], one["because"]) == ("done", "completed")


def test_the_same_report_again_changes_nothing(joe: ApiClient) -> None:
    assigned(joe)
    report(joe, *(heard(name, at=timedelta(hours=1)) for name in PIECES))
    kept = [one.data for one in joe.parts.documents.query(Query("assignments"))]
    facts = [
        json.loads(one.data["message"]) for one in joe.parts.documents.query(Query("events")) if one.data["message"]
    ]
    joe.clock.move(hours=1)
    joe.platform.bus.publish("observation-recorded", [Message(one) for one in (*facts, *reversed(facts))])
    joe.deliver()
    assert [one.data for one in joe.parts.documents.query(Query("assignments"))] == kept


def test_what_was_heard_lately_before_a_meeting_is_not_asked_for_again(joe: ApiClient) -> None:
    joe.record(*(heard(name, at=-timedelta(days=9)) for name in PIECES))
    joe.deliver()
    assigned(joe)
    (one,) = assignments(joe)
    assert (one["state"], one["because"]) == ("done", "completed")
    assert told(joe, JOE, "preparation.assigned") == [], "there is nothing to do"


def test_what_was_heard_long_ago_is_asked_for_again(joe: ApiClient) -> None:
    joe.record(*(heard(name, at=-timedelta(days=40)) for name in PIECES))
    joe.deliver()
    assigned(joe)
    assert not any(done(joe).values())


@pytest.mark.parametrize(
    "event",
    [
        heard(PIECES[0], at=timedelta(hours=1), completion_percentage=90),
        heard(PIECES[0], at=timedelta(hours=1), quiz_passed=False),
        heard(PIECES[0], at=timedelta(hours=1), employee_id=PRIYA),
        role_play(1, days_ago=-1, session_metadata={"scenario_id": "of-something-else"}),
    ],
    ids=["not through", "failed", "another person's", "something else"],
)
def test_what_does_not_complete_it(joe: ApiClient, event: dict[str, Any]) -> None:
    assigned(joe)
    joe.clock.move(days=1)
    report(joe, event)
    assert not any(done(joe).values())


def test_a_report_that_was_a_mistake_opens_it_again_until_it_is_due(joe: ApiClient) -> None:
    assigned(joe)
    practice = [tried(number, name) for number, name in enumerate(PIECES)]
    report(joe, *practice)
    assert assignments(joe)[0]["state"] == "done"
    void(joe, practice[2])
    (one,) = assignments(joe)
    assert (one["state"], one["because"]) == ("open", None)
    assert done(joe) == {PIECES[0]: True, PIECES[1]: True, PIECES[2]: False}
    joe.record(tried(9, PIECES[2]))
    joe.deliver()
    assert assignments(joe)[0]["state"] == "done"
    joe.clock.move(days=2)
    void(joe, practice[0])
    (one,) = assignments(joe)
    assert (one["state"], one["because"]) == ("done", "completed"), "it was due"


def void(api: ApiClient, event: dict[str, Any]) -> None:
    named = {"event_id": event["event_id"], "source": "voice-roleplay", "employee_id": JOE}
    body = named | {"reason": "somebody else’s"}
    assert api.post("voids", body, who=ADA).status in (200, 201)
    api.deliver()


@pytest.mark.parametrize("said_first", [True, False])
def test_what_the_person_said_stays_whatever_is_void(joe: ApiClient, said_first: bool) -> None:
    (one,) = assigned(joe)["assignments"]
    event = tried(1, PIECES[0])
    if not said_first:
        report(joe, event)
    joe.post(f"assignments/{one['assignment_id']}/completions", {"content_id": PIECES[0]}, who=JOE)
    if said_first:
        report(joe, event)
    void(joe, event)
    assert assignments(joe)[0]["activities"][0]["done_at"] is not None


def test_a_withdrawn_assignment_stays_withdrawn(joe: ApiClient) -> None:
    assigned(joe)
    assigned(joe, next_meeting=None)
    report(joe, *(heard(name, at=timedelta(hours=1)) for name in PIECES))
    (one,) = assignments(joe)
    assert (one["state"], one["because"]) == ("cancelled", "meeting_gone")
