"""A clock that jumps ten years, and comes back: nothing waits for 2036, and nobody starts by it unawares."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from infra.declarations.pipeline import Schedule
from infra.local.ambient import JsonLog
from infra.local.clock_check import ClockInDoubt, check_clock
from infra.local.delivery import _Channel
from infra.local.queue import LocalQueue
from infra.local.scheduler import Scheduler
from scripts.commands import run
from shared.kernel.days import day_of
from shared.ratings.records import RatingsRecords
from tests.harness.crash_harness import CrashHarness
from tests.harness.sent_events import NOON, role_play
from tests.ports.conftest import messaging_pipeline
from tests.ratings.nights import JOE, world

__all__ = ["world"]

TEN_YEARS = timedelta(days=3653)
QUEUES = [*messaging_pipeline().queues]
MORNING = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)


class TestSchedules:
    @pytest.fixture
    def queue(self, tmp_path: Path) -> Iterator[LocalQueue]:
        self.now = MORNING
        opened = LocalQueue(tmp_path / "queue.sqlite", messaging_pipeline(), now=lambda: self.now.timestamp())
        yield opened
        opened.close()

    def tick(self, queue: LocalQueue, moment: datetime) -> tuple[list[str], str]:
        self.now, log = moment, io.StringIO()
        schedule = Schedule("hourly", "0 * * * *", "hourly", "every hour")
        started = Scheduler(queue, [schedule], JsonLog(log), now=moment.timestamp).tick()
        return started, log.getvalue()

    def test_a_mark_of_the_future_is_void_with_an_alert(self, queue: LocalQueue) -> None:
        self.tick(queue, MORNING)
        assert self.tick(queue, MORNING + TEN_YEARS)[0] == ["hourly"]
        started, log = self.tick(queue, MORNING + timedelta(minutes=1))
        assert started == []
        freed, told = map(json.loads, log.splitlines())
        assert (freed["event"], freed["deliveries"]) == ("delivery.recovered", 1)  # the run that was started
        assert (told["event"], told["severity"], told["days"]) == ("schedule.mark_void", "ERROR", 3652)
        assert self.tick(queue, MORNING + timedelta(hours=1))[0] == ["hourly"]

    def test_a_clock_that_is_set_back_by_minutes_is_no_alarm(self, queue: LocalQueue) -> None:
        self.tick(queue, MORNING)
        assert self.tick(queue, MORNING + timedelta(hours=1))[0] == ["hourly"]
        assert self.tick(queue, MORNING + timedelta(minutes=50)) == ([], "")

    @pytest.mark.parametrize("by", [timedelta(hours=3), timedelta(days=5), TEN_YEARS], ids=str)
    def test_what_was_put_off_meanwhile_goes_on_with_the_clock(self, queue: LocalQueue, by: timedelta) -> None:
        (name, function), *_ = ((name, queue._pipeline.function_of_queue(name).name) for name in QUEUES)
        retry, told = queue._pipeline.queues[name].retry, []
        later = MORNING + timedelta(days=2)
        queue.enqueue(name, function, {"id": "later"}, run_at=later)
        queue.enqueue(name, function, {"id": "failing"})
        queue.enqueue(name, function, {"id": "running"})
        queue.on_due = lambda channel, due: told.append((channel, due))
        self.now = MORNING + by
        leased = {one.data: one for one in queue.lease(name, 3, 30)}
        assert ('{"id":"later"}' in leased) == (by > timedelta(days=2))  # a wrong clock is believed while it lasts
        queue.refuse(leased['{"id":"failing"}'], retry, "busy")
        queue.enqueue(name, function, {"id": "now"})
        queue.enqueue(name, function, {"id": "in an hour"}, run_at=self.now + timedelta(hours=1))
        told.clear()
        _, log = self.tick(queue, MORNING)
        assert json.loads(log.splitlines()[0])["event"] == "delivery.recovered"
        assert [channel for channel, _ in told] == [name]

        def due() -> set[str]:
            return {one.data.partition(":")[2].strip('"}') for one in queue.lease(name, 9, 3 * 3600)}

        assert due() == {"failing", "now"}
        self.now = MORNING + timedelta(hours=2)
        rest = {"in an hour", "running"} | ({"later"} if by > timedelta(days=2) else set())
        assert due() == rest
        assert "recovered" not in self.tick(queue, self.now)[1]
        newest = queue.newest_moment()
        assert newest is not None
        assert newest <= self.now.timestamp()

    def test_a_rate_goes_on_with_the_clock(self) -> None:
        retry = messaging_pipeline().queues[QUEUES[0]].retry
        channel = _Channel("work", "", "worker", retry, limit=1, lease_seconds=30, rate=1)
        assert channel.permits((MORNING + TEN_YEARS).timestamp())
        assert channel.permits(MORNING.timestamp())

    def test_what_was_put_off_to_2036_is_due_after_a_start(self, queue: LocalQueue) -> None:
        (queue_name, function), *_ = ((name, queue._pipeline.function_of_queue(name).name) for name in QUEUES)
        self.now = MORNING + TEN_YEARS
        queue.enqueue(queue_name, function, {"id": 1}, name="one")
        self.now = MORNING
        assert queue.lease(queue_name, 1, 30) == []
        queue.recover()
        assert len(queue.lease(queue_name, 1, 30)) == 1


def test_ratings_of_the_future_are_void_with_an_alert(world: CrashHarness) -> None:
    process = world.process()
    process.record(*[role_play(f"p{number}", score=82, at=NOON - timedelta(days=number)) for number in range(4)])
    world.deliver()

    def published() -> tuple[int, int]:
        found = RatingsRecords.get_in(world.store, JOE)
        assert found is not None
        return found.as_of, found.revision

    world.clock.forward(days=TEN_YEARS.days)
    process.ratings.update(JOE)
    assert published()[0] == day_of(world.clock.now())
    world.clock.forward(days=-TEN_YEARS.days)
    today, before = day_of(world.clock.now()), published()[1]
    outcome = process.ratings.update(JOE)
    assert published() == (today, before + 1)
    assert outcome is not None
    assert outcome.days_ahead == TEN_YEARS.days


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-1.5, "2 days behind the newest stored moment"),
        (401, "401 days ahead of the newest"),
        (-3653, "3653 days behind"),
    ],
)
def test_a_clock_that_is_in_doubt_refuses_the_start(days: float, words: str) -> None:
    newest = MORNING.timestamp()
    with pytest.raises(ClockInDoubt, match=words) as refused:
        check_clock(newest, newest + days * 86_400)
    assert "--accept-clock" in str(refused.value)


@pytest.mark.parametrize("days", [-0.9, 0, 399])
def test_a_clock_that_is_about_right_starts(days: float) -> None:
    check_clock(MORNING.timestamp(), MORNING.timestamp() + days * 86_400)
    check_clock(None, 0)


def test_the_command_refuses_and_names_both_moments(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    queue = LocalQueue(tmp_path / "documents.sqlite", messaging_pipeline())
    queue.run_schedule("nightly", datetime(2036, 11, 23, tzinfo=UTC).timestamp(), start=False)
    queue.close()
    assert run.main(["--empty", "--data", str(tmp_path), "--port", "0", "--portal-port", "0", "--once"]) == 1
    assert "behind the newest stored moment, 2036-11-23 00:00 UTC" in capsys.readouterr().err
