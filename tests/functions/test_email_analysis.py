"""A task makes observations of one e-mail thread."""

from __future__ import annotations

from tests.functions.conftest import Deployed
from tests.functions.test_email_threads import BODY, PATH
from tests.harness.call_world import JOE


def test_a_thread_becomes_an_observation_of_each_who_wrote(deployed: Deployed) -> None:
    deployed.ask("email_threads", "POST", PATH, BODY)
    ((_, task),) = deployed.calls.world.tasks
    status, answer = deployed.deliver("email_analysis", task)
    assert (status, answer["state"]) == (200, "observed")
    assert [(body["employee_id"], body["observation_source"]) for body in deployed.calls.posted] == [(JOE, "email")]


def test_a_task_that_cannot_be_read_is_quarantined(deployed: Deployed) -> None:
    assert deployed.deliver("email_analysis", {}) == (200, None)
    assert deployed.quarantined() == ["email_analysis"]
