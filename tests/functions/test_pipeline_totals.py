"""The clock has open deals counted, and once a day what was prepared for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared.kernel.errors import Retryable
from tests.functions.conftest import Deployed
from tests.functions.test_skill_assignments import weak
from tests.functions.test_skill_webhooks import FACT


class Shelf:
    """The `Warehouse` port, as far as a count needs it."""

    def __init__(self) -> None:
        self.away = False
        self.rows: list[Mapping[str, Any]] = []

    def load(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        if self.away:
            raise Retryable("BigQuery does not answer")
        self.rows += rows


def test_deals_are_counted_however_often_the_clock_asks(deployed: Deployed) -> None:
    deployed.ports["warehouse"] = Shelf()
    status, answer = deployed.again_after_a_failure("pipeline_totals", {})
    assert (status, answer["deals"], answer["leaders"], answer["activities"]) == (200, 0, 0, 0)


def test_a_warehouse_that_is_away_is_asked_again(deployed: Deployed) -> None:
    weak(deployed)
    assert deployed.deliver("skill_assignments", FACT) == (200, None)
    deployed.ports["warehouse"] = shelf = Shelf()
    shelf.away = True
    assert deployed.deliver("pipeline_totals", {})[0] == 503
    shelf.away = False
    assert deployed.deliver("pipeline_totals", {})[1]["activities"] == 1
    assert [one["state"] for one in shelf.rows] == ["open"]
