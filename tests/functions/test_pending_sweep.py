"""The clock has published what a crash left."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from shared.kernel.errors import Retryable
from shared.ports.messages import Message
from tests.functions.conftest import Deployed
from tests.harness.call_world import JOE
from tests.harness.crash_harness import Died, Fuse
from tests.harness.sent_events import role_play


class Away:
    """The `Bus` port while Pub/Sub does not answer."""

    def publish(self, topic: str, messages: Sequence[Message]) -> None:
        raise Retryable("Pub/Sub does not answer")


def left_by_a_crash(deployed: Deployed) -> None:
    """Leaves facts about a person's ratings written and not published, long enough ago to be swept."""
    fact = deployed.recorded(role_play("e1", employee=JOE))
    with suppress(Died):
        deployed.deliver("rating_update", fact, Fuse(2))
    assert deployed.stored(f"ratings/{JOE}")["pending"]
    deployed.calls.world.clock.forward(minutes=10)


def test_facts_that_were_written_and_not_published_go_out(deployed: Deployed) -> None:
    left_by_a_crash(deployed)
    status, answer = deployed.deliver("pending_sweep", {})
    assert (status, answer["employees"]) == (200, 1)
    kinds = (
        "facts notices employees openings readiness publications reviews erasures moves transcripts evidence changes"
    )
    assert answer.keys() == {*kinds.split(), "listings", "readings", "expired"}
    assert not deployed.stored(f"ratings/{JOE}")["pending"]
    assert "skill-changed" in [topic for topic, _ in deployed.calls.world.facts]


def test_a_first_part_that_fails_starves_none_of_the_others_and_all_are_triggered_again(deployed: Deployed) -> None:
    left_by_a_crash(deployed)
    deployed.ports["bus"] = Away()
    assert deployed.deliver("pending_sweep", {})[0] == 503
    log = deployed.calls.world.log
    assert log.named("sweep.part_failed") == [{"part": "employees", "cause": "Retryable"}]
    assert deployed.stored("marks/transcripts-due-swept")["at"] == deployed.calls.world.clock.now()
    del deployed.ports["bus"]
    assert deployed.deliver("pending_sweep", {})[1]["employees"] == 1
