"""The clock fills the warehouse's tables, and has the ledger's counts compared with them once a day."""

from __future__ import annotations

from typing import Any

from shared.kernel.errors import Retryable
from shared.ports.warehouse import TooMuchToRead
from tests.functions.conftest import Deployed


class Shelf:
    """The `Warehouse` port, as far as a refresh needs it. differing: days that the comparison finds"""

    def __init__(self, differing: list[dict[str, Any]]) -> None:
        self.differing, self.loaded = differing, [dict[str, Any]()]
        self.away = False
        self.tables: list[str] = []
        self.first: dict[str, list[dict[str, Any]]] = {}
        self.noted: list[dict[str, Any]] = [{"employee_first_hours": 48.0}]
        self.refused: list[str] = []

    def refresh(self) -> list[str]:
        if self.away:
            raise Retryable("BigQuery does not answer")
        tables = ["staging.audit_recorded", "marts.skill_coverage"]
        if self.refused:
            raise TooMuchToRead(self.refused, [one for one in tables if one not in self.refused])
        return tables

    def query(self, sql: str, parameters: object = None) -> list[dict[str, Any]]:
        return self.noted if "employee_first_hours" in sql else [{"day": None, "counted": 0}]

    def load(self, table: str, rows: list[dict[str, Any]]) -> None:
        self.loaded = rows
        self.tables.append(table)
        self.first.setdefault(table, rows)

    def check(self, name: str) -> list[dict[str, Any]]:
        return self.differing


def test_the_tables_are_told_and_a_difference_alerts(deployed: Deployed) -> None:
    shelf = Shelf([{"day": "2026-03-03", "kind": "field", "staged_events": 2, "repaired": 0}])
    deployed.ports["warehouse"] = shelf
    status, answer = deployed.deliver("warehouse_refresh", {})
    assert (status, answer) == (200, {"tables": shelf.refresh(), "differences": 1, "counted": 0, "refused": []})
    assert {row["day"] for row in shelf.loaded} == {"2026-03-03"}
    assert len(deployed.calls.world.log.named("ledger.differs")) == 1


def test_a_warehouse_that_is_away_is_asked_again(deployed: Deployed) -> None:
    deployed.ports["warehouse"] = shelf = Shelf([])
    shelf.away = True
    assert deployed.deliver("warehouse_refresh", {})[0] == 503


def test_the_warehouse_is_told_for_how_long_calls_are_closed_and_only_what_is_new(deployed: Deployed) -> None:
    for noted, told in (
        ([], ["staging.review_settings"]),
        ([{"employee_first_hours": 24.0}], ["staging.review_settings"]),
        ([{"employee_first_hours": 48.0}], []),
    ):
        shelf = Shelf([])
        shelf.noted = noted
        deployed.ports["warehouse"] = shelf
        assert deployed.deliver("warehouse_refresh", {})[0] == 200
        assert [table for table in shelf.tables if table != "checks.ledger_counts"] == told
        if told:
            assert shelf.first[told[0]][0]["employee_first_hours"] == 48


def test_a_table_that_would_read_too_much_alerts_and_stops_nothing_else(deployed: Deployed) -> None:
    deployed.ports["warehouse"] = shelf = Shelf([])
    shelf.refused = ["marts.skill_coverage"]
    status, answer = deployed.deliver("warehouse_refresh", {})
    assert status == 200
    assert (answer["tables"], answer["refused"]) == (["staging.audit_recorded"], ["marts.skill_coverage"])
    assert {row["day"] for row in shelf.loaded} == {"2026-03-03"}
    (line,) = deployed.calls.world.log.named("warehouse.refused")
    assert line == {"table": "marts.skill_coverage"}
    assert ("warehouse.refused", "ERROR", line) in deployed.calls.world.log.lines
