"""The warehouse gets the number that the page says, once a night, and no other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from shared.kernel.access import Caller
from shared.people.records import EmployeeRecords
from shared.ports.documents import Put
from shared.ratings.records import RatingsRecords, RecalculationRecords
from shared.ratings.usecases.count_likely_ready import CountLikelyReady
from tests.harness.crash_harness import CrashHarness
from tests.harness.sent_events import NOON, call
from tests.ratings.nights import FRAMEWORK, JOE, MIA, night, world

__all__ = ["world"]
CRO = Caller(email="cro@example.com", role="cro", employee_id="cro@example.com")


class Shelf:
    """The `Warehouse` port, as far as a count needs it."""

    def __init__(self) -> None:
        self.rows: list[Mapping[str, Any]] = []

    def query(self, sql: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [{"counted": sum(row["day"] == parameters["day"].isoformat() for row in self.rows)}]

    def load(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        assert table == "staging.likely_ready"
        self.rows += rows


def counting(world: CrashHarness, shelf: Any) -> CountLikelyReady:
    records = RatingsRecords(world.store), RecalculationRecords(world.store)
    configuration = world.process().configuration
    return CountLikelyReady(records, EmployeeRecords(world.store), configuration, shelf, world.clock)


VIC, DANA = "vic@example.com", "dana@example.com"


def led(world: CrashHarness) -> None:
    """Joe reports to Dana, who reports to Vic; Mia reports to nobody."""
    records = EmployeeRecords(world.store)
    joe = records.get(JOE)
    assert joe is not None
    dana = structs.replace(joe, employee_id=DANA, name="Dana", role="manager", manager_id=VIC)
    vic = structs.replace(joe, employee_id=VIC, name="Vic", role="senior_manager")
    for one in (structs.replace(joe, manager_id=DANA), dana, vic):
        world.store.commit([Put(f"employees/{one.employee_id}", one.stored())])


def test_the_nights_number_is_the_pages_and_is_counted_once(
    world: CrashHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.ratings.usecases.count_likely_ready.PAGE", 2)
    core = FRAMEWORK.core
    for person, score in ((JOE, 84), (MIA, 72)):
        calls = [
            call(
                f"{person}-{number}",
                employee=person,
                scores=dict.fromkeys(core, score),
                at=NOON - timedelta(days=number),
            )
            for number in range(1, 5)
        ]
        world.process().record(*calls)
    world.deliver()
    world.clock.forward(hours=49)  # what is closed is counted once it is open
    led(world)
    shelf = Shelf()
    assert counting(world, shelf).today() == 0, "the night's run is not over"
    night(world)
    assert counting(world, shelf).today() == 1
    assert counting(world, shelf).today() == 0

    row, below = sorted(shelf.rows, key=lambda row: str(row["leader_id"] or ""))
    assert (row["leader_id"], below["leader_id"], below["known"]) == (None, VIC, 1)
    vic = Caller(email=VIC, role="senior_manager", employee_id=VIC)
    own = replace(world.process().readiness.team(vic, FRAMEWORK.framework_id), own=True).answer("")
    assert [below["likely_ready"], [below["likely_ready_low"], below["likely_ready_high"]]] == [
        own.likely_ready,
        own.likely_ready_interval,
    ]
    assert 0 < below["likely_ready"] <= 1
    page = replace(world.process().readiness.team(CRO, FRAMEWORK.framework_id), own=True).answer("")
    said = [row["likely_ready"], [row["likely_ready_low"], row["likely_ready_high"]]]
    assert said == [page.likely_ready, page.likely_ready_interval]
    assert 0 < row["likely_ready"] < 2
    assert row["known"] == 2
