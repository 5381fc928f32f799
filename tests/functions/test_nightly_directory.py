"""The clock starts the night's comparison with the directory: one task, whose next ones it asks for itself."""

from __future__ import annotations

from tests.functions.conftest import Deployed


def test_a_night_begins_with_one_task_however_often_it_is_triggered(deployed: Deployed) -> None:
    for _ in range(2):
        assert deployed.deliver("nightly_directory", {}) == (200, {"run": "2026-03-04"})
    ((_, task),) = deployed.calls.world.tasks
    assert task == {"run": "2026-03-04", "part": 0, "following": None}


def test_an_outside_that_fails_is_asked_again(deployed: Deployed) -> None:
    assert deployed.again_after_a_failure("nightly_directory", {})[0] == 200
