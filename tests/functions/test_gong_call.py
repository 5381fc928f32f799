"""A task makes observations of one call, and of nothing twice."""

from __future__ import annotations

from tests.functions.conftest import Deployed

TASK = {"record_id": "gong-1", "analysis": 0, "route": "immediate"}


def test_a_call_becomes_an_observation_of_each_who_spoke(deployed: Deployed) -> None:
    deployed.calls.recorder.add("1")
    deployed.deliver("gong_batch", {})
    status, answer = deployed.again_after_a_failure("gong_call", TASK)
    assert (status, answer["state"]) == (200, "observed")
    assert deployed.deliver("gong_call", TASK)[0] == 200
    assert len(deployed.calls.posted) == 1


def test_a_late_transcript_is_asked_for_by_a_later_task(deployed: Deployed) -> None:
    deployed.calls.recorder.add("1")
    deployed.calls.recorder.late["1"] = 1
    deployed.deliver("gong_batch", {})
    status, answer = deployed.deliver("gong_call", TASK)
    assert (status, answer) == (200, {"state": "waiting", "again_in_seconds": 30})


def test_a_task_that_cannot_be_read_is_quarantined(deployed: Deployed) -> None:
    assert deployed.deliver("gong_call", {"record": "gong-1"}) == (200, None)
    assert deployed.quarantined() == ["gong_call"]
