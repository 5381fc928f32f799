"""A task does the next part of one person's erasure, until nothing of the person is left."""

from __future__ import annotations

from typing import Any

from tests.functions.conftest import Deployed
from tests.functions.test_health_check import Letters
from tests.harness.call_world import JOE
from tests.harness.crash_harness import ADMINISTRATOR
from tests.harness.sent_events import role_play


class Shelf:
    """The `Warehouse` port, as far as an erasure needs it."""

    def __init__(self) -> None:
        self.erased: list[str] = []

    def mentions(self, employee_id: str) -> dict[str, int]:
        return {"staging.audit_recorded": 1}

    def erase(self, employee_id: str, instead: str) -> None:
        self.erased.append(employee_id)


def test_a_person_is_gone_when_the_tasks_are_done(deployed: Deployed) -> None:
    shelf, world = Shelf(), deployed.calls.world
    deployed.ports |= {"dead_letters": Letters(), "warehouse": shelf}
    deployed.recorded(role_play("e1", employee=JOE))
    path, body = f"/api/v1/employees/{JOE}/erasure", {"employee_id": JOE}
    status, run = deployed.ask("skills_api", "POST", path, body, who=ADMINISTRATOR.email)
    assert status == 202, run
    state: Any = None
    for _ in range(10):
        status, answer = deployed.deliver("erase_person", {"run_id": run["run_id"]})
        assert status == 200
        state = answer["state"]
        world.clock.forward(hours=3)
        if state == "finished":
            break
    assert state == "finished"
    assert JOE in shelf.erased
    assert world.store.get(f"states/{JOE}") is None
    assert world.store.get(f"employees/{JOE}") is None


def test_a_task_that_cannot_be_read_is_quarantined(deployed: Deployed) -> None:
    assert deployed.deliver("erase_person", {}) == (200, None)
    assert deployed.quarantined() == ["erase_person"]
