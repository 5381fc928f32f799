"""What a task carries, and what becomes of one that fails."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from infra.gcp.cloud_tasks import CloudTasksQueue, TaskTarget, task_name
from shared.kernel.errors import Retryable
from tests.harness.cloud_tasks_stand_in import CloudTasksStandIn, Queue
from tests.ports.google import HttpListener, listener

ACCOUNT = "invoker@demo.iam.gserviceaccount.com"
PARENT = "projects/demo/locations/europe-west1/queues/recalculation"


@contextmanager
def queue(policy: Queue | None = None) -> Iterator[tuple[CloudTasksQueue, CloudTasksStandIn, HttpListener]]:
    stand_in = CloudTasksStandIn(
        {PARENT: policy or Queue()}, lambda account, audience: f"{account} for {audience}".replace(" ", "~")
    )
    with listener() as heard, stand_in:
        tasks = CloudTasksQueue(
            "demo",
            "europe-west1",
            {"recalculate_shard": TaskTarget(heard.url, "https://shard.example", 540, ACCOUNT)},
            address=stand_in.address,
        )
        yield tasks, stand_in, heard


def test_a_task_carries_the_invokers_token_and_says_which_attempt_it_is() -> None:
    with queue() as (tasks, _, heard):
        heard.refuse(1)
        assert tasks.enqueue("recalculation", "recalculate_shard", {"shard": 1}, name="run:1")
        heard.received(1)
        first, second = heard.headers
    assert first["Authorization"] == f"Bearer {ACCOUNT}~for~https://shard.example"
    assert first["X-CloudTasks-QueueName".title()] == "recalculation"
    assert first["X-CloudTasks-TaskName".title()] == task_name("run:1")
    assert [headers["X-CloudTasks-TaskRetryCount".title()] for headers in (first, second)] == ["0", "1"]
    assert [headers["X-CloudTasks-TaskExecutionCount".title()] for headers in (first, second)] == ["0", "1"]
    assert second["X-CloudTasks-TaskPreviousResponse".title()] == "500"


def test_the_deadline_is_a_little_longer_than_the_function() -> None:
    tasks = CloudTasksQueue("p", "l", {"f": TaskTarget("https://f", "https://f", 540)})
    task = tasks._task("f", {"name": "naïve"}, datetime(2026, 1, 1, tzinfo=UTC))
    assert task["dispatch_deadline"].total_seconds() == 550
    assert json.loads(task["http_request"]["body"]) == {"name": "naïve"}
    assert task["schedule_time"] == datetime(2026, 1, 1, tzinfo=UTC)


def test_a_task_that_fails_every_time_is_dropped_after_its_attempts() -> None:
    with queue(Queue(max_attempts=3, min_backoff=0.01, max_backoff=0.01)) as (tasks, stand_in, heard):
        heard.refuse(100)
        tasks.enqueue("recalculation", "recalculate_shard", {"shard": 1}, name="run:1")
        deadline = time.monotonic() + 10
        while not stand_in.dropped and time.monotonic() < deadline:
            time.sleep(0.01)
        assert stand_in.dropped == [f"{PARENT}/tasks/{task_name('run:1')}"]
        assert heard.refused == 3


def test_an_unknown_function_or_a_naive_time_is_a_defect() -> None:
    tasks = CloudTasksQueue("p", "l", {"f": TaskTarget("https://f", "https://f")})
    with pytest.raises(ValueError, match="no function g takes tasks; known: f"):
        tasks.enqueue("q", "g", {})
    with pytest.raises(ValueError, match="time zone"):
        tasks.enqueue("q", "f", {}, run_at=datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None))


def test_an_unreachable_cloud_tasks_is_retryable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.gcp.cloud_tasks._TIMEOUT_SECONDS", 0.5)
    target = {"f": TaskTarget("https://f", "https://f")}
    tasks = CloudTasksQueue("p", "l", target, address="127.0.0.1:9")
    with pytest.raises(Retryable, match="Cloud Tasks is not available"):
        tasks.enqueue("q", "f", {})


def test_a_queue_that_nobody_made_is_a_defect_and_not_an_outage() -> None:
    from google.api_core.exceptions import NotFound

    with queue() as (tasks, _, _), pytest.raises(NotFound):
        tasks.enqueue("unheard-of", "recalculate_shard", {})
