"""Deliveries as Google Cloud would make them: their requests, their pace, and that nobody blocks another."""

from __future__ import annotations

import base64
import io
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from infra.declarations.pipeline import Pipeline, pipeline_from
from infra.local.ambient import JsonLog
from infra.local.delivery import Delivery, Sink
from infra.local.leased import Leased
from infra.local.queue import LocalQueue
from shared.kernel.errors import Retryable
from shared.kernel.json_values import Json
from shared.ports.messages import Message

RETRY: dict[str, Json] = {"min_backoff": 0.01, "max_backoff": 0.05, "max_attempts": 3}


def two_readers(**queue: Any) -> Pipeline:
    """A topic with two functions and the warehouse behind it, a queue with a function, and a schedule."""
    work: dict[str, Json] = {"rate_per_second": 1000, "max_concurrent": 4, "retry": RETRY, **queue}
    return pipeline_from(
        {
            "service": "small",
            "defaults": {
                "memory": "512Mi",
                "cpu": 1,
                "timeout_seconds": 60,
                "concurrency": 10,
                "min_instances": 0,
                "max_instances": 2,
                "retry": RETRY,
            },
            "topics": {"facts": {"contract": "Fact", "about": "facts"}},
            "warehouse_subscriptions": {"dataset": "raw", "topics": "all", "retention_days": 1},
            "queues": {"work": work},
            "schedules": {"nightly": {"cron": "0 3 * * *", "function": "clock", "about": "nightly"}},
            "functions": {
                "one": {"about": "reads", "edge": "iam", "trigger": "topic", "topic": "facts"},
                "two": {"about": "reads", "edge": "iam", "trigger": "topic", "topic": "facts"},
                "worker": {
                    "about": "works",
                    "edge": "iam",
                    "trigger": "task",
                    "queue": "work",
                    "publishes": ["facts"],
                },
                "clock": {"about": "runs nightly", "edge": "iam", "trigger": "schedule"},
            },
            "routes": {},
            "secrets": {},
            "settings": {},
            "documents": {"database": "live", "indexes": {}, "unindexed": {}, "expires": {}},
            "integrations": {"database": "integrations"},
        }
    )


class FixedTokens:
    def token_for(self, audience: str) -> str:
        return f"token-for-{audience}"


class Function:
    """A WSGI application that keeps its requests and answers as it is told."""

    def __init__(self, answer: Callable[[int], str] = lambda number: "204 No Content", body: bytes = b""):
        self.requests: list[tuple[dict[str, Any], bytes]] = []
        self.running = 0
        self.most_running = 0
        self._answer = answer
        self._body = body
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        with self._lock:
            self.requests.append((environ, environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))))
            number = len(self.requests)
            self.running += 1
            self.most_running = max(self.most_running, self.running)
        try:
            status = self._answer(number)
        finally:
            with self._lock:
                self.running -= 1
        start_response(status, [("Content-Type", "application/problem+json")])
        return [self._body]


@contextmanager
def delivering(
    folder: Path,
    functions: Mapping[str, Function],
    *,
    sink: Sink | None = None,
    pipeline: Pipeline | None = None,
    workers: int = 4,
) -> Iterator[tuple[LocalQueue, Delivery]]:
    pipeline = pipeline or two_readers()
    queue = LocalQueue(folder / "queue.sqlite", pipeline)
    delivery = Delivery(
        queue,
        pipeline,
        functions,
        tokens=FixedTokens(),
        audience=lambda function: f"https://{function}",
        log=JsonLog(io.StringIO()),
        sink=sink,
        workers=workers,
    )
    delivery.start()
    try:
        yield queue, delivery
    finally:
        assert delivery.stop(10)
        queue.close()


def fact(request: tuple[dict[str, Any], bytes]) -> Any:
    return json.loads(base64.b64decode(json.loads(request[1])["message"]["data"]))


