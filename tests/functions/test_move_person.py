"""A task does the next part of one person's move to another id, until the former id is nobody's any more."""

from __future__ import annotations

from tests.functions.conftest import Deployed
from tests.harness.call_world import JOE
from tests.harness.crash_harness import ADMINISTRATOR
from tests.harness.sent_events import role_play

NEW = "joe.new@augmentcode.com"


class Shelf:
    """The `Warehouse` port, as far as a move needs it."""

    def __init__(self) -> None:
        self.moved: list[tuple[str, str]] = []

    def move(self, employee_id: str, to: str) -> None:
        self.moved.append((employee_id, to))


def test_a_person_has_moved_when_the_tasks_are_done(deployed: Deployed) -> None:
    shelf, world = Shelf(), deployed.calls.world
    deployed.ports |= {"warehouse": shelf}
    deployed.recorded(role_play("e1", employee=JOE))
    path, body = f"/api/v1/employees/{JOE}/rename", {"new_id": NEW, "reason": "Took another name"}
    status, run = deployed.ask("skills_api", "POST", path, body, who=ADMINISTRATOR.email)
    assert status == 202, run
    states = []
    for _ in range(2):
        status, answer = deployed.deliver("move_person", {"run_id": run["run_id"]})
        assert status == 200
        states.append(answer["state"])
        world.clock.forward(hours=3)
    assert states == ["waiting", "finished"]
    assert shelf.moved == [(JOE, NEW)] * 2
    assert world.store.get(f"states/{JOE}") is None
    state = world.store.get(f"states/{NEW}")
    assert state is not None
    assert len(state.data["observations"]) == 1


def test_a_task_that_cannot_be_read_is_quarantined(deployed: Deployed) -> None:
    assert deployed.deliver("move_person", {}) == (200, None)
    assert deployed.quarantined() == ["move_person"]
