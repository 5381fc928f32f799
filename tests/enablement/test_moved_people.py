"""Deals of somebody who is given another id, or whose two records become one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import api, loaded, seen
from tests.api.test_renaming import JANE, merge, rename, to_the_end
from tests.enablement.deals import CRM, acme
from tests.harness.api_client import DANA, JOE, PRIYA, ApiClient, Reply, call_seen, lesson

__all__ = ["api", "loaded", "seen"]


def told(api: ApiClient, **changes: Any) -> Reply:
    answer = api.post("deal-assignments", acme(**changes), who=CRM)
    api.deliver()
    return answer


@pytest.mark.parametrize(
    ("to", "move"), [(JANE, rename), (PRIYA, lambda api: merge(api, JOE, PRIYA))], ids=["id", "merger"]
)
def test_snapshot_and_preparation_go_along_and_a_repetition_is_one(api: ApiClient, to: str, move: Any) -> None:
    api.record(call_seen(1))
    api.deliver()
    # To move somebody takes hours of the test's clock: the meeting is after that.
    later = {"next_meeting__date": "2026-03-10T10:00:00Z"}
    before = told(api, **later).json
    (assignment,) = before["assignments"]
    done = {"content_id": assignment["activities"][0]["content_id"]}
    assert api.post(f"assignments/{assignment['assignment_id']}/completions", done, who=JOE).status == 200

    to_the_end(api, move(api))

    for asked in ({}, {"employee_id": to}, {"employee_id": JOE}):
        snapshot = api.get("deals/opp_sfdc_12345/skill-snapshot", **asked)
        assert (snapshot.status, snapshot.json["snapshot_id"]) == (200, before["snapshot_id"])
    for who in (JOE, to):
        again = told(api, employee_id=who, **later)
        assert (again.status, again.json["duplicate"]) == (200, True)
    changed = told(api, opportunity__stage="demo", **later).json
    assert changed["revision"] == before["revision"] + 1
    (kept,) = api.get(f"employees/{to}/assignments").json["items"]
    assert (kept["assignment_id"], kept["employee_id"]) == (assignment["assignment_id"], to)
    assert kept["activities"][0]["done_at"] is not None


def test_what_was_assigned_by_hand_goes_along_and_is_completed_under_the_new_id(api: ApiClient) -> None:
    given = {"employee_ids": [JOE], "content_id": "hipaa-battlecard", "due_on": "2026-06-20", "reason": "Read it"}
    (before,) = api.post("assignments", given, who=DANA).json["items"]
    to_the_end(api, rename(api))
    at = api.clock.now().isoformat()
    read = lesson(1, employee=JOE, content_id="hipaa-battlecard", started_at=at, completed_at=at)
    api.record(read)
    api.deliver()
    (kept,) = api.get(f"employees/{JANE}/assignments").json["items"]
    assert (kept["assignment_id"], kept["given_by"], kept["state"]) == (before["assignment_id"], DANA, "done")