class TestRequests:
    def test_a_message_is_pub_subs_wrapped_push(self, tmp_path: Path) -> None:
        one = Function()
        with delivering(tmp_path, {"one": one}) as (queue, delivery):
            before = datetime.now(UTC)
            queue.publish("facts", [Message({"é": 1}, {"revision": "7"})])
            assert delivery.settle(5)
        ((environ, body),) = one.requests
        push = json.loads(body)
        assert push["subscription"] == "projects/local/subscriptions/one--facts"
        assert push["deliveryAttempt"] == 1
        message = push["message"]
        assert json.loads(base64.b64decode(message["data"])) == {"é": 1}
        assert message["attributes"] == {"revision": "7"}
        assert message["messageId"]
        assert before <= datetime.fromisoformat(message["publishTime"]) <= datetime.now(UTC)
        assert message["publishTime"].endswith("Z")
        assert (environ["REQUEST_METHOD"], environ["PATH_INFO"], environ["SCRIPT_NAME"]) == ("POST", "/", "")
        assert environ["CONTENT_TYPE"] == "application/json"
        assert environ["HTTP_AUTHORIZATION"] == "Bearer token-for-https://one"

    def test_a_task_carries_its_counts(self, tmp_path: Path) -> None:
        worker = Function(lambda number: "503 Service Unavailable" if number < 3 else "200 OK")
        with delivering(tmp_path, {"worker": worker}) as (queue, delivery):
            queue.enqueue("work", "worker", {"shard": 1}, name="run-1")
            assert delivery.settle(5)
        assert [json.loads(body) for _, body in worker.requests] == [{"shard": 1}] * 3
        headers = [
            (
                environ["HTTP_X_CLOUDTASKS_QUEUENAME"],
                environ["HTTP_X_CLOUDTASKS_TASKNAME"],
                environ["HTTP_X_CLOUDTASKS_TASKRETRYCOUNT"],
                environ["HTTP_X_CLOUDTASKS_TASKEXECUTIONCOUNT"],
            )
            for environ, _ in worker.requests
        ]
        assert headers == [("work", "run-1", str(count), str(count)) for count in range(3)]
        assert worker.requests[0][0]["HTTP_AUTHORIZATION"] == "Bearer token-for-https://worker"

    def test_a_scheduled_run_names_its_job_and_time(self, tmp_path: Path) -> None:
        clock = Function()
        with delivering(tmp_path, {"clock": clock}) as (queue, delivery):
            queue.run_schedule("nightly", datetime(2026, 11, 23, 3, tzinfo=UTC).timestamp())
            assert delivery.settle(5)
        ((environ, body),) = clock.requests
        assert body == b""
        assert environ["HTTP_X_CLOUDSCHEDULER"] == "true"
        assert environ["HTTP_X_CLOUDSCHEDULER_JOBNAME"] == "nightly"
        assert environ["HTTP_X_CLOUDSCHEDULER_SCHEDULETIME"] == "2026-11-23T03:00:00.000000Z"


class TestReaders:
    def test_every_reader_of_a_topic_gets_every_message(self, tmp_path: Path) -> None:
        functions = {"one": Function(), "two": Function(lambda number: "500 X" if number < 3 else "200 OK")}
        with delivering(tmp_path, functions) as (queue, delivery):
            queue.publish("facts", [Message({"n": number}) for number in range(10)])
            assert delivery.settle(5)
        assert sorted(fact(request)["n"] for request in functions["one"].requests) == list(range(10))
        assert {fact(request)["n"] for request in functions["two"].requests} == set(range(10))
        assert len(functions["two"].requests) == 12

    @pytest.mark.parametrize("status", ["199 Odd", "302 Found", "400 Bad Request", "404 Not Found", "500 Error"])
    def test_only_2xx_acknowledges(self, tmp_path: Path, status: str) -> None:
        one = Function(lambda number: status if number == 1 else "204 No Content")
        with delivering(tmp_path, {"one": one}) as (queue, delivery):
            queue.publish("facts", [Message({"n": 1})])
            assert delivery.settle(5)
        assert [json.loads(body)["deliveryAttempt"] for _, body in one.requests] == [1, 2]

    def test_a_dead_letter_tells_the_title_of_the_problem_and_no_more(self, tmp_path: Path) -> None:
        problem = json.dumps({"title": "Temporarily unavailable", "detail": "Ada scored 40"}).encode()
        with delivering(tmp_path, {"one": Function(lambda number: "503 X", problem)}) as (queue, delivery):
            queue.publish("facts", [Message({"n": 1})])
            assert delivery.settle(5)
            (letter,) = queue.list()
        assert letter.reason == "HTTP 503: Temporarily unavailable"

    def test_an_exception_counts_as_a_refusal(self, tmp_path: Path) -> None:
        def crash(number: int) -> str:
            raise KeyError("a payload")

        with delivering(tmp_path, {"one": Function(crash)}) as (queue, delivery):
            queue.publish("facts", [Message({"n": 1})])
            assert delivery.settle(5)
            (letter,) = queue.list()
        assert letter.reason == "KeyError in one"

    def test_a_function_that_hangs_keeps_no_other_from_its_messages(self, tmp_path: Path) -> None:
        release = threading.Event()

        def hang(number: int) -> str:
            release.wait(10)
            return "200 OK"

        functions = {"one": Function(hang), "two": Function()}
        with delivering(tmp_path, functions) as (queue, delivery):
            queue.publish("facts", [Message({"n": number}) for number in range(20)])
            deadline = time.monotonic() + 5
            while len(functions["two"].requests) < 20 and time.monotonic() < deadline:
                time.sleep(0.01)
            assert len(functions["two"].requests) == 20
            assert functions["one"].most_running == 2
            assert not delivery.settle(0.1)
            release.set()
            assert delivery.settle(5)

    def test_messages_of_another_process_are_seen(self, tmp_path: Path) -> None:
        one = Function()
        with delivering(tmp_path, {"one": one}) as (_, _):
            other = LocalQueue(tmp_path / "queue.sqlite", two_readers())
            other.publish("facts", [Message({"n": 1})])
            other.close()
            deadline = time.monotonic() + 5
            while not one.requests and time.monotonic() < deadline:
                time.sleep(0.01)
            assert len(one.requests) == 1

    def test_a_pause_holds_what_has_not_begun(self, tmp_path: Path) -> None:
        one = Function()
        with delivering(tmp_path, {"one": one}) as (queue, delivery):
            delivery.pause()
            queue.publish("facts", [Message({"n": 1})])
            assert not delivery.settle(0.2)
            assert one.requests == []
            delivery.resume()
            assert delivery.settle(5)
        assert len(one.requests) == 1


