"""What is BigQuery's own behind the warehouse port."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar

import pytest

from infra.bigquery.catalogue import catalogue
from infra.gcp.bigquery import BigQueryWarehouse
from infra.local.duckdb_warehouse import DuckDBWarehouse
from shared.kernel.errors import Retryable
from shared.ports.warehouse import TooMuchToRead
from tests.harness.bigquery_server import bigquery_server, client_at
from tests.ports.warehouse_bench import NOW, Bench, views
from tests.sql.stopped_clock import StoppedClock


@pytest.fixture
def cloud() -> Iterator[Bench]:
    local = DuckDBWarehouse(":memory:", StoppedClock())
    with bigquery_server(local) as (url, google):
        yield Bench(
            BigQueryWarehouse("demo", StoppedClock(), location="EU", client=client_at(url), patience=0.5), local, google
        )
    local.close()


class TestBigQuery:
    COUNTED: ClassVar[dict[str, Any]] = {"day": date(2026, 11, 24), "kind": "field", "events": 2, "counted_at": NOW}

    def counts(self, cloud: Bench) -> int:
        return len(cloud.local.query("SELECT day FROM checks.ledger_counts"))

    def test_parameters_and_limits_are_sent_typed(self, cloud: Bench) -> None:
        assert cloud.google is not None
        cloud.warehouse.query("SELECT @n AS n FROM marts.success_metrics AS m", {"n": 3})
        [query] = cloud.google.queries
        assert query["query"] == "SELECT @n AS n FROM `demo.marts.success_metrics` AS m"
        assert query["useLegacySql"] is False
        assert query["parameterMode"] == "NAMED"
        assert query["queryParameters"] == [
            {"name": "n", "parameterType": {"type": "INT64"}, "parameterValue": {"value": "3"}}
        ]
        assert int(query["maximumBytesBilled"]) == 50 * 2**30

    def test_the_limit_is_a_setting_and_holds_for_no_erasure_and_no_move(self, cloud: Bench) -> None:
        assert cloud.google is not None
        client = cloud.warehouse._client  # type: ignore[attr-defined]
        strict = BigQueryWarehouse("demo", StoppedClock(), client=client, most_gigabytes=3, patience=0.5)
        strict.refresh("page_viewed")
        strict.ask("blind_pairs")
        assert {int(query["maximumBytesBilled"]) for query in cloud.google.queries} == {3 * 2**30}
        cloud.google.queries.clear()
        strict.mentions("ann@x.test")
        strict.erase("ann@x.test", "erased-1")
        strict.move("bob@x.test", "robert@x.test")
        assert not any("maximumBytesBilled" in query for query in cloud.google.queries)

    def test_a_table_that_would_read_too_much_stops_no_other(self, cloud: Bench) -> None:
        assert cloud.google is not None
        first, *others = catalogue().order
        cloud.google.refusals = [(400, "bytesBilledLimitExceeded")]
        with pytest.raises(TooMuchToRead) as error:
            cloud.warehouse.refresh()
        assert (error.value.refused, error.value.filled) == ([first], others)
        cloud.google.refusals = [(400, "bytesBilledLimitExceeded")]
        with pytest.raises(TooMuchToRead):
            cloud.warehouse.query("SELECT 1 AS one")
        assert cloud.warehouse.refresh() == [first, *others]

    def test_partitions_are_left_out_by_a_day_that_is_given(self, cloud: Bench) -> None:
        assert cloud.google is not None
        cloud.warehouse.refresh("current_skills")
        asked, filled = cloud.google.queries
        assert asked["query"].startswith("SELECT COALESCE(MAX(as_of)")
        [given] = filled["queryParameters"]
        assert (given["name"], given["parameterType"]["type"]) == ("newest_day", "DATE")
        assert given["parameterValue"]["value"] == "1970-01-01"

    def test_the_incremental_statement_looks_back_behind_the_newest_message(self, cloud: Bench) -> None:
        assert cloud.google is not None
        cloud.deliver("page-viewed", *views(1))
        cloud.warehouse.refresh("page_viewed")
        cloud.warehouse.refresh("page_viewed")
        since = [
            query["queryParameters"][0]["parameterValue"]["value"]
            for query in cloud.google.queries
            if query["query"].startswith("MERGE")
        ]
        assert since[0].startswith("1970-01-01")
        assert since[1].startswith("2026-11-17 08:00:00")

    def test_a_load_whose_answer_was_lost_is_done_once(self, cloud: Bench) -> None:
        assert cloud.google is not None
        cloud.google.lost = 1
        cloud.warehouse.load("checks.ledger_counts", [self.COUNTED])
        cloud.warehouse.load("checks.ledger_counts", [self.COUNTED])
        assert self.counts(cloud) == 1
        [job_id] = cloud.google.jobs
        assert job_id.startswith("load-ledger_counts-")
        cloud.warehouse.load("checks.ledger_counts", [self.COUNTED | {"events": 3}])
        assert self.counts(cloud) == 2

    def test_a_load_that_failed_can_be_repeated(self, cloud: Bench) -> None:
        assert cloud.google is not None
        cloud.google.failing = 1
        with pytest.raises(Retryable):
            cloud.warehouse.load("checks.ledger_counts", [self.COUNTED])
        cloud.warehouse.load("checks.ledger_counts", [self.COUNTED])
        assert self.counts(cloud) == 1

    @pytest.mark.parametrize(
        ("status", "reason"),
        [(403, "rateLimitExceeded"), (403, "quotaExceeded"), (503, "backendError"), (500, "internalError")],
    )
    def test_what_passes_by_itself_is_retryable(self, cloud: Bench, status: int, reason: str) -> None:
        assert cloud.google is not None
        cloud.google.refusals = [(status, reason)] * 20
        with pytest.raises(Retryable):
            cloud.warehouse.query("SELECT 1 AS one")

    def test_rows_that_were_streamed_in_lately_ask_for_patience(self, cloud: Bench) -> None:
        assert cloud.google is not None
        message = "UPDATE or DELETE statement over table would affect rows in the streaming buffer"
        cloud.google.refusals = [(400, message)]
        with pytest.raises(Retryable, match="streamed in lately") as error:
            cloud.warehouse.erase("ann@x.test", "erased-1")
        assert error.value.after_seconds == 5400

    def test_a_short_refusal_is_not_noticed(self, cloud: Bench) -> None:
        assert cloud.google is not None
        patient = BigQueryWarehouse("demo", StoppedClock(), client=cloud.warehouse._client, patience=20)  # type: ignore[attr-defined]
        cloud.google.refusals = [(403, "rateLimitExceeded")]
        assert patient.query("SELECT 1 AS one") == [{"one": 1}]

    def test_what_is_forbidden_is_not_retried(self, cloud: Bench) -> None:
        from google.api_core.exceptions import Forbidden

        assert cloud.google is not None
        cloud.google.refusals = [(403, "accessDenied")]
        with pytest.raises(Forbidden):
            cloud.warehouse.query("SELECT 1 AS one")

    def test_datasets_may_have_other_names(self, cloud: Bench) -> None:
        assert cloud.google is not None
        named = BigQueryWarehouse(
            "demo",
            StoppedClock(),
            datasets={"marts": "skills_marts"},
            client=cloud.warehouse._client,  # type: ignore[attr-defined]
            patience=0.5,
        )
        with pytest.raises(Exception, match="skills_marts"):
            named.mart("skill_coverage")
        assert "`demo.skills_marts.skill_coverage`" in cloud.google.queries[0]["query"]
