"""What the nights find, what the passing of time tells, what a sweep rescues, and which version may write."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.frameworks.contract import RuleBody
from shared.intake.usecases import person_states
from shared.kernel.days import day_of
from shared.kernel.errors import Conflict, NotFound, Rejected, Retryable
from shared.observations.domain.entry import entry_key
from shared.observations.records import States
from shared.ports.documents import DELETE_FIELD, Create, Delete, Documents, Merge, Put, Query, Write
from shared.ratings.contract import RunAnswer
from shared.ratings.domain import readiness
from shared.ratings.domain.projection import Projection, project
from shared.ratings.domain.skill_rating import SkillRating, from_text, to_text
from shared.ratings.usecases.rebuild_state import ROTATION_DAYS, due_for_rebuild
from shared.ratings.usecases.recalculate_shard import ShardCounts
from shared.ratings.usecases.skill_facts import skill_state
from shared.taxonomy.contract import SkillChange
from tests.harness.crash_harness import (
    ADMINISTRATOR,
    MACHINE,
    NOON,
    CrashHarness,
    Fuse,
    Process,
    answer_of,
    call,
    new_crash_harness,
    role_play,
    sent_of,
    tamper,
    unavailable,
)
from tests.ratings.builders import GENERAL_DISCOVERY, framework

RULE = replace(GENERAL_DISCOVERY, expires_after_days=40)
FRAMEWORK = replace(framework(RULE), framework_id="sales_engineering")
JOE, MIA, SAM = PEOPLE = ("joe@example.com", "mia@example.com", "sam@example.com")
STRICTER = SkillChange(
    rules=[
        RuleBody(competency="discovery", min_validation_attempts=9, min_validation_score=80, observation_window_days=90)
    ]
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[CrashHarness]:
    made = new_crash_harness(tmp_path, FRAMEWORK, PEOPLE)
    yield made
    made.store.close()


def data(world: CrashHarness, path: str) -> dict[str, Any]:
    document = world.store.get(path)
    assert document is not None
    found: dict[str, Any] = document.data
    return found


def changes(world: CrashHarness, employee_id: str = JOE) -> list[dict[str, Any]]:
    return [fact for topic, fact in world.facts if topic == "skill-changed" and fact["employee_id"] == employee_id]


def night(world: CrashHarness) -> RunAnswer:
    """The whole night: the schedule's start, and every shard."""
    run = world.process().recalculate.start(started_by="schedule", nightly=True)
    while world.tasks:
        _, payload = world.tasks.pop(0)
        world.process().recalculate_shard(payload)
    return world.process().recalculate.progress(run.run_id)


def until_due(world: CrashHarness, employee_id: str) -> None:
    """Forward to the person's own night."""
    while not due_for_rebuild(employee_id, day_of(world.clock.now())):
        world.clock.forward(days=1)


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


class TestATamperedState:
    @pytest.mark.parametrize(
        "how",
        ["another score", "an invented event", "a lost event", "no entry at all", "a number", "an unreadable text"],
    )
    def test_is_found_repaired_and_logged_within_a_rotation(self, world: CrashHarness, how: str) -> None:
        process = world.process()
        process.record(role_play("p1"), role_play("p2", score=90), call("c1"))
        process.record(role_play("m1", employee=MIA))
        world.deliver()
        good = data(world, f"states/{JOE}")["observations"]
        key = min(good)
        tamper(world, JOE, tampering(how, key, good))
        first_night = None
        for number in range(ROTATION_DAYS):
            world.clock.forward(days=1)
            if night(world).repaired and first_night is None:
                first_night = number
        assert first_night is not None
        # What cannot be read does not wait for the person's own night.
        assert first_night == 0 or how not in ("no entry at all", "a number", "an unreadable text")
        assert data(world, f"states/{JOE}")["observations"] == good
        lines = world.log.named("state.repaired")
        assert len(lines) == 1
        assert JOE not in json.dumps(world.log.lines)
        rows = project(good, FRAMEWORK, world.process().configuration.parameters(), day_of(world.clock.now()))
        assert from_text(data(world, f"ratings/{JOE}")["skills"]) == rows

    def test_shows_in_the_run(self, world: CrashHarness) -> None:
        world.process().record(role_play("p1"))
        world.deliver()
        until_due(world, JOE)
        tamper(world, JOE, {"o0": "[]"})
        run = night(world)
        assert (run.state, run.repaired, run.employees_done) == ("finished_with_differences", 1, 3)

    def test_of_one_person_keeps_nobody_back(self, world: CrashHarness) -> None:
        world.process().record(role_play("p1"), role_play("m1", employee=MIA), role_play("s1", employee=SAM))
        tamper(world, MIA, {"oddity": "{"})
        shard = {"employee_ids": PEOPLE, "run_id": "r", "shard": 0}
        with pytest.raises(json.JSONDecodeError):
            world.process().recalculate_shard(shard)
        assert {fact["employee_id"] for topic, fact in world.facts if topic == "skill-changed"} == {JOE, SAM}
        assert world.store.get("recalculation_shards/r-0") is None
        (line,) = world.log.named("recalculation.member_failed")
        assert line == {"run_id": "r", "shard": 0, "position": 1, "cause": "JSONDecodeError"}


