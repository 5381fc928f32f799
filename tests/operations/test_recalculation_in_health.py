"""Whoever looks at the platform's health sees how far the latest recalculation is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shared.operations.records import IntegrationState
from shared.operations.usecases.check_health import AskIntegrations, CheckHealth
from shared.operations.usecases.unreadable_records import Kept
from shared.ratings.usecases import share_out
from tests.harness.crash_harness import CrashHarness, new_crash_harness
from tests.ratings.nights import FRAMEWORK

PEOPLE = [f"p{number}@example.com" for number in range(5)]


class Letters:
    """The `DeadLetters` port, with none."""

    def list(self, *, limit: int = 100, subscription: str | None = None) -> list[Any]:
        return []


def seen(world: CrashHarness) -> IntegrationState:
    health = CheckHealth(Kept(world.store, ()), Letters(), AskIntegrations({}), world.clock, world.log)  # type: ignore[arg-type]
    return next(one for one in health.check().integrations if one.name == "recalculation")


def test_it_is_told_from_its_first_task_to_its_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(share_out, "SHARD_SIZE", 2)
    monkeypatch.setattr(share_out, "MOST_SHARDS", 2)
    world = new_crash_harness(tmp_path, FRAMEWORK, PEOPLE)
    told = [seen(world).detail]
    world.process().recalculate.start(started_by="schedule", nightly=True)
    while world.tasks:
        told.append(seen(world).detail)
        world.process().recalculation_task(world.tasks.pop(0)[1])
    assert told == [
        "none has been started yet",
        "running: 0 of 0 shards so far, 0 of 0 people so far",
        "running: 0 of 2 shards so far, 0 of 4 people so far",
        "running: 1 of 2 shards so far, 2 of 4 people so far",
        "running: 2 of 2 shards so far, 4 of 4 people so far",
        "running: 2 of 3 shards, 4 of 5 people",
    ]
    assert (seen(world).state, seen(world).detail) == ("ok", "finished: 5 people")
    world.store.close()


def test_one_that_has_lost_a_task_is_warned_about(tmp_path: Path) -> None:
    world = new_crash_harness(tmp_path, FRAMEWORK, PEOPLE)
    world.process().recalculate.start(started_by="schedule", nightly=True)
    world.clock.forward(hours=6)
    assert seen(world).state == "ok"
    world.clock.forward(minutes=1)
    assert seen(world).state == "stale"
    world.store.close()
