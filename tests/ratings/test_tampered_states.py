"""A state that somebody changed is found, repaired and logged."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.kernel.days import day_of
from shared.observations.domain.entry import entry_key
from shared.ports.documents import DELETE_FIELD
from shared.ratings.domain.projection import project
from shared.ratings.domain.skill_rating import from_text
from shared.ratings.usecases.rebuild_state import ROTATION_DAYS, due_for_rebuild
from tests.harness.crash_harness import CrashHarness, tamper
from tests.harness.sent_events import call, role_play
from tests.ratings.nights import FRAMEWORK, JOE, MIA, PEOPLE, SAM, data, night, world

__all__ = ["world"]


def until_due(world: CrashHarness, employee_id: str) -> None:
    """Forward to the person's own night."""
    while not due_for_rebuild(employee_id, day_of(world.clock.now())):
        world.clock.forward(days=1)


class TestATamperedState:
    @pytest.mark.parametrize(
        "how",
        ["another score", "an invented event", "a lost event", "no entry at all", "a number", "an unreadable text"],
    )
    def test_is_found_repaired_and_logged_within_a_rotation(self, world: CrashHarness, how: str) -> None:
        process = world.process()
        process.record(role_play("p1"), role_play("p2", score=90), call("c1"))
        process.record(role_play("m1", employee=MIA))
        world.deliver()
        good = data(world, f"states/{JOE}")["observations"]
        key = min(good)
        tamper(world, JOE, tampering(how, key, good))
        first_night = None
        for number in range(ROTATION_DAYS):
            world.clock.forward(days=1)
            if night(world).repaired and first_night is None:
                first_night = number
        assert first_night is not None
        # What cannot be read does not wait for the person's own night.
        assert first_night == 0 or how not in ("no entry at all", "a number", "an unreadable text")
        assert data(world, f"states/{JOE}")["observations"] == good
        lines = world.log.named("state.repaired")
        assert len(lines) == 1
        assert JOE not in json.dumps(world.log.lines)
        rows = project(good, FRAMEWORK, world.process().configuration.parameters(), day_of(world.clock.now()))
        assert from_text(data(world, f"ratings/{JOE}")["skills"]) == rows

    def test_shows_in_the_run(self, world: CrashHarness) -> None:
        world.process().record(role_play("p1"))
        world.deliver()
        until_due(world, JOE)
        tamper(world, JOE, {"o0": "[]"})
        run = night(world)
        assert (run.state, run.repaired, run.employees_done) == ("finished_with_differences", 1, 3)

    def test_of_one_person_keeps_nobody_back(self, world: CrashHarness) -> None:
        world.process().record(role_play("p1"), role_play("m1", employee=MIA), role_play("s1", employee=SAM))
        tamper(world, MIA, {"oddity": "{"})
        shard = {"employee_ids": PEOPLE, "run_id": "r", "shard": 0}
        with pytest.raises(json.JSONDecodeError):
            world.process().recalculate_shard(shard)
        assert {fact["employee_id"] for topic, fact in world.facts if topic == "skill-changed"} == {JOE, SAM}
        assert world.store.get("recalculation_shards/r-0") is None
        (line,) = world.log.named("recalculation.member_failed")
        assert line == {"run_id": "r", "shard": 0, "position": 1, "cause": "JSONDecodeError"}


def tampering(how: str, key: str, good: dict[str, str]) -> dict[str, Any]:
    invented = good[key].replace('"p1"', '"p7"').replace('"p2"', '"p7"').replace('"c1"', '"c7"')
    ways: dict[str, dict[str, Any]] = {
        "another score": {key: good[key].replace("8000", "9900").replace("9000", "1000").replace("7500", "9900")},
        "an invented event": {entry_key(invented): invented},
        "a lost event": {key: DELETE_FIELD},
        "no entry at all": {"o0": ""},
        "a number": {"o0": 7},
        "an unreadable text": {key: "[1,2"},
    }
    return ways[how]
