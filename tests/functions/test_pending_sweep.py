"""The clock has published what a crash left."""

from __future__ import annotations

from contextlib import suppress

from tests.functions.conftest import Deployed
from tests.harness.call_world import JOE
from tests.harness.world import Died, Fuse, role_play


def test_facts_that_were_written_and_not_published_go_out(deployed: Deployed) -> None:
    fact = deployed.recorded(role_play("e1", employee=JOE))
    with suppress(Died):
        deployed.deliver("rating_update", fact, Fuse(2))
    assert deployed.stored(f"ratings/{JOE}")["pending"]
    deployed.calls.world.clock.forward(minutes=10)
    status, answer = deployed.deliver("pending_sweep", {})
    assert (status, answer["employees"]) == (200, 1)
    assert answer.keys() == {"employees", "publications", "reviews", "erasures", "transcripts"}
    assert not deployed.stored(f"ratings/{JOE}")["pending"]
    assert "skill-changed" in [topic for topic, _ in deployed.calls.world.facts]
