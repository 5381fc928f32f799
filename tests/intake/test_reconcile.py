"""Yesterday's events are counted once, and a difference between ledger and warehouse is an error with its size."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.declarations.pipeline import load_pipeline
from infra.local.duckdb_warehouse import DuckDBWarehouse
from infra.local.sqlite_documents import SqliteDocuments
from shared.intake.usecases.reconcile import Reconcile
from shared.observations.records import Ledger
from shared.ports.documents import Create

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


def received(documents: SqliteDocuments, number: int, *, at: datetime = YESTERDAY) -> None:
    for index in range(number):
        documents.commit([Create(f"events/{at:%d-%H%M%S}-{index}", {"kind": "field", "received_at": at})])


def test_equal_counts_are_no_difference(documents: SqliteDocuments, warehouse: DuckDBWarehouse) -> None:
    log = Noted()
    assert Reconcile(Ledger(documents), warehouse, StoppedClock(NOW), log).yesterday() == 0
    assert [name for name, severity, _ in log.events if severity == "ERROR"] == []


def test_events_that_the_warehouse_lacks_are_an_error_with_their_number(
    documents: SqliteDocuments, warehouse: DuckDBWarehouse
) -> None:
    received(documents, 3)
    received(documents, 5, at=NOW)
    log = Noted()
    assert Reconcile(Ledger(documents), warehouse, StoppedClock(NOW), log).yesterday() == 1
    assert ("ledger.differs", "ERROR", {"day": "2026-11-19", "kind": "field", "difference": -3}) in log.events


def test_a_day_is_reconciled_once_and_not_before_its_messages_have_arrived(
    documents: SqliteDocuments, warehouse: DuckDBWarehouse
) -> None:
    early = StoppedClock(NOW.replace(hour=2))
    assert Reconcile(Ledger(documents), warehouse, early, Noted()).yesterday() is None
    assert Reconcile(Ledger(documents), warehouse, StoppedClock(NOW), Noted()).yesterday() == 0
    assert Reconcile(Ledger(documents), warehouse, StoppedClock(NOW), Noted()).yesterday() is None
