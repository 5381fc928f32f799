"""The clock asks every integration whether it answers."""

from __future__ import annotations

from typing import Any

from tests.functions.conftest import Deployed


class Letters:
    """The `DeadLetters` port, with none."""

    def list(self, limit: int = 100) -> list[Any]:
        return []


def test_the_report_is_answered_and_kept(deployed: Deployed) -> None:
    deployed.ports["dead_letters"] = Letters()
    deployed.calls.model = None
    status, answer = deployed.deliver("health_check", {})
    assert status == 200
    assert {one["name"]: one["state"] for one in answer["integrations"]}["Gong"] == "not_configured"
    assert deployed.stored("health/latest")["state"] == answer["state"]
