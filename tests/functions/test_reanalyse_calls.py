"""A task queues the calls of a period for another analysis."""

from __future__ import annotations

from datetime import timedelta

from tests.functions.conftest import Deployed
from tests.harness.crash_harness import ADMINISTRATOR
from tests.harness.sent_events import NOON


def test_each_call_of_the_period_is_queued(deployed: Deployed) -> None:
    calls = deployed.calls
    for number in "12":
        calls.recorder.add(number)
    deployed.deliver("gong_batch", {})
    calls.work()
    body = {"since": (NOON - timedelta(days=9)).isoformat(), "until": NOON.isoformat()}
    status, run = deployed.ask("skills_api", "POST", "/api/v1/calls/analyses", body, who=ADMINISTRATOR.email)
    assert status == 202
    assert deployed.deliver("reanalyse_calls", {"run_id": run["run_id"]}) == (200, {"calls": 2})
    asked = {(task["record_id"], task["analysis"]) for _, task in calls.world.tasks if "record_id" in task}
    assert asked == {("gong-1", 1), ("gong-2", 1)}


def test_a_task_that_cannot_be_read_is_quarantined(deployed: Deployed) -> None:
    assert deployed.deliver("reanalyse_calls", {}) == (200, None)
    assert deployed.quarantined() == ["reanalyse_calls"]