def tampering(how: str, key: str, good: dict[str, str]) -> dict[str, Any]:
    invented = good[key].replace('"p1"', '"p7"').replace('"p2"', '"p7"').replace('"c1"', '"c7"')
    ways: dict[str, dict[str, Any]] = {
        "another score": {key: good[key].replace("8000", "9900").replace("9000", "1000").replace("7500", "9900")},
        "an invented event": {entry_key(invented): invented},
        "a lost event": {key: DELETE_FIELD},
        "no entry at all": {"o0": ""},
        "a number": {"o0": 7},
        "an unreadable text": {key: "[1,2"},
    }
    return ways[how]


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
        (_, payload), *_ = world.tasks
        remembering.recalculate_shard(payload)
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

    @pytest.mark.parametrize("framework_id", [DELETE_FIELD, None, 7, ["sales_engineering"], "nowhere"])
    def test_who_belongs_to_no_framework_keeps_nobody_back(self, world: CrashHarness, framework_id: Any) -> None:
        for person in PEOPLE:
            world.process().record(role_play(f"{person}-1", employee=person))
        world.store.commit([Merge(f"states/{MIA}", {"framework_id": framework_id})])
        with pytest.raises((KeyError, TypeError, AttributeError, NotFound)):
            world.process().recalculate_shard({"employee_ids": PEOPLE, "nightly": True})
        assert {fact["employee_id"] for topic, fact in world.facts if topic == "skill-changed"} == {JOE, SAM}
        (line,) = world.log.named("recalculation.member_failed")
        assert line["position"] == 1

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


class Interrupted:
    """Documents that others change between this reader's first read of several and what it does then."""

    def __init__(self, inner: Documents, others: Any) -> None:
        self._inner, self._others = inner, others
        self.get, self.query, self.commit, self.transact = inner.get, inner.query, inner.commit, inner.transact
        self.read_together, self.collections = inner.read_together, inner.collections

    def get_many(self, paths: Any) -> Any:
        found = self._inner.get_many(paths)
        self._others()
        return found


class Raced:
    """Documents in which somebody else is first with the next commit, once."""

    def __init__(self, inner: Documents, *first: Write) -> None:
        self._inner, self._first = inner, list(first)
        self.get, self.get_many, self.query = inner.get, inner.get_many, inner.query
        self.transact, self.read_together = inner.transact, inner.read_together
        self.collections = inner.collections

    def commit(self, writes: Any) -> None:
        if self._first:
            self._inner.commit(self._first)
            self._first.clear()
        self._inner.commit(writes)


