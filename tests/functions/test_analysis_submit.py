"""The clock sends what is ready as a message batch."""

from __future__ import annotations

from tests.functions.conftest import Deployed


def test_without_a_language_model_nothing_is_sent(deployed: Deployed) -> None:
    deployed.calls.model = None
    assert deployed.deliver("analysis_submit", {}) == (200, {"configured": False})


def test_a_call_that_is_ready_is_sent_and_its_batch_looked_at_later(deployed: Deployed) -> None:
    deployed.calls.recorder.add("1")
    deployed.deliver("gong_batch", {})
    deployed.deliver("gong_call", {"record_id": "gong-1", "analysis": 0, "route": "batch"})
    deployed.calls.world.tasks.clear()
    status, answer = deployed.deliver("analysis_submit", {})
    assert (status, answer["calls"]) == (200, 1)
    assert deployed.calls.model is not None
    assert len(deployed.calls.model.batches) == 1
    ((_, task),) = deployed.calls.world.tasks
    assert task.keys() >= {"batch_id", "polls"}
