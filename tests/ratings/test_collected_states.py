"""Of what happened long ago, a state holds only what a rating can need."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.intake.usecases import person_states
from tests.harness.crash_harness import CrashHarness
from tests.harness.sent_events import NOON, call, role_play
from tests.ratings.nights import JOE, data, world

__all__ = ["world"]


class TestACollectedState:
    """Of what happened long ago, a collected state holds only what a rating can need."""

    @pytest.fixture(autouse=True)
    def collected(self, world: CrashHarness, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(person_states, "COLLECT_ABOVE", 500)
        long_ago = NOON - timedelta(days=700)
        world.process().record(*[role_play(f"old{n}", at=long_ago + timedelta(days=n)) for n in range(5)])
        world.process().record(role_play("p1", at=NOON - timedelta(days=3)))
        world.process().record(role_play("p2", at=NOON - timedelta(days=2)))
        assert data(world, f"states/{JOE}")["collected"]
        world.tasks.clear()

    def test_is_not_rebuilt_for_what_comes_in_order(self, world: CrashHarness) -> None:
        world.process().record(role_play("p3", at=NOON - timedelta(days=1)))
        world.process().record(*[role_play(f"p{n}", at=NOON - timedelta(hours=9 - n)) for n in (4, 5)])
        assert world.tasks == []

    @pytest.mark.parametrize("in_a_list", [False, True])
    @pytest.mark.parametrize(
        "raw", [role_play("late", at=NOON - timedelta(days=650)), role_play("p1", at=NOON - timedelta(days=3))]
    )
    def test_is_rebuilt_for_a_late_event_and_for_a_repeated_one(
        self, world: CrashHarness, raw: dict[str, Any], in_a_list: bool
    ) -> None:
        world.process().record(*([role_play("p9", at=NOON - timedelta(hours=1)), raw] if in_a_list else [raw]))
        assert [payload for _, payload in world.tasks] == [{"employee_ids": [JOE], "from_ledger": True}]

    def test_is_rebuilt_for_a_correction(self, world: CrashHarness) -> None:
        at = NOON - timedelta(days=1)
        world.process().record(call("c1", source_id="c", at=at))
        assert world.tasks == []
        world.process().record(call("c2", source_id="c", at=at, analysis=1))
        assert len(world.tasks) == 1

    def test_is_rebuilt_when_the_events_are_in_the_ledger_and_not_before(self, world: CrashHarness) -> None:
        late = [role_play(f"late{n}", at=NOON - timedelta(days=690 - n)) for n in range(3)]
        process = world.process()
        process.event_lists._states._tasks = looking = LookingAt(world)
        process.record(*late)
        assert looking.asked == 1


class LookingAt:
    """A queue whose worker is quicker than its caller: it reads the ledger at once."""

    def __init__(self, world: CrashHarness) -> None:
        self._world = world
        self.asked = 0

    def enqueue(self, queue: str, function: str, payload: Any, *, name: Any = None, run_at: Any = None) -> bool:
        ledger = [d["source_id"] for path, d in self._world.documents().items() if path.startswith("events/")]
        assert {"late0", "late1", "late2"} <= set(ledger)
        self.asked += 1
        return True
