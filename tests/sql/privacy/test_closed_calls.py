"""A conversation is closed in the warehouse while it is in the product, and opens there by the next day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from infra.bigquery.catalogue import Catalogue
from infra.local.duckdb_warehouse import DuckDBWarehouse
from shared.ports.warehouse import Row
from shared.privacy.domain.visibility import opening
from tests.sql.stopped_clock import StoppedClock

DAY = date(2026, 11, 25)
MIDNIGHT = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.mark.parametrize("hours", [0, 1.5, 48, 120])
def test_closed_is_what_the_product_says_and_to_the_end_of_that_day(hours: float, tables: Catalogue) -> None:
    chance = Random(hours)
    rows: list[Row] = []
    closed = set()
    for number in range(200):
        happened = MIDNIGHT - timedelta(seconds=chance.randrange(20 * 86_400))
        received = min(happened + timedelta(seconds=chance.randrange(16 * 86_400)), MIDNIGHT + timedelta(hours=23))
        rows.append(
            {
                "event_id": f"e{number}",
                "employee_id": "joe",
                "kind": "field",
                "source": "gong",
                "source_id": f"c{number}",
                "standing": "counted",
                "occurred_at": happened,
                "received_at": received,
            }
        )
        opens = opening(received, hours, happened)
        if opens is not None and opens.date() >= DAY:
            closed.add(f"c{number}")
    store = DuckDBWarehouse(":memory:", StoppedClock(DAY), tables)
    store.load("staging.observation_recorded", rows)
    store.load("staging.review_settings", [{"employee_first_hours": hours, "known_at": MIDNIGHT}])
    store.refresh("staging.closed_calls")
    found = {str(row["source_id"]) for row in store.query("SELECT source_id FROM staging.closed_calls")}
    store.close()
    assert found == closed
    assert bool(closed) == (hours > 0)
