"""A function of the calls dies between any two of its effects: after the retry no call is lost, none counts twice.

Every point before and after every write, task, publication and post is tried, in each step of two histories: calls
analysed at once, and calls in a message batch. A repeated step may cost tokens twice; it never shows in the ledger.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shared.call_pipeline.messages import CallTask
from shared.conversations.domain.analysis_version import analysis_version
from shared.ports.documents import Query
from tests.harness.call_world import JOE, MIA, SCORER, CallWorld, new_call_world
from tests.harness.crash_harness import ADMINISTRATOR, Died, Fuse, Process, unavailable
from tests.harness.receipts import without_receipts
from tests.harness.speed import Moments
from tests.ratings.builders import GENERAL_DISCOVERY, framework

FRAMEWORK = replace(framework(GENERAL_DISCOVERY), framework_id="sales_engineering")

Step = Callable[[Process], object]


def discover(process: Process) -> object:
    return process.discovery.daily()


def submit(process: Process) -> object:
    assert process.analysis.submit_batches is not None
    return process.analysis.submit_batches.submit()


def first_task(calls: CallWorld) -> Step:
    """The oldest task, as its queue delivers it, again and again until it is answered."""
    if not calls.world.tasks:
        return lambda process: None  # the step before died before it could queue one
    _, payload = calls.world.tasks.pop(0)

    def step(process: Process) -> object:
        if "batch_id" in payload:
            assert process.analysis.collect_batch is not None
            return process.analysis.collect_batch.collect(payload["batch_id"], payload["polls"])
        return process.analysis.import_call.run(CallTask.model_validate(payload))

    return step


def prepared(folder: Path, route: str) -> CallWorld:
    calls = new_call_world(folder, FRAMEWORK)
    calls.settings = replace(calls.settings, daily_route=route)  # type: ignore[arg-type]
    calls.recorder.add("1", employees=[JOE, MIA])
    calls.recorder.add("2")
    return calls


def until_answered(calls: CallWorld, step: Step, fuse: Fuse) -> None:
    """A process dies at the fuse's point; a new one is given the same again."""
    with suppress(Died, type(unavailable())):
        step(calls.process(fuse))
        return
    step(calls.process())


def settle(calls: CallWorld) -> None:
    """What the schedules and queues do in the end, however often."""
    for _ in range(4):
        calls.process().discovery.daily()
        calls.work()
        calls.world.clock.forward(minutes=11)
        submit(calls.process())
        calls.work()


def ledger(calls: CallWorld) -> str:
    """What counts: the events without the times of their arrival, and what became of each call."""
    events = [
        (one["event_id"], one["employee_id"], [*without_receipts([one["entry"]]).values()], one["standing"])
        for call_id in ("1", "2")
        for one in calls.events(call_id)
    ]
    records = [
        (one.data["record_id"], one.data["state"], one.data["observations"], one.data["deal"])
        for one in calls.integrations.query(Query("calls"))
    ]
    facts = sorted((one["record_id"], one["analysis"], one["state"], one["scores"]) for one in calls.facts())
    return json.dumps([sorted(events), sorted(records, key=lambda one: one[0]), facts], default=str)


def history(route: str, broken: int) -> Callable[[CallWorld, Fuse], None]:
    """The steps of a day, the one numbered `broken` with the fuse."""

    def run(calls: CallWorld, fuse: Fuse) -> None:
        steps: list[Callable[[], Step]] = [lambda: discover, lambda: first_task(calls), lambda: first_task(calls)]
        if route == "batch":
            steps += [lambda: submit, lambda: first_task(calls)]
        for number, step in enumerate(steps):
            until_answered(calls, step(), fuse if number == broken else Fuse())

    return run


STEPS = [("immediate", 0), ("immediate", 1), ("batch", 0), ("batch", 1), ("batch", 3), ("batch", 4)]


@pytest.mark.parametrize(("route", "broken"), STEPS, ids=[f"{route}-{broken}" for route, broken in STEPS])
@pytest.mark.parametrize("failure", [Died, unavailable], ids=["dies", "unavailable"])
def test_every_point(
    tmp_path: Path, route: str, broken: int, failure: Callable[[], BaseException], moments: Moments
) -> None:
    undisturbed, untouched = prepared(tmp_path, route), Fuse()
    history(route, broken)(undisturbed, untouched)
    settle(undisturbed)
    wanted = ledger(undisturbed)
    assert wanted.count('"observed"') >= 2

    assert untouched.passed > 3, "the step has effects"
    for point in moments.of(range(untouched.passed)):
        calls = prepared(tmp_path, route)
        fuse = Fuse(point, failure)
        history(route, broken)(calls, fuse)
        assert fuse.blown
        settle(calls)
        assert ledger(calls) == wanted, f"after {failure.__name__} at point {point}"


def test_the_same_task_delivered_five_times_at_once_posts_once(tmp_path: Path) -> None:
    calls = prepared(tmp_path, "immediate")
    discover(calls.process())
    for name, payload in [task for task in calls.world.tasks for _ in range(5)]:
        calls.run(name, payload)

    assert len(calls.posted) == 3
    assert len(calls.facts()) == 2


def test_tasks_in_any_order_give_the_same(tmp_path: Path) -> None:
    results: set[Any] = set()
    for reverse in (False, True):
        calls = prepared(tmp_path, "immediate")
        discover(calls.process())
        for name, payload in sorted(calls.world.tasks, reverse=reverse):
            calls.run(name, payload)
        results.add(ledger(calls))
    assert len(results) == 1


def test_a_task_about_an_earlier_request_has_nothing_to_do(tmp_path: Path) -> None:
    calls = prepared(tmp_path, "immediate")
    discover(calls.process())
    early = calls.world.tasks[0]
    calls.work()
    calls.process().calls.reanalyse_call.ask("gong-1", ADMINISTRATOR)

    assert calls.run(*early).superseded
    calls.work()
    again = analysis_version(SCORER.number, 1)
    assert [body["analysis_metadata"]["analysis_version"] for body in calls.posted].count(again) == 2
