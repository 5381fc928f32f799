"""The embedded queue beyond its ports: leases, crashes, schedules' marks."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from infra.declarations.pipeline import Retry
from infra.local.leased import Leased
from infra.local.queue import LocalQueue, backoff
from infra.local.queue_clock import NAME_KEPT_SECONDS
from shared.ports.messages import Message
from tests.ports.conftest import messaging_pipeline
from tests.ports.harness import FUNCTION, QUEUE, TOPIC

ROOT = Path(__file__).parents[3]
CHANNEL = f"listener--{TOPIC}"
RETRY = Retry(min_backoff=2, max_backoff=60, max_attempts=3)


class Time:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def now() -> Time:
    return Time()


@pytest.fixture
def queue(tmp_path: Path, now: Time) -> Iterator[LocalQueue]:
    opened = LocalQueue(tmp_path / "queue.sqlite", messaging_pipeline(), now=now)
    yield opened
    opened.close()


def numbers(leased: list[Leased] | tuple[Leased, ...]) -> list[int]:
    return [json.loads(item.data)["n"] for item in leased]


class TestLeases:
    def test_what_is_leased_is_nobody_elses_until_the_lease_ends(self, queue: LocalQueue, now: Time) -> None:
        queue.publish(TOPIC, [Message({"n": 1}), Message({"n": 2})])
        assert numbers(list(queue.lease(CHANNEL, 10, 30))) == [1, 2]
        now.now += 29
        assert list(queue.lease(CHANNEL, 10, 30)) == []
        now.now += 2
        again = list(queue.lease(CHANNEL, 10, 30))
        assert numbers(again) == [1, 2]
        assert [item.attempts for item in again] == [2, 2]

    def test_a_new_process_takes_the_leases_of_a_dead_one(self, queue: LocalQueue) -> None:
        queue.publish(TOPIC, [Message({"n": 1})])
        queue.lease(CHANNEL, 10, 3600)
        assert queue.recover() == 1
        assert numbers(list(queue.lease(CHANNEL, 10, 30))) == [1]

    def test_a_refusal_waits_longer_each_time_and_ends_in_the_dead_letters(self, queue: LocalQueue, now: Time) -> None:
        queue.publish(TOPIC, [Message({"n": 1}, {"colour": "green"})])
        for attempt, least, most in ((1, 1.5, 2.5), (2, 3, 5)):
            (item,) = queue.lease(CHANNEL, 1, 30)
            assert item.attempts == attempt
            assert not queue.refuse(item, RETRY, "HTTP 500")
            due = queue.next_due(CHANNEL)
            assert due is not None
            assert least <= due - now.now <= most
            now.now = due
        (item,) = queue.lease(CHANNEL, 1, 30)
        assert queue.refuse(item, RETRY, "HTTP 500: KeyError")
        assert queue.next_due(CHANNEL) is None
        (letter,) = queue.list()
        assert (letter.subscription, letter.attempts, letter.reason) == (CHANNEL, 3, "HTTP 500: KeyError")
        assert (letter.data, letter.attributes) == ({"n": 1}, {"colour": "green"})

    def test_released_deliveries_count_as_never_tried(self, queue: LocalQueue, now: Time) -> None:
        queue.publish(TOPIC, [Message({"n": 1})])
        queue.release(queue.lease(CHANNEL, 1, 30), delay=5)
        assert list(queue.lease(CHANNEL, 1, 30)) == []
        now.now += 5
        (item,) = queue.lease(CHANNEL, 1, 30)
        assert item.attempts == 1

    def test_backoff_doubles_up_to_its_maximum(self) -> None:
        for attempts, middle in ((1, 2), (2, 4), (5, 32), (6, 60), (1000, 60)):
            assert 0.75 * middle <= backoff(RETRY, attempts) <= 1.25 * middle

    def test_what_is_meant_for_later_does_not_keep_it_unsettled(self, queue: LocalQueue, now: Time) -> None:
        later = datetime.fromtimestamp(now.now, UTC) + timedelta(hours=1)
        queue.enqueue(QUEUE, FUNCTION, {"n": 1}, run_at=later)
        assert not queue.unsettled([QUEUE, CHANNEL])
        queue.publish(TOPIC, [Message({"n": 1})])
        assert queue.unsettled([QUEUE, CHANNEL])
        (item,) = queue.lease(CHANNEL, 1, 30)
        assert queue.unsettled([CHANNEL])
        queue.refuse(item, RETRY, "HTTP 503")
        assert queue.unsettled([CHANNEL])
        now.now += 10
        queue.acknowledge(queue.lease(CHANNEL, 1, 30))
        assert not queue.unsettled([CHANNEL])


class TestNames:
    def test_a_name_is_free_again_a_day_after_its_task_is_done(self, queue: LocalQueue, now: Time) -> None:
        assert queue.enqueue(QUEUE, FUNCTION, {"n": 1}, name="once")
        now.now += 10 * NAME_KEPT_SECONDS
        assert not queue.enqueue(QUEUE, FUNCTION, {"n": 1}, name="once")
        queue.acknowledge(queue.lease(QUEUE, 1, 30))
        now.now += NAME_KEPT_SECONDS - 1
        assert not queue.enqueue(QUEUE, FUNCTION, {"n": 1}, name="once")
        now.now += 2
        assert queue.enqueue(QUEUE, FUNCTION, {"n": 1}, name="once")

    def test_a_task_goes_to_the_function_of_its_queue(self, queue: LocalQueue) -> None:
        with pytest.raises(ValueError, match="does not lead to"):
            queue.enqueue(QUEUE, "listener", {"n": 1})
        with pytest.raises(ValueError, match="not declared"):
            queue.enqueue("unheard-of", FUNCTION, {"n": 1})


class TestScheduleMarks:
    def test_a_run_is_asked_for_once(self, queue: LocalQueue) -> None:
        assert queue.run_schedule("nightly", 100)
        assert not queue.run_schedule("nightly", 100)
        assert not queue.run_schedule("nightly", 99)
        assert queue.run_schedule("nightly", 200)
        assert len(queue.lease("schedule--nightly", 10, 30)) == 2
        assert queue.schedule_mark("nightly") == 200


PUBLISHER = """
import sys
from pathlib import Path
from infra.local.queue import LocalQueue
from shared.ports.messages import Message
from tests.ports.conftest import messaging_pipeline
from tests.ports.harness import FUNCTION, QUEUE, TOPIC

