"""The clock starts a round of nudges: one task, whose next ones it asks for itself."""

from __future__ import annotations

from tests.functions.conftest import Deployed


def test_a_half_hour_begins_with_one_task_however_often_it_is_triggered(deployed: Deployed) -> None:
    for _ in range(2):
        assert deployed.deliver("begin_nudges", {}) == (200, {"run": "2026-03-04T12:00:00+00:00"})
        deployed.calls.world.clock.forward(minutes=29)
    ((_, task),) = deployed.calls.world.tasks[:1]
    assert task == {"run": "2026-03-04T12:00:00+00:00", "after": None}


def test_an_outside_that_fails_is_asked_again(deployed: Deployed) -> None:
    assert deployed.again_after_a_failure("begin_nudges", {})[0] == 200
