"""A deal's change is carried out: its assignment is written, and whoever should know is told, once."""

from __future__ import annotations

from shared.ports.documents import Query
from tests.enablement.deals import acme
from tests.functions.conftest import Deployed
from tests.functions.test_deals import MEETING, PATH
from tests.harness.call_world import JOE


def told(deployed: Deployed) -> dict[str, object]:
    """The fact that a deal of Joe's is told with."""
    body = acme(employee_id=JOE, next_meeting__date=MEETING)
    assert deployed.ask("deals", "POST", PATH, body)[0] == 201
    return [data for topic, data in deployed.calls.world.facts if topic == "deal-changed"][-1]


def test_it_is_carried_out_once_however_often_it_is_delivered(deployed: Deployed) -> None:
    fact = told(deployed)
    assert deployed.again_after_a_failure("jit_trigger", fact) == (200, None)
    assert deployed.deliver("jit_trigger", fact) == (200, None)
    store = deployed.calls.world.store
    assert [one.data["employee_id"] for one in store.query(Query("assignments"))] == [JOE]
    assert [one.data["kind"] for one in store.query(Query("notifications"))] == ["preparation.assigned"]


def test_a_deal_that_nobody_knows_is_nothing_to_do(deployed: Deployed) -> None:
    assert deployed.deliver("jit_trigger", told(deployed) | {"deal_id": "gone"}) == (200, None)
    assert deployed.calls.world.store.query(Query("assignments")) == []


def test_what_is_no_deal_is_quarantined_and_blocks_nobody(deployed: Deployed) -> None:
    assert deployed.deliver("jit_trigger", {}) == (200, None)
    assert deployed.quarantined() == ["jit_trigger"]
