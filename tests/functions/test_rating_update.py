"""A recorded observation changes a rating: once, however often it is delivered."""

from __future__ import annotations

from tests.functions.conftest import Deployed
from tests.harness.call_world import JOE
from tests.harness.sent_events import role_play


def test_the_rating_follows_the_observation(deployed: Deployed) -> None:
    fact = deployed.recorded(role_play("e1", employee=JOE))
    assert deployed.again_after_a_failure("rating_update", fact) == (200, None)
    revision = deployed.stored(f"ratings/{JOE}")["revision"]
    assert deployed.deliver("rating_update", fact) == (200, None)
    assert deployed.stored(f"ratings/{JOE}")["revision"] == revision
    assert [topic for topic, _ in deployed.calls.world.facts].count("skill-changed") == 1


def test_what_is_no_observation_is_quarantined_and_blocks_nobody(deployed: Deployed) -> None:
    assert deployed.deliver("rating_update", {"employee_id": 7}) == (200, None)
    assert deployed.quarantined() == ["rating_update"]
