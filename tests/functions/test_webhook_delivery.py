"""A task is one attempt: it arrives, or another task follows; a task that comes again sends nothing again."""

from __future__ import annotations

from itertools import pairwise

import pytest

from shared.platform.records.audit import AuditRecords
from shared.subscriptions.ports.receivers import Received
from tests.functions.conftest import Deployed
from tests.functions.test_skill_webhooks import FACT
from tests.functions.webhook_subscriber import READER, Answers, deliveries, subscribed, tasks
from tests.harness.call_world import JOE


@pytest.fixture
def answers(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> Answers:
    """A receiver to whom one fact is on its way."""
    made = subscribed(deployed, monkeypatch)
    assert deployed.deliver("skill_webhooks", FACT) == (200, None)
    return made


def test_what_arrives_is_done_and_on_record(deployed: Deployed, answers: Answers) -> None:
    task = tasks(deployed)[0]
    assert deployed.again_after_a_failure("webhook_delivery", task)[1]["state"] == "delivered"
    assert deployed.deliver("webhook_delivery", task)[1]["state"] == "nothing"
    (made,) = deliveries(deployed)
    assert answers.posted == [made.delivery_id]
    assert (made.state, made.attempts[0].status, made.attempts[0].latency_ms) == ("delivered", 204, 3)
    records = [
        one for one in AuditRecords(deployed.calls.world.store).page().items if one.action == "webhook.delivered"
    ]
    assert {(one.actor, one.subject) for one in records} == {(READER.email, JOE)}


def test_what_does_not_arrive_is_tried_for_more_than_a_day_under_one_id(deployed: Deployed, answers: Answers) -> None:
    answers.answers = [Received(500, 3), Received(None, 9, "timeout"), *[Received(307, 3)] * 20]
    clock, began = deployed.calls.world.clock, deployed.calls.world.clock.now()
    moments = []
    for task in iter(lambda: tasks(deployed)[-1], None):
        (made,) = deliveries(deployed)
        if made.state != "waiting":
            break
        clock.time = made.due_at
        moments.append(clock.time)
        assert deployed.deliver("webhook_delivery", task)[0] == 200
    assert (made.state, made.attempts_made, len(moments)) == ("failed", 9, 9)
    assert set(answers.posted) == {made.delivery_id}
    assert (moments[-1] - began).total_seconds() > 24 * 3600
    waits = [(after - before).total_seconds() for before, after in pairwise(moments)]
    assert waits == sorted(waits)
    assert [attempt.error for attempt in made.attempts[:2]] == [None, "timeout"]


def test_a_task_of_an_earlier_attempt_sends_nothing_and_makes_sure_of_the_next(
    deployed: Deployed, answers: Answers
) -> None:
    """Its queue may have lost the next one: the process died before it was added."""
    first = tasks(deployed)[0]
    answers.answers = [Received(500, 3)]
    assert deployed.deliver("webhook_delivery", first)[1]["state"] == "waiting"
    expected = tasks(deployed)[-1]
    deployed.calls.world.tasks.pop()
    assert deployed.deliver("webhook_delivery", first)[1]["state"] == "nothing"
    assert tasks(deployed)[-1] == expected
    assert len(answers.posted) == 1


def test_a_receiver_says_how_long_it_wants_to_be_left_alone(deployed: Deployed, answers: Answers) -> None:
    answers.answers = [Received(429, 3, None, 3_600)]
    deployed.deliver("webhook_delivery", tasks(deployed)[0])
    (made,) = deliveries(deployed)
    assert (made.due_at - deployed.calls.world.clock.now()).total_seconds() == 3_600


def test_a_task_that_comes_early_waits(deployed: Deployed, answers: Answers) -> None:
    answers.answers = [Received(500, 3)]
    deployed.deliver("webhook_delivery", tasks(deployed)[0])
    early = tasks(deployed)[-1]
    assert deployed.deliver("webhook_delivery", early)[1]["state"] == "waiting"
    assert tasks(deployed)[-1] == {**early, "looks": 1}
    assert len(answers.posted) == 1


def test_a_task_of_nothing_is_acknowledged(deployed: Deployed, answers: Answers) -> None:
    assert deployed.deliver("webhook_delivery", {"delivery_id": "none"})[1]["state"] == "nothing"
    assert answers.posted == []
