"""What the nights find, what the passing of time tells, what a sweep rescues, and which version may write."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.kernel.days import day_of
from shared.kernel.errors import NotFound, Retryable
from shared.observations.state_records import States
from shared.ports.documents import DELETE_FIELD, Delete, Merge, Query
from shared.ratings.domain import readiness
from shared.ratings.domain.projection import Projection, project
from shared.ratings.domain.skill_rating import SkillRating, from_text, to_text
from shared.ratings.usecases.recalculate_shard import ShardCounts
from shared.ratings.usecases.skill_facts import skill_state
from tests.harness.crash_harness import ADMINISTRATOR, CrashHarness, Fuse, tamper, unavailable
from tests.harness.sent_events import NOON, call, role_play
from tests.ratings.builders import framework
from tests.ratings.nights import FRAMEWORK, JOE, MIA, PEOPLE, SAM, STRICTER, Interrupted, data, night, world

__all__ = ["world"]


def changes(world: CrashHarness, employee_id: str = JOE) -> list[dict[str, Any]]:
    return [fact for fact in world.told("skill-changed") if fact["employee_id"] == employee_id]


def test_a_run_whose_shards_have_expired_does_not_seem_to_go_on(world: CrashHarness) -> None:
    done = night(world)
    assert done.state == "finished"
    world.clock.forward(days=89)
    assert world.process().recalculate.progress(done.run_id).state == "finished"
    world.clock.forward(days=1)
    for shard in world.store.query(Query("recalculation_shards")):
        assert shard.data["expires_at"] <= world.clock.now()
        world.store.commit([Delete(shard.path)])
    with pytest.raises(NotFound, match="of the last 90 days"):
        world.process().recalculate.progress(done.run_id)


class TestThePassingOfTime:
    def test_tells_changes_of_status_confidence_tier_and_discrepancy_and_nothing_else(
        self, world: CrashHarness
    ) -> None:
        process = world.process()
        process.record(*[role_play(f"p{n}", score=82, at=NOON - timedelta(days=n)) for n in range(4)])
        process.record(call("c1", scores={"product_knowledge": 70}, industry="retail"))
        world.deliver()
        parameters = process.configuration.parameters()
        entries = data(world, f"states/{JOE}")["observations"]
        yesterday = project(entries, FRAMEWORK, parameters, day_of(NOON))
        world.facts.clear()
        told = 0
        for _ in range(200):
            world.clock.forward(days=1)
            before = len(changes(world))
            night(world)
            today = project(entries, FRAMEWORK, parameters, day_of(world.clock.now()))
            expected = {row.key for row in today} & {
                row.key
                for row in today
                for old in yesterday
                if old.key == row.key and told_about(old) != told_about(row)
            }
            published = changes(world)[before:]
            assert len(published) <= 1
            found = {(s["competency"], context_text(s)) for fact in published for s in fact["skills"]}
            assert found >= expected
            assert found - expected <= {row.key for row in yesterday} - {row.key for row in today}
            told += len(published)
            yesterday = today
            snapshot = [fact for topic, fact in world.facts if topic == "ratings-snapshotted"][-3:]
            assert {fact["employee_id"] for fact in snapshot} == set(PEOPLE)
            assert all(fact["as_of"] == world.clock.now().date().isoformat() for fact in snapshot)
        statuses = [
            s["status"]
            for f in changes(world)
            for s in f["skills"]
            if (s["competency"], s["context"]) == ("discovery", {})
        ]
        assert "expired" in statuses
        assert 2 <= told <= 12

    def test_is_not_what_happened_when_an_event_came_first(self, world: CrashHarness) -> None:
        """The night reads a new event's state before the event's message is delivered: its change must be told."""
        world.process().record(role_play("p1", score=81), role_play("p2", score=83))
        world.deliver()
        world.process().record(role_play("p3", score=84))
        night(world)
        world.deliver()
        assert changes(world)[-1]["skills"][0]["validation_events"] == 3
        assert picture_is_right(world)

    def test_is_not_what_happened_when_a_rule_was_published(self, world: CrashHarness) -> None:
        world.process().record(*[role_play(f"p{n}", score=85) for n in range(3)])
        world.deliver()
        world.process().change_skills.add_alias("sales_engineering", "discovery", "needs_analysis", ADMINISTRATOR)
        process = world.process()
        process.change_skills.change("sales_engineering", "discovery", STRICTER, ADMINISTRATOR)
        world.deliver()
        last = changes(world)[-1]
        assert (last["framework_version"], last["skills"][0]["status"]) == (3, "in_progress")
        assert picture_is_right(world)

    def test_a_word_that_gets_a_meaning_moves_ratings_within_a_tier_and_tells(self, world: CrashHarness) -> None:
        world.process().record(
            role_play("p1", score=82), role_play("p2", score=84), role_play("p3", score=88, competency="digging")
        )
        world.deliver()
        before = len(changes(world))
        world.process().change_skills.add_alias("sales_engineering", "discovery", "digging", ADMINISTRATOR)
        world.deliver()
        (change,) = changes(world)[before:]
        (general,) = [s for s in change["skills"] if not s["context"] and s["competency"] == "discovery"]
        assert general["validation_events"] == 3
        assert picture_is_right(world)


def told_about(row: SkillRating) -> tuple[Any, ...]:
    return row.status, row.confidence, readiness.tier(row.rating), row.discrepancy


def context_text(skill: dict[str, Any]) -> str:
    return "&".join(f"{name}={value}" for name, value in skill["context"].items())


def picture_is_right(world: CrashHarness, employee_id: str = JOE) -> bool:
    """Whether who keeps the highest revision believes what the ratings say."""
    rows = from_text(data(world, f"ratings/{employee_id}")["skills"])
    expected = {
        (employee_id, row.competency, json.dumps(stands["context"], sort_keys=True)): stands
        for row in rows
        if row.basis != "none" or row.pending_review
        for stands in [skill_state(row).model_dump(mode="json")]
    }
    shown = {
        k: s
        for k, s in world.picture().items()
        if k[0] == employee_id and (s["basis"] != "none" or s["held_observations"])
    }
    return shown == expected


class TestWhoFollows:
    def test_learns_that_a_correction_took_a_contexts_last_observation(self, world: CrashHarness) -> None:
        world.process().record(call("c1", source_id="s", scores={"discovery": 90}, industry="retail", analysis=1))
        world.deliver()
        assert (JOE, "discovery", '{"industry": "retail"}') in world.picture()
        world.process().record(call("c2", source_id="s", scores={"product_knowledge": 60}, analysis=2))
        world.deliver()
        gone = world.picture()[JOE, "discovery", '{"industry": "retail"}']
        assert (gone["current_rating"], gone["basis"], gone["status"]) == (None, "none", "not_started")
        assert picture_is_right(world)

    def test_learns_of_a_person_who_moved_to_a_younger_framework(self, world: CrashHarness) -> None:
        other = replace(FRAMEWORK, framework_id="cable_jointing", version=1)
        world.process().publish_frameworks.install(other, ADMINISTRATOR)
        for _ in range(2):
            version = world.process().skills.framework(ADMINISTRATOR, "sales_engineering").version
            world.process().change_skills.add_alias("sales_engineering", "discovery", f"word{version}", ADMINISTRATOR)
        world.process().record(role_play("p1"), role_play("p2"))
        world.deliver()
        assert data(world, f"ratings/{JOE}")["framework_version"] == 3
        world.process().people.import_people.from_csv(
            ADMINISTRATOR, f"name,email,framework\nJoe,{JOE},cable_jointing\n".encode()
        )
        assert world.process().ratings.update(JOE) is not None
        now = data(world, f"ratings/{JOE}")
        assert (now["framework_id"], now["framework_version"]) == ("cable_jointing", 1)
        assert changes(world)[-1]["framework_id"] == "cable_jointing"


class TestTheSweep:
    def test_publishes_what_a_crash_left_and_only_that(self, world: CrashHarness) -> None:
        world.process().record(
            role_play("p1"), role_play("p2"), role_play("m1", employee=MIA), role_play("m2", employee=MIA)
        )
        world.process().ratings.update(MIA)
        with pytest.raises(Retryable):
            # Written, and dead before the publication.
            world.process(Fuse(2, unavailable)).ratings.update(JOE)
        assert changes(world) == []
        assert world.process().publish_pending.sweep() == 0, "what is fresh may be on its way"
        world.clock.forward(minutes=3)
        assert world.process().publish_pending.sweep() == 1
        assert [fact["revision"] for fact in changes(world)] == [1]
        assert data(world, f"ratings/{JOE}")["pending"] == {}
        assert len(changes(world, MIA)) == 1
        assert world.process().publish_pending.sweep() == 0

    def test_what_is_older_is_published_by_the_night(self, world: CrashHarness) -> None:
        world.process().record(role_play("p1"), role_play("p2"))
        with pytest.raises(Retryable):
            world.process(Fuse(2, unavailable)).ratings.update(JOE)
        world.clock.forward(hours=20)
        assert world.process().publish_pending.sweep() == 0
        night(world)
        assert changes(world)[0]["revision"] == 1


class TestTogether:
    """A shard's people are rated at once, and alone only where that does not work."""

    def test_nobody_is_rated_alone(self, world: CrashHarness, monkeypatch: pytest.MonkeyPatch) -> None:
        for person in PEOPLE:
            world.process().record(*[role_play(f"{person}-{number}", employee=person) for number in range(3)])
        alone: list[Projection] = []

        def rows(projection: Projection) -> list[SkillRating]:
            alone.append(projection)
            return []

        monkeypatch.setattr(Projection, "rows", rows)
        done = world.process().recalculate_shard({"employee_ids": PEOPLE, "nightly": True})
        assert (done.employees, done.changed, alone) == (3, 3, [])
        monkeypatch.undo()
        for person in PEOPLE:
            state = data(world, f"states/{person}")["observations"]
            configuration = world.process().configuration
            expected = project(state, FRAMEWORK, configuration.parameters(), day_of(NOON))
            assert data(world, f"ratings/{person}")["skills"] == to_text(expected)
            assert any(row.status == "validated" for row in expected)

    def test_who_belongs_to_another_framework_is_rated_by_it(self, world: CrashHarness) -> None:
        other = replace(framework(core=("product_knowledge",)), framework_id="other")
        world.process().publish_frameworks.install(other, ADMINISTRATOR)
        world.tasks.clear()
        for person in PEOPLE:
            world.process().record(role_play(f"{person}-1", employee=person))
        world.store.commit([Merge(f"states/{MIA}", {"framework_id": "other"})])
        world.process().recalculate_shard({"employee_ids": PEOPLE})
        found = {person: data(world, f"ratings/{person}")["framework_id"] for person in PEOPLE}
        assert found == {JOE: "sales_engineering", MIA: "other", SAM: "sales_engineering"}

    @pytest.mark.parametrize("framework_id", [None, 7, ["sales_engineering"], "nowhere"])
    def test_who_belongs_to_no_framework_keeps_nobody_back(self, world: CrashHarness, framework_id: Any) -> None:
        for person in PEOPLE:
            world.process().record(role_play(f"{person}-1", employee=person))
        world.store.commit([Merge(f"states/{MIA}", {"framework_id": framework_id})])
        with pytest.raises((KeyError, TypeError, AttributeError, NotFound)):
            world.process().recalculate_shard({"employee_ids": PEOPLE, "nightly": True})
        assert {fact["employee_id"] for topic, fact in world.facts if topic == "skill-changed"} == {JOE, SAM}
        (line,) = world.log.named("recalculation.member_failed")
        assert line["position"] == 1

    def test_a_state_without_a_framework_is_nobodys_and_no_failure(self, world: CrashHarness) -> None:
        for person in PEOPLE:
            world.process().record(role_play(f"{person}-1", employee=person))
        world.store.commit([Merge(f"states/{MIA}", {"framework_id": DELETE_FIELD})])
        done = world.process().recalculate_shard({"employee_ids": PEOPLE, "nightly": True})
        assert (done.employees, world.log.named("recalculation.member_failed")) == (2, [])

    def test_who_is_erased_meanwhile_is_no_failure(self, world: CrashHarness) -> None:
        """Unreadable, hence to be rebuilt, and then not there any more."""
        for person in PEOPLE:
            world.process().record(role_play(f"{person}-1", employee=person))
        tamper(world, MIA, {"oddity": "{"})
        process = world.process()
        process.shard._states = States(
            Interrupted(world.store, lambda: world.store.commit([Delete(f"states/{MIA}"), Delete(f"ratings/{MIA}")]))
        )
        done = process.recalculate_shard({"employee_ids": PEOPLE, "nightly": True})
        assert (done.employees, world.log.named("recalculation.member_failed")) == (2, [])

    def test_who_is_named_twice_is_counted_twice_and_told_once(self, world: CrashHarness) -> None:
        world.process().record(role_play("p1"))
        done = world.process().recalculate_shard({"employee_ids": [JOE, JOE], "nightly": True, "from_ledger": True})
        assert done == ShardCounts(employees=2, changed=1, rebuilt=2, repaired=0)
        assert len([fact for topic, fact in world.facts if topic == "skill-changed"]) == 1
