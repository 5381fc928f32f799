"""A task rates a shard of employees anew."""

from __future__ import annotations

from tests.functions.conftest import Deployed
from tests.harness.call_world import JOE, MIA
from tests.harness.sent_events import role_play


def test_all_of_the_shard_are_rated(deployed: Deployed) -> None:
    for person in (JOE, MIA):
        deployed.recorded(role_play(f"of-{person}", employee=person))
    status, _ = deployed.deliver("recalculate_shard", {"employee_ids": [JOE, MIA]})
    assert status == 200
    assert {deployed.stored(f"ratings/{person}")["employee_id"] for person in (JOE, MIA)} == {JOE, MIA}


def test_a_task_that_cannot_be_read_is_quarantined(deployed: Deployed) -> None:
    assert deployed.deliver("recalculate_shard", {"employee_ids": "joe"}) == (200, None)
    assert deployed.quarantined() == ["recalculate_shard"]
