"""Everybody is shared out part by part: whatever dies in between, every shard is asked for once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from shared.kernel.days import day_of
from shared.ports.documents import Delete, Query
from shared.ratings.contract import RunAnswer
from shared.ratings.usecases import share_out
from tests.harness.crash_harness import ADMINISTRATOR, CrashHarness, Died, Fuse, new_crash_harness
from tests.ratings.nights import FRAMEWORK

PEOPLE = [f"p{number}@example.com" for number in range(7)]
RUN = "night-2026-03-04"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CrashHarness]:
    monkeypatch.setattr(share_out, "SHARD_SIZE", 2)
    monkeypatch.setattr(share_out, "PAGE", 4)
    monkeypatch.setattr(share_out, "MOST_SHARDS", 2)
    made = new_crash_harness(tmp_path, FRAMEWORK, PEOPLE)
    yield made
    made.store.close()


def started(world: CrashHarness) -> RunAnswer:
    return world.process().recalculate.start(started_by="schedule", nightly=True)


def delivered(world: CrashHarness, fuse: Fuse | None = None) -> list[list[str]]:
    """The members of every shard that was asked for, by a queue that never forgets a name; a part whose process dies is
    delivered again."""
    known: set[str] = set()
    found: list[list[str]] = []
    while world.tasks:
        name, payload = world.tasks.pop(0)
        if name in known:
            continue
        known.add(name)
        if "part" not in payload:
            found.append(payload["employee_ids"])
            continue
        try:
            world.process(fuse).recalculation_task(payload)
        except Died:
            world.process().recalculation_task(payload)
    return sorted(found)


def test_who_starts_it_lists_nobody(world: CrashHarness) -> None:
    run = started(world)
    assert [payload for _, payload in world.tasks] == [{"run_id": RUN, "part": 0}]
    assert (run.state, run.shared_out, run.employees, run.shards) == ("running", False, 0, 0)


def test_a_part_asks_for_so_many_shards_and_for_the_next_part(world: CrashHarness) -> None:
    started(world)
    world.process().recalculation_task(world.tasks.pop(0)[1])
    assert [payload.get("employee_ids", payload) for _, payload in world.tasks] == [
        PEOPLE[:2],
        PEOPLE[2:4],
        {"run_id": RUN, "part": 1},
    ]
    run = world.process().recalculate.progress(RUN)
    assert (run.state, run.shared_out, run.employees, run.shards) == ("running", False, 4, 2)


def test_a_part_takes_no_longer_than_its_time(world: CrashHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(share_out, "MOST_TIME", timedelta(0))
    started(world)
    world.process().recalculation_task(world.tasks.pop(0)[1])
    assert [payload.get("part") for _, payload in world.tasks] == [None, 1]


def test_it_is_over_once_every_shard_of_all_parts_is(world: CrashHarness) -> None:
    started(world)
    states = []
    while world.tasks:
        world.process().recalculation_task(world.tasks.pop(0)[1])
        states.append(world.process().recalculate.progress(RUN).state)
    assert states == ["running"] * (len(states) - 1) + ["finished"]
    run = world.process().recalculate.progress(RUN)
    assert (run.shared_out, run.employees, run.employees_done, run.shards_done) == (True, 7, 7, 4)
    (stored,) = world.store.query(Query("recalculation_runs"))
    assert PEOPLE[3] not in str(stored.data)


def test_killed_anywhere_every_shard_is_asked_for_once(tmp_path: Path, world: CrashHarness) -> None:
    started(world)
    whole = Fuse()
    wanted = delivered(world, whole)
    assert wanted == [PEOPLE[0:2], PEOPLE[2:4], PEOPLE[4:6], PEOPLE[6:]]
    for point in range(whole.passed):
        other = new_crash_harness(tmp_path, FRAMEWORK, PEOPLE)
        started(other)
        fuse = Fuse(point)
        assert delivered(other, fuse) == wanted, f"died at point {point}"
        assert fuse.blown
        other.store.close()


@pytest.mark.parametrize("gone", PEOPLE[:4])
def test_nobody_is_missed_when_somebody_goes_while_a_part_is_done_again(world: CrashHarness, gone: str) -> None:
    started(world)
    _, part = world.tasks.pop(0)
    with pytest.raises(Died):
        world.process(Fuse(1)).recalculation_task(part)  # the first shard has been asked for
    world.store.commit([Delete(f"states/{gone}")])
    world.process().recalculation_task(part)
    assert {person for members in delivered(world) for person in members} >= set(PEOPLE) - {gone}


def test_of_two_deliveries_at_once_the_first_decides_where_the_part_ends(world: CrashHarness) -> None:
    started(world)
    _, part = world.tasks.pop(0)
    slow = world.process()
    slow_records = slow.share_out._records
    before = slow_records.run(RUN)
    assert before is not None
    world.process().recalculation_task(part)
    then = slow_records.move_on(before, before.changed(parts=1, shared_until=PEOPLE[0], shards=1, employees=1))
    assert (then.parts, then.shared_until, then.shards) == (1, PEOPLE[3], 2)
    assert delivered(world) == [PEOPLE[0:2], PEOPLE[2:4], PEOPLE[4:6], PEOPLE[6:]]


def test_a_second_trigger_of_the_night_joins_it(world: CrashHarness) -> None:
    started(world)
    world.process().recalculation_task(world.tasks.pop(0)[1])
    world.clock.forward(minutes=5)
    asked = dict(world.tasks)
    again = started(world)
    assert dict(world.tasks) == asked
    assert (again.started_at, again.shards) == (world.clock.now() - timedelta(minutes=5), 2)
    assert delivered(world) == [PEOPLE[0:2], PEOPLE[2:4], PEOPLE[4:6], PEOPLE[6:]]


def test_a_run_of_the_same_name_is_begun_again_after_two_days(world: CrashHarness) -> None:
    start = world.process().recalculate.start
    start(started_by=ADMINISTRATOR.email, run_id="parameters-2")
    assert len(delivered(world)) == 4
    world.clock.forward(days=2)
    run = start(started_by=ADMINISTRATOR.email, run_id="parameters-2")
    assert day_of(world.clock.now()) - day_of(run.started_at) == 0
    assert len(delivered(world)) == 4
