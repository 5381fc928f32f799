"""Every given/expect case, on DuckDB and on GoogleSQL's reference executor."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from infra.bigquery.catalogue import Catalogue, catalogue
from infra.local.duckdb_warehouse import DuckDBWarehouse, RawMessage
from tests.sql.cases import Case, cases, differences
from tests.sql.googlesql import GoogleSQL
from tests.sql.stopped_clock import StoppedClock

CASES = cases(catalogue())
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
KEYS = {
    "checks.ledger_reconciliation": ("day", "kind"),
    "questions.calibration_scores": ("competency", "person", "day"),
    "questions.blind_pairs": ("source", "review_id"),
}
"""Of what is no table: by what rows are told apart."""
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)


@each_case
def test_duckdb(case: Case, tables: Catalogue) -> None:
    warehouse = DuckDBWarehouse(":memory:", StoppedClock(case.as_of), tables)
    for address, rows in case.given.items():
        table = tables.tables[address]
        if table.refresh == "subscription":
            arrived = [RawMessage(row["message_id"], row["publish_time"], row["data"]) for row in rows]
            warehouse.ingest_raw(table.topic or "", arrived)
        else:
            warehouse.load(address, rows)
    dataset, name = case.table.split(".")
    if case.table in KEYS:
        key: tuple[str, ...] = KEYS[case.table]
        found = warehouse.check(name) if dataset == "checks" else warehouse.ask(name)
    else:
        key = tables.tables[case.table].key
        assert warehouse.refresh(case.table) == [case.table]
        found = warehouse.query(f"SELECT * FROM {case.table}")
    assert differences(case, key, found) == []
    if case.table in tables.tables:
        for column in tables.tables[case.table].columns:
            numbers = [number for row in found if isinstance(number := row[column.name], int | float)]
            assert column.measure is None or all(column.measure.holds(number) for number in numbers), column.name
    warehouse.close()


@pytest.mark.googlesql
@each_case
def test_googlesql(case: Case, tables: Catalogue, analyser: GoogleSQL) -> None:
    dataset, name = case.table.split(".")
    if case.table in KEYS:
        key: tuple[str, ...] = KEYS[case.table]
        sql: str | None = tables.check(name).sql if dataset == "checks" else tables.question(name)
    else:
        table = tables.tables[case.table]
        key, sql = table.key, table.sql
    given = {"as_of": case.as_of, "since": BEGINNING}
    for parameter, question in tables.tables[case.table].asks.items() if case.table in tables.tables else ():
        given[parameter] = analyser.run(question, case.given, given)[0][parameter]
    found = analyser.run(sql or "", case.given, given)
    assert differences(case, key, found) == []


def test_every_table_has_a_case(tables: Catalogue) -> None:
    assert {case.table for case in CASES} >= set(tables.order) | KEYS.keys()
