"""What is DuckDB's own behind the warehouse port."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from infra.bigquery.catalogue import Catalogue, Column, Table
from infra.local.duckdb_warehouse import DuckDBWarehouse, RawMessage
from tests.ports.warehouse_bench import NOW, Bench, bench, views
from tests.sql.stopped_clock import StoppedClock

__all__ = ["bench"]


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


class TestDuckDB:
    def test_what_was_written_is_there_after_a_restart(self, tmp_path: Path) -> None:
        path = tmp_path / "warehouse.duckdb"
        first = DuckDBWarehouse(path, StoppedClock())
        Bench(first, first, None).deliver("page-viewed", *views(2))
        first.refresh("page_viewed")
        first.close()
        second = DuckDBWarehouse(path, StoppedClock())
        Bench(second, second, None).deliver("page-viewed", *views(2, first=1), first=5)
        second.refresh("page_viewed")
        assert len(second.query("SELECT * FROM staging.page_viewed")) == 3
        second.close()

    def test_a_computed_table_of_another_shape_is_filled_again(self, tmp_path: Path) -> None:
        path = tmp_path / "warehouse.duckdb"
        first = DuckDBWarehouse(path, StoppedClock())
        Bench(first, first, None).deliver("page-viewed", *views(2))
        first.refresh("page_viewed")
        first._connection.execute("ALTER TABLE staging.page_viewed DROP COLUMN page")
        first._connection.execute("ALTER TABLE checks.ledger_counts DROP COLUMN counted_at")
        first.close()
        second = DuckDBWarehouse(path, StoppedClock())
        second.refresh("page_viewed")
        assert [row["page"] for row in second.query("SELECT page FROM staging.page_viewed")] == ["profile"] * 2
        second.load("checks.ledger_counts", [{"day": date(2026, 11, 24), "counted_at": NOW}])
        second.close()

    def test_a_full_table_with_nothing_new_is_filled_as_fast_as_the_first_time(self) -> None:
        """Replacing rows by a MERGE that never matches compares each with each: 40,000 rows take a minute."""
        number = Column("number", "INTEGER", "REQUIRED", "")
        given = Table("checks.given", "load", "", "", ("number",), (number,))
        copied = Table("marts.copied", "full", "", "", ("number",), (number,), sql="SELECT number FROM checks.given")
        warehouse = DuckDBWarehouse(":memory:", StoppedClock(), Catalogue([given, copied]))
        warehouse.load("checks.given", [{"number": number} for number in range(40_000)])
        times = [timed(warehouse.refresh) for _ in range(3)]
        assert warehouse.query("SELECT COUNT(*) AS many FROM marts.copied") == [{"many": 40_000}]
        assert min(times[1:]) < 10 * times[0] + 0.2
        warehouse.close()

    @pytest.mark.parametrize("data", ["{", "[]", "null", '"text"', '{"a": "\\ud800"}', ""])
    def test_what_is_not_a_json_object_is_refused_and_stops_nobody(self, data: str) -> None:
        warehouse = DuckDBWarehouse(":memory:", StoppedClock())
        good = RawMessage("good", NOW, views(1)[0].model_dump(mode="json"))
        with pytest.raises(ValueError, match="1 of 2"):
            warehouse.ingest_raw("page-viewed", [good, RawMessage("bad", NOW, data)])
        assert warehouse.query("SELECT * FROM raw.page_viewed") == []
        warehouse.ingest_raw("page-viewed", [good])
        warehouse.refresh()
        assert len(warehouse.query("SELECT * FROM staging.page_viewed")) == 1
        warehouse.close()

    def test_pages_are_read_while_messages_come_and_refreshes_run(self) -> None:
        warehouse = DuckDBWarehouse(":memory:", StoppedClock())
        bench = Bench(warehouse, warehouse, None)
        failures: list[BaseException] = []

        def repeated(work: Any) -> None:
            try:
                for number in range(15):
                    work(number)
            except BaseException as error:
                failures.append(error)

        works = [
            lambda number: bench.deliver("page-viewed", *views(20, first=20 * number), first=20 * number),
            lambda number: warehouse.refresh("page_viewed"),
            lambda number: warehouse.refresh("success_metrics"),
            lambda number: warehouse.mart("success_metrics"),
        ]
        threads = [threading.Thread(target=repeated, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        warehouse.refresh()
        assert warehouse.query("SELECT COUNT(*) AS n FROM staging.page_viewed") == [{"n": 300}]
        warehouse.close()
