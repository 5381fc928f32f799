"""The CRM's middleware tells of a deal over HTTP: what follows is answered, kept and told."""

from __future__ import annotations

from shared.ports.documents import Query
from tests.enablement.deals import acme
from tests.functions.conftest import Deployed
from tests.harness.call_world import JOE
from tests.harness.crash_harness import Fuse, unavailable

PATH = "/api/v1/deal-assignments"
MEETING = "2026-03-09T10:00:00Z"


def test_a_deal_is_taken_in_once_and_told(deployed: Deployed) -> None:
    body = acme(employee_id=JOE, next_meeting__date=MEETING)
    status, answer = deployed.ask("deals", "POST", PATH, body)
    assert (status, answer["revision"], answer["duplicate"]) == (201, 1, False)
    status, again = deployed.ask("deals", "POST", PATH, body)
    assert (status, again) == (200, {**answer, "duplicate": True})
    facts = [data for topic, data in deployed.calls.world.facts if topic == "deal-changed"]
    assert [(one["deal_id"], one["revision"]) for one in facts] == [(body["deal_id"], 1)] * 2, "repeated, told again"


def test_whatever_fails_on_the_way_the_same_again_leads_to_the_same(deployed: Deployed) -> None:
    body = acme(employee_id=JOE, next_meeting__date=MEETING)
    for step in range(30):
        status, _ = deployed.ask("deals", "POST", PATH, body, fuse=Fuse(step, unavailable))
        if status != 503:
            break
    assert (status, step) == (200, 3), "it was taken in before the last step failed"
    deals = deployed.calls.world.store.query(Query("deal_records"))
    assert [one.data["revision"] for one in deals] == [1]
    assert [one.data["created_at"] for one in deployed.calls.world.store.query(Query("deal_snapshots"))] == [
        deals[0].data["received_at"]
    ]


def test_who_is_calling_is_asked_first(deployed: Deployed) -> None:
    assert deployed.ask("deals", "POST", PATH, acme(), who=None)[0] == 401