queue = LocalQueue(Path(sys.argv[1]), messaging_pipeline())
first = int(sys.argv[2])
for number in range(first, first + 100_000, 2):
    queue.publish(TOPIC, [Message({"n": number})])
    queue.enqueue(QUEUE, FUNCTION, {"n": number + 1}, name=str(number + 1))
    print(number + 1, flush=True)
"""
CONSUMER = """
import json, sys
from pathlib import Path
from infra.local.queue import LocalQueue
from tests.ports.conftest import messaging_pipeline
from tests.ports.harness import QUEUE, TOPIC

queue = LocalQueue(Path(sys.argv[1]), messaging_pipeline())
queue.recover()
print("ready", flush=True)
while True:
    for channel in (f"listener--{TOPIC}", QUEUE):
        leased = queue.lease(channel, 7, 3600)
        for item in leased:
            print(json.loads(item.data)["n"], flush=True)
        queue.acknowledge(leased)
"""


class TestCrashes:
    def test_what_a_killed_publisher_was_told_is_accepted_is_there(self, tmp_path: Path) -> None:
        path = tmp_path / "queue.sqlite"
        accepted: set[int] = set()
        for generation in range(4):
            accepted |= killed(PUBLISHER, path, str(generation * 100_000))
        left = {number for channel in (CHANNEL, QUEUE) for number in drained(path, channel)}
        assert len(accepted) > 20
        assert left >= accepted | {number - 1 for number in accepted}

    def test_what_a_killed_consumer_held_is_delivered_again(self, tmp_path: Path) -> None:
        path = tmp_path / "queue.sqlite"
        queue = LocalQueue(path, messaging_pipeline())
        queue.publish(TOPIC, [Message({"n": number}) for number in range(3000)])
        queue.close()
        printed: set[int] = set()
        for _ in range(4):
            printed |= killed(CONSUMER, path)
        left = set(drained(path, CHANNEL))
        assert printed
        assert printed | left == set(range(3000))


def killed(program: str, path: Path, *arguments: str) -> set[int]:
    """Runs a program, kills it with -9 at a random moment after its first line, and gives the numbers it printed."""
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(path), *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    printed = [process.stdout.readline()]
    time.sleep(random.uniform(0.02, 0.3))
    process.kill()
    printed += process.stdout.readlines()
    process.wait(10)
    process.stdout.close()
    # The last line may be half written; a consumer that finds nothing left has only said that it is ready.
    return {int(line) for line in printed if line.endswith("\n") and line.strip().isdigit()}


def drained(path: Path, channel: str) -> list[int]:
    queue = LocalQueue(path, messaging_pipeline())
    queue.recover()
    found: list[int] = []
    while leased := queue.lease(channel, 500, 3600):
        found += numbers(list(leased))
        queue.acknowledge(leased)
    queue.close()
    return found


class TestTakingOver:
    def test_what_lay_in_a_file_of_the_queues_own_comes_into_the_shared_one_once(
        self, tmp_path: Path, now: Time
    ) -> None:
        pipeline = messaging_pipeline()
        own = LocalQueue(tmp_path / "queue.sqlite", pipeline, now=now)
        own.publish(TOPIC, [Message({"n": 1}, {"a": "b"}), Message({"n": 2})])
        own.enqueue(QUEUE, FUNCTION, {"n": 3}, name="three")
        own.run_schedule("nightly", 100.0, start=False)
        (first, *_) = own.lease(CHANNEL, 1, 30)
        assert own.refuse(first, Retry(1, 1, 1), "no")
        own.close()

        for _ in range(2):  # the second time there is nothing to take over
            shared = LocalQueue(tmp_path / "documents.sqlite", pipeline, now=now)
            shared.take_over(tmp_path / "queue.sqlite")
            assert shared.backlog().keys() == {CHANNEL, QUEUE}
            assert {channel: count for channel, (count, _) in shared.backlog().items()} == {CHANNEL: 1, QUEUE: 1}
            assert [letter.data["n"] for letter in shared.list()] == [1]
            assert not shared.enqueue(QUEUE, FUNCTION, {"n": 3}, name="three")
            assert shared.schedule_mark("nightly") == 100.0
            shared.close()
        assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("queue")) == []
