"""What the night finds about a person's skills becomes something to do, once however often it is told."""

from __future__ import annotations

from shared.ports.documents import Query
from tests.functions.conftest import Deployed
from tests.functions.test_skill_assignments import weak
from tests.harness.call_world import JOE

FACT = {
    "employee_id": JOE,
    "framework_id": "sales_engineering",
    "as_of": "2026-02-12",
    "revision": 3,
    "core_validated": False,
    "skills": [],
}


def test_it_is_assigned_once(deployed: Deployed) -> None:
    weak(deployed)
    assert deployed.again_after_a_failure("nightly_assignments", FACT) == (200, None)
    assert deployed.deliver("nightly_assignments", FACT) == (200, None)
    found = deployed.calls.world.store.query(Query("assignments"))
    assert [one.data["trigger"] for one in found] == ["not_in_the_field"]


def test_what_is_no_snapshot_is_quarantined_and_blocks_nobody(deployed: Deployed) -> None:
    assert deployed.deliver("nightly_assignments", {}) == (200, None)
    assert deployed.quarantined() == ["nightly_assignments"]
