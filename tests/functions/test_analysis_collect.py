"""A task looks at a message batch: what is done is posted, what is not is looked at again."""

from __future__ import annotations

from tests.functions.conftest import Deployed
from tests.functions.test_analysis_submit import (
    test_a_call_that_is_ready_is_sent_and_its_batch_looked_at_later as sent,
)


def test_what_the_model_has_answered_becomes_observations(deployed: Deployed) -> None:
    sent(deployed)
    ((_, task),) = deployed.calls.world.tasks
    status, answer = deployed.deliver("analysis_collect", task)
    assert (status, answer["state"]) == (200, "collected")
    assert len(deployed.calls.posted) == 1


def test_without_a_language_model_the_task_comes_again(deployed: Deployed) -> None:
    deployed.calls.model = None
    assert deployed.deliver("analysis_collect", {"batch_id": "b1", "polls": 0})[0] == 503


def test_a_task_that_cannot_be_read_is_quarantined(deployed: Deployed) -> None:
    assert deployed.deliver("analysis_collect", {}) == (200, None)
    assert deployed.quarantined() == ["analysis_collect"]
