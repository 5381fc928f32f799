"""What the ledger has and the warehouse lacks is published again; what that does not mend is an error, once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from infra.declarations.pipeline import load_pipeline
from infra.local.duckdb_warehouse import DuckDBWarehouse, RawMessage
from infra.local.sqlite_documents import SqliteDocuments
from shared.intake.usecases.event_message import TOPIC
from shared.intake.usecases.reconcile import Reconcile
from shared.kernel.field_values import FieldValue
from shared.observations.records import Ledger
from shared.ports.documents import Create, Delete
from shared.ports.messages import Message

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
YESTERDAY = NOW - timedelta(days=1)


class StoppedClock:
    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


class Noted:
    def __init__(self) -> None:
        self.events: list[tuple[str, str, dict[str, Any]]] = []

    def event(self, name: str, severity: str = "INFO", **fields: str | int | float | bool | None) -> None:
        self.events.append((name, severity, dict(fields)))


@pytest.fixture
def documents(tmp_path: Path) -> Iterator[SqliteDocuments]:
    store = SqliteDocuments(tmp_path / "documents.sqlite", indexes=load_pipeline().documents.indexes)
    yield store
    store.close()


@pytest.fixture
def warehouse() -> Iterator[DuckDBWarehouse]:
    opened = DuckDBWarehouse(":memory:", StoppedClock(NOW))
    yield opened
    opened.close()


class Carried:
    """The `Bus` port into the warehouse. lost: what is published meanwhile never arrives"""

    def __init__(self, warehouse: DuckDBWarehouse) -> None:
        self._warehouse = warehouse
        self.lost = False

    def publish(self, topic: str, messages: Sequence[Message]) -> None:
        if not self.lost:
            raw = [RawMessage(uuid4().hex, NOW, message.data) for message in messages]
            self._warehouse.ingest_raw(topic, raw)
            self._warehouse.refresh("observation_recorded")


class World:
    """A ledger and a warehouse, reconciled every morning."""

    def __init__(self, documents: SqliteDocuments, warehouse: DuckDBWarehouse) -> None:
        self.documents, self.warehouse, self.bus = documents, warehouse, Carried(warehouse)

    def morning(self, later: int = 0, hour: int = 4) -> tuple[int | None, list[tuple[str, dict[str, Any]]]]:
        """Reconciles so many days later; what it found, and what it said but for the last line."""
        now, log = (NOW + timedelta(days=later)).replace(hour=hour), Noted()
        self.warehouse._clock = StoppedClock(now)
        reconcile = Reconcile(Ledger(self.documents), self.warehouse, self.bus, StoppedClock(now), log)
        return reconcile.days_over(), [(name, fields) for name, _, fields in log.events if name != "ledger.reconciled"]

    def received(self, number: int, *, at: datetime = YESTERDAY, told: int = 0) -> list[str]:
        """Puts events into the ledger, some of which the warehouse is told of; their ids."""
        ids = [f"{at:%d-%H%M%S}-{index}" for index in range(number)]
        for index, event_id in enumerate(ids):
            said = {"event_id": event_id, "employee_id": "joe", "kind": "field", "received_at": at.isoformat()}
            stored: dict[str, FieldValue] = {
                "kind": "field",
                "received_at": at,
                "entry": "[]",
                "message": json.dumps(said),
            }
            self.documents.commit([Create(f"events/{event_id}", stored)])
            if index < told:
                self.bus.publish(TOPIC, [Message(said)])
        return ids

    def staged(self) -> list[object]:
        rows = self.warehouse.query("SELECT event_id FROM staging.observation_recorded ORDER BY event_id")
        return [row["event_id"] for row in rows]


@pytest.fixture
def world(documents: SqliteDocuments, warehouse: DuckDBWarehouse) -> World:
    return World(documents, warehouse)


def repaired(events: int) -> tuple[str, dict[str, Any]]:
    return "ledger.repaired", {"day": "2026-11-19", "kind": "field", "events": events}


def differs(by: int) -> tuple[str, dict[str, Any]]:
    return "ledger.differs", {"day": "2026-11-19", "kind": "field", "difference": by}


def test_equal_counts_are_no_difference(world: World) -> None:
    world.received(2, told=2)
    assert world.morning() == (0, [])


def test_events_that_the_warehouse_lacks_are_published_again_page_by_page(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.intake.usecases.reconcile.PAGE", 2)
    ids = world.received(5, told=1) + world.received(2, at=YESTERDAY + timedelta(hours=1))
    assert world.morning() == (1, [repaired(6)])
    assert world.staged() == sorted(ids)
    assert world.morning(1) == (0, [])


def test_what_never_arrives_is_an_error_from_the_second_time_on(world: World) -> None:
    world.received(3)
    world.bus.lost = True
    assert world.morning() == (1, [repaired(3)])
    assert world.morning(1) == (1, [repaired(3), differs(-3)])


def test_a_day_is_reconciled_once_and_not_before_its_messages_have_arrived(world: World) -> None:
    assert world.morning(hour=2)[0] is None
    assert world.morning() == (0, [])
    assert world.morning()[0] is None


def test_every_day_since_the_last_counted_one_is_counted(world: World) -> None:
    assert world.morning() == (0, [])
    ids = world.received(1, at=NOW + timedelta(days=1)) + world.received(1, at=NOW + timedelta(days=3))
    found, said = world.morning(5)
    assert (found, [name for name, _ in said]) == (2, ["ledger.repaired"] * 2)
    assert world.staged() == sorted(ids)


def test_a_day_that_changed_in_both_is_counted_anew_and_no_difference(world: World) -> None:
    """As an erasure leaves it: the events are gone from the ledger and from the warehouse."""
    (gone, *_) = world.received(3, told=3)
    assert world.morning() == (0, [])
    world.documents.commit([Delete(f"events/{gone}")])
    world.warehouse.query("DELETE FROM staging.observation_recorded WHERE event_id = @one", {"one": gone})
    assert world.morning(1) == (1, [])
    assert world.morning(2) == (0, [])


def test_what_only_the_warehouse_has_is_said_once(world: World) -> None:
    (gone, *_) = world.received(3, told=3)
    world.documents.commit([Delete(f"events/{gone}")])
    assert world.morning() == (1, [differs(1)])
    assert world.morning(1) == (0, [])