class TestQueues:
    def test_a_queue_keeps_to_its_rate(self, tmp_path: Path) -> None:
        worker = Function()
        with delivering(tmp_path, {"worker": worker}, pipeline=two_readers(rate_per_second=20)) as (queue, delivery):
            for number in range(30):
                queue.enqueue("work", "worker", {"n": number})
            began = time.monotonic()
            assert delivery.settle(10)
            # Twenty may go at once after a rest, the other ten at twenty a second; a machine may only be slower.
            assert time.monotonic() - began >= 0.2
        assert len(worker.requests) == 30

    def test_a_queue_keeps_to_its_concurrency(self, tmp_path: Path) -> None:
        def slow(number: int) -> str:
            time.sleep(0.02)
            return "200 OK"

        worker = Function(slow)
        pipeline = two_readers(max_concurrent=2)
        with delivering(tmp_path, {"worker": worker}, pipeline=pipeline, workers=8) as (queue, delivery):
            for number in range(12):
                queue.enqueue("work", "worker", {"n": number})
            assert delivery.settle(10)
        assert (len(worker.requests), worker.most_running) == (12, 2)


class Warehouse:
    """Takes batches; fails as it is told."""

    def __init__(self, fail: Callable[[Sequence[int]], Exception | None] = lambda numbers: None):
        self.batches: list[tuple[str, list[int]]] = []
        self._fail = fail

    def __call__(self, topic: str, messages: Sequence[Leased]) -> None:
        numbers = [json.loads(message.data)["n"] for message in messages]
        error = self._fail(numbers)
        if error is not None:
            raise error
        self.batches.append((topic, numbers))

    @property
    def taken(self) -> list[int]:
        return [number for _, numbers in self.batches for number in numbers]


class TestWarehouse:
    def test_messages_come_in_batches_of_up_to_500(self, tmp_path: Path) -> None:
        warehouse = Warehouse()
        with delivering(tmp_path, {}, sink=warehouse) as (queue, delivery):
            delivery.pause()
            queue.publish("facts", [Message({"n": number}) for number in range(1200)])
            delivery.resume()
            assert delivery.settle(10)
        assert [(topic, len(numbers)) for topic, numbers in warehouse.batches] == [
            ("facts", 500),
            ("facts", 500),
            ("facts", 200),
        ]
        assert warehouse.taken == list(range(1200))

    def test_a_few_wait_a_second_at_most(self, tmp_path: Path) -> None:
        warehouse = Warehouse()
        with delivering(tmp_path, {}, sink=warehouse) as (queue, _):
            queue.publish("facts", [Message({"n": 1})])
            deadline = time.monotonic() + 5
            while not warehouse.batches and time.monotonic() < deadline:
                time.sleep(0.02)
        assert warehouse.taken == [1]

    def test_while_the_warehouse_is_away_everything_waits_and_nothing_dies(self, tmp_path: Path) -> None:
        failures = [Retryable("busy", after_seconds=1) for _ in range(2)]
        warehouse = Warehouse(lambda numbers: failures.pop() if failures else None)
        with delivering(tmp_path, {}, sink=warehouse) as (queue, delivery):
            queue.publish("facts", [Message({"n": number}) for number in range(5)])
            deadline = time.monotonic() + 10
            while not warehouse.batches and time.monotonic() < deadline:
                time.sleep(0.05)
            assert delivery.settle(5)
            assert list(queue.list()) == []
        assert sorted(warehouse.taken) == list(range(5))

    def test_an_unreadable_message_keeps_back_no_other(self, tmp_path: Path) -> None:
        warehouse = Warehouse(lambda numbers: ValueError("no such column") if 3 in numbers else None)
        with delivering(tmp_path, {}, sink=warehouse) as (queue, delivery):
            delivery.pause()
            queue.publish("facts", [Message({"n": number}) for number in range(6)])
            delivery.resume()
            deadline = time.monotonic() + 5
            while queue.backlog()["warehouse--facts"][0] > 1 and time.monotonic() < deadline:
                time.sleep(0.02)
            assert sorted(warehouse.taken) == [0, 1, 2, 4, 5]
            assert queue.backlog()["warehouse--facts"][0] == 1

    def test_without_a_warehouse_its_messages_wait_for_one(self, tmp_path: Path) -> None:
        with delivering(tmp_path, {"one": Function(), "two": Function()}) as (queue, delivery):
            queue.publish("facts", [Message({"n": 1})])
            assert delivery.settle(5)
            assert queue.backlog().keys() == {"warehouse--facts"}
        warehouse = Warehouse()
        with delivering(tmp_path, {}, sink=warehouse) as (_, delivery):
            assert delivery.settle(5)
        assert warehouse.taken == [1]
