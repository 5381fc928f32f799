"""Cron expressions, and that each run is asked for once, restarts included."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra.declarations.pipeline import Schedule
from infra.local.ambient import JsonLog
from infra.local.queue import LocalQueue
from infra.local.scheduler import Cron, Scheduler
from tests.ports.conftest import messaging_pipeline


@pytest.mark.parametrize(
    ("expression", "moment", "following"),
    [
        ("* * * * *", "2026-11-23T07:23:52", "2026-11-23T07:24"),
        ("*/15 * * * *", "2026-11-23T07:45:00", "2026-11-23T08:00"),
        ("15 2 * * *", "2026-11-23T02:15:00", "2026-11-24T02:15"),
        ("15 2 * * *", "2026-11-23T02:14:59", "2026-11-23T02:15"),
        ("0 9-17/4 * * MON-FRI", "2026-11-20T17:00:00", "2026-11-23T09:00"),
        ("0 9-17/4 * * MON-FRI", "2026-11-23T09:00:00", "2026-11-23T13:00"),
        ("5,35 0 1 JAN *", "2026-11-23T00:00:00", "2027-01-01T00:05"),
        ("0 0 29 2 *", "2026-11-23T00:00:00", "2028-02-29T00:00"),
        ("0 0 * * 7", "2026-11-23T00:00:00", "2026-11-29T00:00"),
        ("0 0 * * 0", "2026-11-23T00:00:00", "2026-11-29T00:00"),
        ("0 0 13 * 5", "2026-11-23T00:00:00", "2026-11-27T00:00"),
        ("0 0 1 * 5", "2026-11-28T00:00:00", "2026-12-01T00:00"),
        ("30/10 * * * *", "2026-11-23T07:31:00", "2026-11-23T07:40"),
        ("59 23 31 12 *", "2026-12-31T23:59:00", "2027-12-31T23:59"),
    ],
)
def test_the_next_time_of_an_expression(expression: str, moment: str, following: str) -> None:
    start = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert Cron.parse(expression).after(start) == datetime.fromisoformat(following).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 8",
        "5-1 * * * *",
        "*/0 * * * *",
        "a * * * *",
        "-1 * * * *",
        "1,, * * * *",
        "١ * * * *",
    ],
)
def test_what_is_no_expression_is_refused(expression: str) -> None:
    with pytest.raises(ValueError):
        Cron.parse(expression)


def test_a_day_that_never_comes_is_refused() -> None:
    with pytest.raises(ValueError, match="matches no day"):
        Cron.parse("0 0 31 2 *").after(datetime(2026, 1, 1, tzinfo=UTC))


class TestScheduler:
    @pytest.fixture
    def queue(self, tmp_path: Path) -> Iterator[LocalQueue]:
        opened = LocalQueue(tmp_path / "queue.sqlite", messaging_pipeline())
        yield opened
        opened.close()

    def tick(self, queue: LocalQueue, moment: str, cron: str = "15 2 * * *") -> list[str]:
        """One look at the clock by a scheduler that has just started."""
        now = datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp()
        schedule = Schedule("nightly", cron, "nightly", "every night")
        return Scheduler(queue, [schedule], JsonLog(io.StringIO()), now=lambda: now).tick()

    def test_a_new_schedule_begins_with_its_next_time(self, queue: LocalQueue) -> None:
        assert self.tick(queue, "2026-11-23T07:00") == []
        assert self.tick(queue, "2026-11-24T02:14") == []
        assert self.tick(queue, "2026-11-24T02:15") == ["nightly"]

    def test_a_restart_neither_repeats_nor_forgets_a_run(self, queue: LocalQueue) -> None:
        self.tick(queue, "2026-11-23T07:00")
        assert self.tick(queue, "2026-11-24T02:15:01") == ["nightly"]
        assert self.tick(queue, "2026-11-24T02:15:02") == []
        assert self.tick(queue, "2026-11-25T09:00:00") == ["nightly"]
        assert self.tick(queue, "2026-11-25T09:00:01") == []
        assert len(queue.lease("schedule--nightly", 10, 30)) == 2

    def test_after_a_long_pause_only_the_latest_run_is_made_up_for(self, queue: LocalQueue) -> None:
        self.tick(queue, "2026-01-01T00:00", "*/10 * * * *")
        assert self.tick(queue, "2026-11-23T07:23", "*/10 * * * *") == ["nightly"]
        (run,) = queue.lease("schedule--nightly", 10, 30)
        assert run.published_at == datetime(2026, 11, 23, 7, 20, tzinfo=UTC)
