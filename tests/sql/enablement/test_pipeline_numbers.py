"""The report's numbers of the pipeline are the page's: two engines, one meaning."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from infra.bigquery.catalogue import Catalogue
from infra.local.duckdb_warehouse import DuckDBWarehouse
from shared.deals.domain.risk import LEVELS
from shared.enablement.domain.pipeline import OpenDeal, totals
from shared.ports.warehouse import Row
from tests.sql.stopped_clock import StoppedClock

PEOPLE = [f"e{number}" for number in range(9)]


@pytest.mark.parametrize("seed", range(8))
def test_the_mart_counts_as_the_page_does(seed: int, tables: Catalogue) -> None:
    chance = np.random.default_rng(seed)
    rows: list[Row] = []
    deals: list[OpenDeal] = []
    for number in range(60):
        most, risk, least = (LEVELS[place] for place in sorted(int(one) for one in chance.integers(0, 3, 3)))
        person, stage = str(chance.choice(PEOPLE)), str(chance.choice(["discovery", "demo"]))
        currency = "EUR" if chance.random() < 0.2 else "USD"
        value = None if chance.random() < 0.2 else float(chance.integers(1, 9)) * 1000
        ends = least, most
        rows.append(
            {
                "deal_id": f"d{number}",
                "revision": 1,
                "employee_id": person,
                "stage": stage,
                "value": value,
                "currency": currency,
                "risk": risk,
                "risk_least": ends[0],
                "risk_most": ends[1],
            }
        )
        dollars = value if currency == "USD" else None
        deals.append(OpenDeal(f"d{number}", person, stage, "unknown", dollars, risk, *ends, None))
    store = DuckDBWarehouse(":memory:", StoppedClock(date(2026, 3, 4)), tables)
    store.load("staging.employee_changed", [{"employee_id": one, "framework_id": "sales"} for one in PEOPLE])
    store.load("staging.deal_changed", rows)
    store.refresh("marts.pipeline_risk")
    told = {
        (row["dimension"], row["value"], row["risk"]): row for row in store.query("SELECT * FROM marts.pipeline_risk")
    }
    store.close()
    names = {"all": "all", "stage": "stage", "segment": "size"}
    groups = totals(deals, coarsened=False)
    assert {(names[one.by], one.name, cell.risks[0]) for one in groups for cell in one.cells} == told.keys()
    for group in groups:
        for cell in group.cells:
            row = told[names[group.by], group.name, cell.risks[0]]
            counted = [row[name] for name in ("deals", "deals_low", "deals_high", "amount", "amounts_unknown")]
            assert counted == [cell.deals, cell.low, cell.high, cell.amount, cell.unknown], (group.by, group.name)
