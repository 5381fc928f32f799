"""The clock has people reminded of what is not done, once."""

from __future__ import annotations

from shared.ports.documents import Query
from tests.functions.conftest import Deployed
from tests.functions.test_skill_assignments import weak
from tests.functions.test_skill_webhooks import FACT


def test_who_has_not_done_it_is_reminded_once(deployed: Deployed) -> None:
    weak(deployed)
    assert deployed.deliver("skill_assignments", FACT) == (200, None)
    assert deployed.deliver("assignment_reminders", {}) == (200, {"people": 0, "managers": 0})
    deployed.calls.world.clock.forward(days=5)
    assert deployed.again_after_a_failure("assignment_reminders", {}) == (200, {"people": 1, "managers": 0})
    assert deployed.deliver("assignment_reminders", {}) == (200, {"people": 0, "managers": 0})
    kinds = [one.data["kind"] for one in deployed.calls.world.store.query(Query("notifications"))]
    assert sorted(kinds) == ["assignment.by_rule", "assignment.reminder"]
