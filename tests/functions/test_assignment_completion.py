"""A recorded event closes the assignment that asked for it, once however often it is delivered."""

from __future__ import annotations

from datetime import timedelta

from shared.ports.documents import Query
from tests.functions.conftest import Deployed
from tests.functions.test_jit_trigger import told
from tests.harness.call_world import JOE
from tests.harness.sent_events import role_play


def test_what_is_reported_as_done_is_done(deployed: Deployed) -> None:
    assert deployed.deliver("jit_trigger", told(deployed)) == (200, None)
    store = deployed.calls.world.store
    (before,) = store.query(Query("assignments"))
    one = before.data["activities"][0]
    at = before.data["created_at"] + timedelta(minutes=1)
    event = role_play("s1", employee=JOE, at=at) | {"session_metadata": {"scenario_id": one["content_id"]}}
    fact = deployed.recorded(event)
    assert deployed.again_after_a_failure("assignment_completion", fact) == (200, None)
    assert deployed.deliver("assignment_completion", fact) == (200, None)
    (after,) = store.query(Query("assignments"))
    assert after.data["activities"][0]["done_by"] == fact["event_id"]
    assert after.data["activities"][0]["done_at"] == at
    again = [data for topic, data in deployed.calls.world.facts if topic == "deal-changed"]
    assert len(again) == 3, "whoever follows the deal is told of it with each delivery"
    assert {one["revision"] for one in again} == {1}


def test_what_is_no_observation_is_quarantined_and_blocks_nobody(deployed: Deployed) -> None:
    assert deployed.deliver("assignment_completion", {}) == (200, None)
    assert deployed.quarantined() == ["assignment_completion"]
