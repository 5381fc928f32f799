"""The clock starts the night's certification: one task, whose next ones it asks for itself."""

from __future__ import annotations

from tests.functions.conftest import Deployed
from tests.harness.sent_events import NOON


def test_a_night_begins_with_one_task_however_often_it_is_triggered(deployed: Deployed) -> None:
    for _ in range(2):
        assert deployed.deliver("nightly_certification", {}) == (200, {"begun_at": NOON.isoformat()})
    ((_, task),) = deployed.calls.world.tasks
    assert (task["part"], task["after_id"]) == (0, None)


def test_an_outside_that_fails_is_asked_again(deployed: Deployed) -> None:
    assert deployed.again_after_a_failure("nightly_certification", {})[0] == 200
