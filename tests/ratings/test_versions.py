"""Which version of a framework, of parameters or of a state may write."""

from __future__ import annotations

import pytest

from shared.kernel.errors import Retryable
from shared.observations.state_records import States
from shared.ports.documents import Merge, Put
from shared.ratings.domain.skill_rating import from_text
from tests.harness.crash_harness import ADMINISTRATOR, CrashHarness
from tests.harness.sent_events import role_play
from tests.ratings.nights import JOE, STRICTER, Interrupted, data, world

__all__ = ["world"]


class TestVersions:
    def test_what_an_instance_remembers_never_replaces_what_a_newer_one_wrote(self, world: CrashHarness) -> None:
        world.process().record(*[role_play(f"p{n}", score=85) for n in range(3)])
        old = world.process()
        old.ratings.update(JOE)
        assert data(world, f"ratings/{JOE}")["framework_version"] == 1
        world.process().change_skills.change("sales_engineering", "discovery", STRICTER, ADMINISTRATOR)
        world.deliver()
        assert data(world, f"ratings/{JOE}")["framework_version"] == 2
        world.process().record(role_play("p4", score=86))
        old.ratings.update(JOE)
        now = data(world, f"ratings/{JOE}")
        assert now["framework_version"] == 2
        assert [row.status for row in from_text(now["skills"]) if row.key == ("discovery", "")] == ["in_progress"]

    def test_a_recalculation_follows_the_rule_whatever_its_instance_remembers(self, world: CrashHarness) -> None:
        world.process().record(*[role_play(f"p{n}", score=85) for n in range(3)])
        world.deliver()
        remembering = world.process()
        remembering.recalculate_shard({"employee_ids": [JOE]})
        world.process().change_skills.change("sales_engineering", "discovery", STRICTER, ADMINISTRATOR)
        while world.tasks:
            remembering.recalculation_task(world.tasks.pop(0)[1])
        assert data(world, f"ratings/{JOE}")["framework_version"] == 2

    @pytest.mark.parametrize("what", ["framework", "parameters"])
    def test_where_only_an_older_one_can_be_read_the_message_comes_again(self, world: CrashHarness, what: str) -> None:
        world.process().record(role_play("p1"), role_play("p2"))
        world.deliver()
        world.store.commit([Merge(f"ratings/{JOE}", {f"{what}_version": 9})])
        world.process().record(role_play("p3"))
        kept = data(world, f"ratings/{JOE}")
        with pytest.raises(Retryable):
            world.process().ratings.update(JOE)
        assert data(world, f"ratings/{JOE}") == kept

    def test_new_parameters_are_followed_and_the_old_ones_refused(self, world: CrashHarness) -> None:
        world.process().record(role_play("p1"), role_play("p2"))
        old = world.process()
        old.ratings.update(JOE)
        wide = data(world, f"ratings/{JOE}")["skills"]
        world.store.commit([Put("parameters/current", {"version": 2, "default": {"practice": 4.0}})])
        world.process().ratings.update(JOE)
        assert data(world, f"ratings/{JOE}")["parameters_version"] == 2
        assert data(world, f"ratings/{JOE}")["skills"] != wide
        world.process().record(role_play("p3"))
        old.ratings.update(JOE)
        assert data(world, f"ratings/{JOE}")["parameters_version"] == 2

    def test_an_older_state_does_not_replace_a_newer_one(self, world: CrashHarness) -> None:
        world.process().record(role_play("p1"), role_play("p2"))
        stale = States(world.store).get(JOE)
        assert stale is not None
        world.process().record(role_play("p3"))
        world.process().ratings.update(JOE)
        kept = data(world, f"ratings/{JOE}")
        outcome = world.process().ratings.update_from(stale, passing_of_time=True)
        assert (outcome.outdated, outcome.changed, outcome.revision) == (True, False, kept["revision"])
        assert data(world, f"ratings/{JOE}") == kept

    def test_a_snapshot_under_a_revision_shows_what_that_revision_made(self, world: CrashHarness) -> None:
        """An event arrives, and is rated, while the night is at work with the state before it."""
        world.process().record(role_play("p1"), role_play("p2"))
        world.deliver()
        world.clock.forward(days=1)
        process = world.process()
        process.shard._states = States(
            Interrupted(
                world.store, lambda: (world.process().record(role_play("p3")), world.process().ratings.update(JOE))
            )
        )
        process.recalculate_shard({"employee_ids": [JOE], "nightly": True})
        (snapshot,) = [fact for topic, fact in world.facts if topic == "ratings-snapshotted"]
        assert snapshot["revision"] == data(world, f"ratings/{JOE}")["revision"]
        assert snapshot["skills"][0]["validation_events"] == 3
