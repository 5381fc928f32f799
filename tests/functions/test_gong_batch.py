"""The clock lists the day's calls: each that our people took part in is queued once."""

from __future__ import annotations

from tests.functions.conftest import Deployed


def test_a_call_is_found_and_queued_once(deployed: Deployed) -> None:
    deployed.calls.recorder.add("1")
    status, answer = deployed.deliver("gong_batch", {})
    assert (status, answer["configured"]) == (200, True)
    deployed.deliver("gong_batch", {})
    assert [task["record_id"] for _, task in deployed.calls.world.tasks] == ["gong-1"]


def test_a_recorder_that_is_away_is_asked_again(deployed: Deployed) -> None:
    deployed.calls.recorder.add("1")
    assert deployed.again_after_a_failure("gong_batch", {})[0] == 200
