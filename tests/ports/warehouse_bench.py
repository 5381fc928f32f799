"""Every warehouse with the same rows to load."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.gcp.bigquery import BigQueryWarehouse
from infra.local.duckdb_warehouse import DuckDBWarehouse, RawMessage
from shared.platform.messages import PageViewed
from shared.ports.warehouse import Warehouse
from tests.harness.bigquery_server import BigQuery, bigquery_server, client_at
from tests.sql.stopped_clock import StoppedClock

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)


@dataclass
class Bench:
    """A warehouse under test; `local` is where messages arrive, `google` the server behind it, if any."""

    warehouse: Warehouse
    local: DuckDBWarehouse
    google: BigQuery | None

    def deliver(self, topic: str, *facts: Any, published_at: datetime = NOW, first: int = 0) -> None:
        self.local.ingest_raw(
            topic,
            [
                RawMessage(f"{topic}-{first + number}", published_at, fact.model_dump(mode="json"))
                for number, fact in enumerate(facts)
            ],
        )


@pytest.fixture(params=["duckdb", "bigquery"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    local = DuckDBWarehouse(":memory:", StoppedClock())
    with ExitStack() as stack:
        stack.callback(local.close)
        if request.param == "duckdb":
            yield Bench(local, local, None)
            return
        url, google = stack.enter_context(bigquery_server(local))
        warehouse = BigQueryWarehouse("demo", StoppedClock(), location="EU", client=client_at(url), patience=0.5)
        yield Bench(warehouse, local, google)


def views(count: int, *, first: int = 0) -> list[PageViewed]:
    return [
        PageViewed(view_id=f"v{first + n}", employee_id="ann", role="employee", page="profile", viewed_at=NOW)
        for n in range(count)
    ]
