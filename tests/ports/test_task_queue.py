"""The `TaskQueue` port: work for one function, each task done at least once."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from shared.kernel.json_values import Json
from tests.ports.harness import FUNCTION, QUEUE, WorkedQueue


class TestTaskQueue:
    def test_a_task_arrives_with_its_payload(self, task_queue: WorkedQueue) -> None:
        payload: dict[str, Json] = {"shard": 3, "people": ["é", "日本語"], "nested": {"none": None}}
        assert task_queue.tasks.enqueue(QUEUE, FUNCTION, payload)
        assert [delivery.data for delivery in task_queue.listener.received(1)] == [payload]

    def test_a_name_is_taken_once(self, task_queue: WorkedQueue) -> None:
        assert task_queue.tasks.enqueue(QUEUE, FUNCTION, {"n": 1}, name="run-1-shard-1")
        assert not task_queue.tasks.enqueue(QUEUE, FUNCTION, {"n": 2}, name="run-1-shard-1")
        assert task_queue.tasks.enqueue(QUEUE, FUNCTION, {"n": 3}, name="run-1-shard-2")
        assert sorted(delivery.data["n"] for delivery in task_queue.listener.received(2)) == [1, 3]

    def test_a_name_stays_taken_when_its_task_is_done(self, task_queue: WorkedQueue) -> None:
        assert task_queue.tasks.enqueue(QUEUE, FUNCTION, {"n": 1}, name="once")
        task_queue.listener.received(1)
        time.sleep(0.2)
        assert not task_queue.tasks.enqueue(QUEUE, FUNCTION, {"n": 2}, name="once")

    def test_odd_names_are_as_good(self, task_queue: WorkedQueue) -> None:
        names = ["a/b", "with space", "naïve-日本語", "run:2026-11-23T07:00:00Z", "x" * 600, "a.b", "a-b", "a_b", "A-B"]
        for number, name in enumerate(names):
            assert task_queue.tasks.enqueue(QUEUE, FUNCTION, {"n": number}, name=name)
        assert not any(task_queue.tasks.enqueue(QUEUE, FUNCTION, {"n": -1}, name=name) for name in names)
        received = task_queue.listener.received(len(names))
        assert sorted(delivery.data["n"] for delivery in received) == list(range(len(names)))

    def test_a_task_waits_for_its_time(self, task_queue: WorkedQueue) -> None:
        later = datetime.now(UTC) + timedelta(seconds=1.5)
        task_queue.tasks.enqueue(QUEUE, FUNCTION, {"n": "later"}, run_at=later)
        task_queue.tasks.enqueue(QUEUE, FUNCTION, {"n": "now"})
        assert [delivery.data["n"] for delivery in task_queue.listener.received(1)] == ["now"]
        assert [delivery.data["n"] for delivery in task_queue.listener.received(2)] == ["now", "later"]
        assert datetime.now(UTC) >= later

    def test_a_time_gone_by_means_now(self, task_queue: WorkedQueue) -> None:
        task_queue.tasks.enqueue(QUEUE, FUNCTION, {"n": 1}, run_at=datetime(2020, 1, 1, tzinfo=UTC))
        assert len(task_queue.listener.received(1)) == 1

    def test_a_refused_task_is_delivered_again(self, task_queue: WorkedQueue) -> None:
        task_queue.listener.refuse(2)
        task_queue.tasks.enqueue(QUEUE, FUNCTION, {"n": 1})
        assert [delivery.data for delivery in task_queue.listener.received(1)] == [{"n": 1}]
        assert task_queue.listener.refused == 2

    def test_many_tasks_are_all_done(self, task_queue: WorkedQueue) -> None:
        for number in range(60):
            task_queue.tasks.enqueue(QUEUE, FUNCTION, {"n": number})
        assert {delivery.data["n"] for delivery in task_queue.listener.received(60)} == set(range(60))
