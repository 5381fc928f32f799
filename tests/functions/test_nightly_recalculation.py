"""The clock starts the night's run: everybody is shared out among tasks."""

from __future__ import annotations

from tests.functions.conftest import Deployed
from tests.harness.call_world import JOE, MIA
from tests.harness.sent_events import role_play


def test_everybody_with_a_state_is_in_a_task(deployed: Deployed) -> None:
    for person in (JOE, MIA):
        deployed.recorded(role_play(f"of-{person}", employee=person))
    status, _ = deployed.deliver("nightly_recalculation", {})
    assert status == 200
    while any("part" in task for _, task in deployed.calls.world.tasks):
        assert deployed.deliver("recalculate_shard", deployed.calls.world.tasks.pop(0)[1])[0] == 200
    shared_out = [task["employee_ids"] for _, task in deployed.calls.world.tasks]
    assert sorted(person for people in shared_out for person in people) == [JOE, MIA]


def test_an_outside_that_fails_is_asked_again(deployed: Deployed) -> None:
    deployed.recorded(role_play("one", employee=JOE))
    assert deployed.again_after_a_failure("nightly_recalculation", {})[0] == 200
