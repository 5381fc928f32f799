"""The clock has what is noise in scores learnt anew."""

from __future__ import annotations

from typing import Any

from shared.kernel.errors import Retryable
from tests.functions.conftest import Deployed


class Answers:
    """The `Warehouse` port, as far as a calibration needs it. away: it does not answer"""

    def __init__(self, pairs: list[dict[str, Any]]) -> None:
        self.pairs, self.away = pairs, False

    def ask(self, question: str) -> list[dict[str, Any]]:
        if self.away:
            raise Retryable("BigQuery does not answer")
        return self.pairs if question == "blind_pairs" else []


def test_what_has_changed_is_published_once(deployed: Deployed) -> None:
    pairs = [{"source": "gong", "review_id": f"r{number}", "difference": 5.0} for number in range(40)]
    deployed.ports["warehouse"] = Answers(pairs)
    first = {"version": 2, "changed": True, "scores": 0, "pairs": 40}
    assert deployed.deliver("calibration", {}) == (200, first)
    assert deployed.deliver("calibration", {}) == (200, {**first, "changed": False})
    assert deployed.stored("parameters/current")["scorers"]["gong"]["pairs"] == 40
    assert [line["version"] for line in deployed.calls.world.log.named("ratings.calibrated")] == [2, 2]


def test_a_warehouse_that_is_away_is_asked_again(deployed: Deployed) -> None:
    deployed.ports["warehouse"] = answers = Answers([])
    answers.away = True
    assert deployed.deliver("calibration", {})[0] == 503
