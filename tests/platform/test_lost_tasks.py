"""A task's last attempt at the inner edge: kept once, with its reason, and only then."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from infra.local.ambient import JsonLog
from shared.kernel.errors import Rejected, Retryable
from shared.platform.edges.internal import Delivery, InnerEdge, LostTask, TaskKeeper
from shared.platform.usecases.quarantine import Quarantine


class Kept:
    """Takes lost tasks; broken: cannot."""

    def __init__(self, *, broken: bool = False) -> None:
        self.tasks: list[LostTask] = []
        self._broken = broken

    def keep(self, task: LostTask) -> None:
        if self._broken:
            raise Retryable("the store cannot be reached")
        self.tasks.append(task)


def attempt(
    kept: Kept | None, number: int, error: Exception | None, *, headers: Mapping[str, str] | None = None
) -> tuple[int | str, list[str]]:
    """The status of the answer to a task's attempt of this number (from 1), or the name of the error that the function
    let through, and the names of what was logged."""

    def work(_: Delivery) -> None:
        if error is not None:
            raise error

    lines = io.StringIO()
    edge = InnerEdge(
        "recalculate_shard",
        work,
        lambda _: None,
        _closed_quarantine,
        JsonLog(lines),
        note=lambda *_: pytest.fail("a task is no message"),
        keeper=TaskKeeper(10, kept.keep) if kept else None,
    )
    sent = {
        "X-CloudTasks-TaskName": "t-1",
        "X-CloudTasks-QueueName": "recalculation",
        "X-CloudTasks-TaskRetryCount": str(number - 1),
        "X-CloudTasks-TaskETA": "1772625600.25",
        **(headers or {}),
    }
    body = json.dumps({"employee_ids": ["e1"]})
    request = Request(EnvironBuilder(method="POST", data=body, headers=list(sent.items())).get_environ())
    try:
        status: int | str = edge.handle(request)[1]
    except Exception as escaped:
        status = type(escaped).__name__
    return status, [json.loads(line)["event"] for line in lines.getvalue().splitlines()]


def _closed_quarantine() -> Quarantine:
    raise Retryable("the bucket does not answer")


def test_the_last_failing_attempt_is_handed_in() -> None:
    kept = Kept()
    assert attempt(kept, 10, Retryable("busy")) == (503, ["delivery.again", "task.given_up"])
    assert kept.tasks == [
        LostTask(
            queue="recalculation",
            task_id="t-1",
            payload={"employee_ids": ["e1"]},
            attempts=10,
            reason="recalculate_shard: busy",
            due_at=datetime(2026, 3, 4, 12, 0, 0, 250_000, tzinfo=UTC),
        )
    ]


def test_a_defect_is_handed_in_by_its_kind_and_still_alerts() -> None:
    kept = Kept()
    assert attempt(kept, 10, KeyError("joe@example.com")) == ("KeyError", ["delivery.failed", "task.given_up"])
    assert kept.tasks[0].reason == "recalculate_shard: KeyError"


@pytest.mark.parametrize("error", [Retryable("busy"), LookupError("x")])
def test_an_earlier_attempt_is_not(error: Exception) -> None:
    kept = Kept()
    attempt(kept, 9, error)
    assert kept.tasks == []


def test_neither_is_one_that_succeeds() -> None:
    kept = Kept()
    assert attempt(kept, 10, None) == (200, [])
    assert kept.tasks == []


def test_input_that_could_not_be_quarantined_is_not_lost_either() -> None:
    kept = Kept()
    assert attempt(kept, 10, Rejected("no"))[0] == 503
    assert kept.tasks[0].reason == "recalculate_shard: the bucket does not answer"


def test_when_it_cannot_be_kept_that_is_said_and_the_answer_stands() -> None:
    assert attempt(Kept(broken=True), 10, Retryable("busy")) == (503, ["delivery.again", "task.lost"])


def test_where_the_queue_keeps_its_dead_letters_nobody_is_asked() -> None:
    assert attempt(None, 10, Retryable("busy")) == (503, ["delivery.again"])


@pytest.mark.parametrize("count", ["", "many", "inf", "-4"])
def test_headers_that_are_no_numbers_count_as_the_first_attempt(count: str) -> None:
    kept = Kept()
    found = attempt(kept, 10, Retryable("busy"), headers={"X-CloudTasks-TaskRetryCount": count})
    assert found == (503, ["delivery.again"])
    assert kept.tasks == []
