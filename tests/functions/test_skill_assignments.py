"""A changed skill becomes something to do where rules assign without a deal, once however often it is told."""

from __future__ import annotations

from datetime import timedelta

from shared.ports.documents import Put, Query
from tests.functions.conftest import Deployed
from tests.functions.test_skill_webhooks import FACT
from tests.harness.call_world import JOE
from tests.harness.sent_events import NOON, call, role_play


def weak(deployed: Deployed) -> None:
    """What Joe shows in practice does not hold in the field, and the rules are on."""
    store = deployed.calls.world.store
    store.commit([Put("settings/assignments", {"on": True})])
    for number in range(3):
        deployed.recorded(role_play(f"s{number}", employee=JOE, score=95))
        at = NOON - timedelta(days=20)  # open to others at once
        deployed.recorded(call(f"c{number}", employee=JOE, scores={"discovery": 55}, reviewed=1, at=at))


def test_it_is_assigned_once(deployed: Deployed) -> None:
    weak(deployed)
    assert deployed.again_after_a_failure("skill_assignments", FACT) == (200, None)
    assert deployed.deliver("skill_assignments", FACT) == (200, None)
    store = deployed.calls.world.store
    assert [one.data["trigger"] for one in store.query(Query("assignments"))] == ["not_in_the_field"]
    assert [one.data["kind"] for one in store.query(Query("notifications"))] == ["assignment.by_rule"]


def test_what_only_the_employee_sees_assigns_nothing(deployed: Deployed) -> None:
    weak(deployed)
    assert deployed.deliver("skill_assignments", FACT | {"sight": "employee"}) == (200, None)
    assert deployed.calls.world.store.query(Query("assignments")) == []


def test_what_is_no_change_is_quarantined_and_blocks_nobody(deployed: Deployed) -> None:
    assert deployed.deliver("skill_assignments", {}) == (200, None)
    assert deployed.quarantined() == ["skill_assignments"]
