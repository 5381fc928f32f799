"""The clock asks every integration whether it answers."""

from __future__ import annotations

from typing import Any

from shared.ports.documents import Put
from tests.functions.conftest import Deployed


class Letters:
    """The `DeadLetters` port, with none."""

    def list(self, *, limit: int = 100, subscription: str | None = None) -> list[Any]:
        return []


def test_the_report_is_answered_and_kept(deployed: Deployed) -> None:
    deployed.ports["dead_letters"] = Letters()
    deployed.calls.model = None
    status, answer = deployed.deliver("health_check", {})
    assert status == 200
    assert {one["name"]: one["state"] for one in answer["integrations"]}["Gong"] == "not_configured"
    assert deployed.stored("health/latest")["state"] == answer["state"]


def test_what_no_list_can_show_is_logged_without_its_id(deployed: Deployed) -> None:
    deployed.ports["dead_letters"] = Letters()
    deployed.calls.model = None
    damaged = {"employee_id": "mia@example.com", "name": None}
    deployed.calls.world.store.commit([Put("employees/mia@example.com", damaged)])
    status, _ = deployed.deliver("health_check", {})
    assert status == 200
    (line,) = deployed.calls.world.log.named("record.unreadable")
    assert line["collection"] == "employees"
    assert "mia" not in str(line)