class TestACollectedState:
    """Of what happened long ago, a collected state holds only what a rating can need."""

    @pytest.fixture(autouse=True)
    def collected(self, world: CrashHarness, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(person_states, "COLLECT_ABOVE", 500)
        long_ago = NOON - timedelta(days=700)
        world.process().record(*[role_play(f"old{n}", at=long_ago + timedelta(days=n)) for n in range(5)])
        world.process().record(role_play("p1", at=NOON - timedelta(days=3)))
        world.process().record(role_play("p2", at=NOON - timedelta(days=2)))
        assert data(world, f"states/{JOE}")["collected"]
        world.tasks.clear()

    def test_is_not_rebuilt_for_what_comes_in_order(self, world: CrashHarness) -> None:
        world.process().record(role_play("p3", at=NOON - timedelta(days=1)))
        world.process().record(*[role_play(f"p{n}", at=NOON - timedelta(hours=9 - n)) for n in (4, 5)])
        assert world.tasks == []

    @pytest.mark.parametrize("in_a_list", [False, True])
    @pytest.mark.parametrize(
        "raw", [role_play("late", at=NOON - timedelta(days=650)), role_play("p1", at=NOON - timedelta(days=3))]
    )
    def test_is_rebuilt_for_a_late_event_and_for_a_repeated_one(
        self, world: CrashHarness, raw: dict[str, Any], in_a_list: bool
    ) -> None:
        world.process().record(*([role_play("p9", at=NOON - timedelta(hours=1)), raw] if in_a_list else [raw]))
        assert [payload for _, payload in world.tasks] == [{"employee_ids": [JOE], "from_ledger": True}]

    def test_is_rebuilt_for_a_correction(self, world: CrashHarness) -> None:
        at = NOON - timedelta(days=1)
        world.process().record(call("c1", source_id="c", at=at))
        assert world.tasks == []
        world.process().record(call("c2", source_id="c", at=at, analysis=1))
        assert len(world.tasks) == 1

    def test_is_rebuilt_when_the_events_are_in_the_ledger_and_not_before(self, world: CrashHarness) -> None:
        late = [role_play(f"late{n}", at=NOON - timedelta(days=690 - n)) for n in range(3)]
        process = world.process()
        process.event_lists._states._tasks = looking = LookingAt(world)
        process.record(*late)
        assert looking.asked == 1


class LookingAt:
    """A queue whose worker is quicker than its caller: it reads the ledger at once."""

    def __init__(self, world: CrashHarness) -> None:
        self._world = world
        self.asked = 0

    def enqueue(self, queue: str, function: str, payload: Any, *, name: Any = None, run_at: Any = None) -> bool:
        ledger = [d["source_id"] for path, d in self._world.documents().items() if path.startswith("events/")]
        assert {"late0", "late1", "late2"} <= set(ledger)
        self.asked += 1
        return True


class TestOneAnswer:
    def test_a_duplicate_answers_as_the_first_time_whatever_happened_since(self, world: CrashHarness) -> None:
        first = one(world.process(), role_play("p1", score=70))
        world.process().record(*[role_play(f"q{n}", score=95) for n in range(5)])
        world.process().change_skills.change("sales_engineering", "discovery", STRICTER, ADMINISTRATOR)
        world.clock.forward(days=30)
        again = one(world.process(), role_play("p1", score=70))
        (listed, _) = world.process().record(role_play("p1", score=70), role_play("r1"))
        assert answer_of(again) == answer_of(listed) == {**answer_of(first), "duplicate": True}
        assert (first.status, again.status, listed.status) == (201, 200, 200)
        assert first.message == again.message == listed.message

    def test_another_content_under_the_same_id_is_refused_and_changes_nothing(self, world: CrashHarness) -> None:
        one(world.process(), role_play("p1", score=70))
        before = world.documents()
        with pytest.raises(Conflict):
            one(world.process(), role_play("p1", score=71))
        listed = world.process().record(role_play("p1", score=71), role_play("p1", score=72))
        assert all(isinstance(outcome, Conflict) for outcome in listed)
        assert world.documents() == before

    def test_a_list_with_an_event_that_somebody_else_was_first_with_keeps_its_other_items(
        self, world: CrashHarness
    ) -> None:
        """The same id with other content appears between reading and writing, and the list names it twice."""
        rival = world.process()
        one(rival, role_play("p1", score=10))
        found = next(d for d in world.documents() if d.startswith("events/"))
        event = data(world, found)
        world.store.commit([Delete(found)])
        process = world.process()
        process.event_lists._ledger._documents = Raced(world.store, Create(found, event))
        items = [sent_of(raw) for raw in (role_play("p1"), role_play("p2"), role_play("p1"))]
        mine, other, repeated = process.event_lists.several(items, MACHINE)
        assert isinstance(mine, Rejected)
        assert not isinstance(other, Rejected)
        assert other.status == 201
        assert isinstance(repeated, Rejected)


def one(process: Process, raw: dict[str, Any]) -> Any:
    (outcome,) = process.record(raw)
    return outcome
