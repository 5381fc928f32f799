"""A discrepancy is told when it begins, when it ends, and when what was told turns out to be otherwise: once each."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.frameworks.contract import RuleBody
from shared.kernel.days import date_of, day_of
from shared.kernel.errors import Retryable
from shared.ports.documents import DELETE_FIELD, Merge
from shared.ratings.domain.discrepancy import discrepancies, to_text
from shared.ratings.domain.projection import Projection
from shared.ratings.messages import DiscrepancyChanged
from shared.taxonomy.contract import SkillChange
from tests.harness.crash_harness import ADMINISTRATOR, CrashHarness, Fuse, new_crash_harness, unavailable
from tests.harness.sent_events import NOON, call, role_play
from tests.harness.speed import examples
from tests.ratings.builders import framework

FRAMEWORK = replace(framework(), framework_id="sales_engineering")
JOE, MIA = PEOPLE = ("joe@example.com", "mia@example.com")
TODAY = NOON.date()
WRITTEN, BEFORE_TAKEN_OFF = 2, 6
"""Points of a fuse: the ratings are written and nothing is published; both topics are, and still noted as pending."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[CrashHarness]:
    made = new_crash_harness(tmp_path, FRAMEWORK, PEOPLE)
    yield made
    made.store.close()


def told(world: CrashHarness, employee_id: str = JOE) -> list[dict[str, Any]]:
    return [fact for fact in world.told("discrepancy-changed") if fact["employee_id"] == employee_id]


def general(world: CrashHarness, employee_id: str = JOE) -> list[tuple[str, str, str]]:
    """(state, direction, since) of what was told of the general skill, in order."""
    return [
        (fact["state"], fact["direction"], fact["since"]) for fact in told(world, employee_id) if not fact["context"]
    ]


def picture(world: CrashHarness) -> dict[str, dict[str, Any]]:
    """What a consumer believes that takes facts in any order and lets a discrepancy's highest revision stand."""
    best: dict[str, dict[str, Any]] = {}
    for data in world.told("discrepancy-changed"):
        known = best.get(data["discrepancy_id"])
        if known is None or known["revision"] < data["revision"]:
            best[data["discrepancy_id"]] = data
    return best


def practised(*, score: float = 92, days: int = 4) -> list[dict[str, Any]]:
    return [role_play(f"p{n}", score=score, at=NOON - timedelta(days=days)) for n in range(3)]


def called(name: str = "c", *, score: float = 71, days: int = 2, industry: str | None = None) -> list[dict[str, Any]]:
    at = NOON - timedelta(days=days)
    return [call(f"{name}{n}", scores={"discovery": score}, at=at, industry=industry) for n in range(3)]


def apart(world: CrashHarness) -> None:
    world.process().record(*practised(), *called())
    world.deliver()


def days_ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


class TestFound:
    def test_is_told_with_all_that_the_contract_says(self, world: CrashHarness) -> None:
        apart(world)
        (fact,) = told(world)
        ratings = world.store.get(f"ratings/{JOE}")
        assert ratings is not None
        assert DiscrepancyChanged(**fact).model_dump(mode="json") == fact
        assert fact == {
            "discrepancy_id": fact["discrepancy_id"],
            "revision": ratings.data["revision"],
            "employee_id": JOE,
            "framework_id": "sales_engineering",
            "competency": "discovery",
            "context": {},
            "state": "found",
            "direction": "practice_ahead",
            "since": days_ago(2),
            "practice_rating": 92,
            "field_rating": 71,
            "difference": 21,
            "as_of": TODAY.isoformat(),
            "changed_at": fact["changed_at"],
            "framework_version": 1,
            "parameters_version": ratings.data["parameters_version"],
            "kernel_version": ratings.data["kernel_version"],
            "sight": "employee",
        }

    def test_is_told_once_whatever_comes_after(self, world: CrashHarness) -> None:
        apart(world)
        for number in range(4):
            world.process().record(role_play(f"more{number}", score=89))
            world.deliver()
        world.process().recalculate_shard({"employee_ids": PEOPLE, "run_id": "r", "shard": 0})
        assert len(told(world)) == 1

    def test_is_told_per_context_under_ids_of_their_own(self, world: CrashHarness) -> None:
        retail = [role_play(f"p{n}", score=92, industry="retail") for n in range(3)]
        world.process().record(*retail, *called(industry="retail"))
        world.deliver()
        assert [fact["context"] for fact in told(world)] == [{}, {"industry": "retail"}]
        assert len({fact["discrepancy_id"] for fact in told(world)}) == 2
        assert len({fact["revision"] for fact in told(world)}) == 1

    def test_of_a_rule_has_the_ratings_that_there_are(self, world: CrashHarness) -> None:
        rule = RuleBody(
            competency="discovery",
            min_validation_attempts=1,
            min_validation_score=80,
            min_field_observations=1,
            min_field_score=75,
            observation_window_days=90,
        )
        world.process().change_skills.change("sales_engineering", "discovery", SkillChange(rules=[rule]), ADMINISTRATOR)
        world.process().record(practised(score=82)[0], called(score=72)[0])
        world.deliver()
        (fact,) = told(world)
        assert (fact["direction"], fact["since"], fact["framework_version"]) == ("practice_ahead", days_ago(2), 2)
        assert (fact["practice_rating"], fact["field_rating"], fact["difference"]) == (None, None, None)

    def test_names_the_day_again_when_a_late_event_shows_that_it_was_another(self, world: CrashHarness) -> None:
        apart(world)
        world.process().record(*called("late", days=3))
        world.deliver()
        assert general(world) == [
            ("found", "practice_ahead", days_ago(2)),
            ("found", "practice_ahead", days_ago(3)),
        ]
        assert len({fact["discrepancy_id"] for fact in told(world)}) == 1

    def test_turned_round_is_told_with_the_other_direction(self, world: CrashHarness) -> None:
        apart(world)
        world.process().record(*[role_play(f"low{n}", score=5, at=NOON - timedelta(days=1)) for n in range(20)])
        world.deliver()
        assert general(world) == [("found", "practice_ahead", days_ago(2)), ("found", "field_ahead", days_ago(1))]

    def test_in_ratings_that_were_written_before_it_could_be_told_is_told_with_the_next_night(
        self, world: CrashHarness
    ) -> None:
        apart(world)
        world.facts.clear()
        world.store.commit([Merge(f"ratings/{JOE}", {"discrepancies": DELETE_FIELD})])
        world.clock.forward(days=1)
        night(world)
        assert general(world) == [("found", "practice_ahead", days_ago(2))]
        assert not world.told("skill-changed")


class TestResolved:
    def test_and_found_again_are_told_in_turn_under_one_id(self, world: CrashHarness) -> None:
        apart(world)
        world.clock.forward(days=1)
        better = [call(f"b{n}", scores={"discovery": 95}, at=NOON + timedelta(days=1, hours=-1)) for n in range(3)]
        world.process().record(*better)
        world.deliver()
        assert [one[0] for one in general(world)] == ["found", "resolved"]
        assert told(world)[-1]["difference"] < 15
        world.clock.forward(days=1)
        world.process().record(*called("bad", score=20, days=-2))
        world.deliver()
        assert general(world) == [
            ("found", "practice_ahead", days_ago(2)),
            ("resolved", "practice_ahead", days_ago(2)),
            ("found", "practice_ahead", days_ago(-2)),
        ]
        assert len({fact["discrepancy_id"] for fact in told(world)}) == 1
        revisions = [fact["revision"] for fact in told(world)]
        assert revisions == sorted(set(revisions))

    def test_by_the_mere_passing_of_time_is_told_by_the_night(self, world: CrashHarness) -> None:
        apart(world)
        ended = None
        for number in range(100):
            world.clock.forward(days=1)
            night(world)
            if ended is None and len(told(world)) == 2:
                ended = number
        assert [one[0] for one in general(world)] == ["found", "resolved"]
        # Practice of four days ago leaves the window of 90 days on the 87th.
        assert ended == 86
        last = told(world)[-1]
        assert (last["practice_rating"], last["field_rating"], last["difference"]) == (None, None, None)
        tells = [
            skill["discrepancy"]
            for fact in world.told("skill-changed")
            if fact["revision"] == last["revision"]
            for skill in fact["skills"]
        ]
        assert tells == [False], "who follows the skills learns it as well"

    def test_by_a_correction_that_takes_a_calls_score_away(self, world: CrashHarness) -> None:
        apart(world)
        world.process().record(
            call("again", source_id="c0", scores={"product_knowledge": 60}, analysis=1, at=NOON - timedelta(days=2))
        )
        world.deliver()
        assert [one[0] for one in general(world)] == ["found", "resolved"]

    def test_for_a_person_who_has_moved_to_another_framework(self, world: CrashHarness) -> None:
        world.process().publish_frameworks.install(replace(FRAMEWORK, framework_id="cable_jointing"), ADMINISTRATOR)
        apart(world)
        world.process().people.import_people.from_csv(
            ADMINISTRATOR, f"name,email,framework\nJoe,{JOE},cable_jointing\n".encode()
        )
        world.process().ratings.update(JOE)
        states = sorted((fact["revision"], fact["framework_id"], fact["state"]) for fact in told(world))
        assert [one[1:] for one in states] == [
            ("sales_engineering", "found"),
            ("cable_jointing", "found"),
            ("sales_engineering", "resolved"),
        ]
        assert states[1][0] == states[2][0] > states[0][0]
        standing = [fact for fact in picture(world).values() if fact["state"] == "found"]
        assert [fact["framework_id"] for fact in standing] == ["cable_jointing"]


class TestCrashesAndRepetitions:
    def test_what_a_crash_left_is_told_by_the_sweep_once(self, world: CrashHarness) -> None:
        world.process().record(*practised(), *called())
        with pytest.raises(Retryable):
            world.process(Fuse(WRITTEN, unavailable)).ratings.update(JOE)
        assert told(world) == []
        world.clock.forward(minutes=3)
        assert world.process().publish_pending.sweep() == 1
        assert world.process().publish_pending.sweep() == 0
        assert general(world) == [("found", "practice_ahead", days_ago(2))]

    def test_published_twice_it_is_the_same_fact(self, world: CrashHarness) -> None:
        """Dead between the publication and the note that it was done: the same message once more."""
        world.process().record(*practised(), *called())
        with pytest.raises(Retryable):
            world.process(Fuse(BEFORE_TAKEN_OFF, unavailable)).ratings.update(JOE)
        world.process().ratings.update(JOE)
        first, second = told(world)
        assert first == second

    def test_a_rebuild_from_the_ledger_tells_nothing_new(self, world: CrashHarness) -> None:
        apart(world)
        before = list(told(world))
        done = world.process().recalculate_shard(
            {"employee_ids": PEOPLE, "from_ledger": True, "run_id": "r", "shard": 0}
        )
        assert (done.rebuilt, done.changed) == (2, 0)
        assert told(world) == before

    def test_a_recalculation_tells_what_an_update_would_have(self, tmp_path: Path, world: CrashHarness) -> None:
        other = new_crash_harness(tmp_path, FRAMEWORK, PEOPLE)
        other.process().record(*practised(), *called())
        other.facts[:] = []
        other.process().recalculate_shard({"employee_ids": [JOE], "from_ledger": True, "run_id": "r", "shard": 0})
        world.process().record(*practised(), *called())
        world.process().ratings.update(JOE)
        assert told(other) == told(world)
        assert len(told(world)) == 1
        other.store.close()


def night(world: CrashHarness) -> None:
    world.process().recalculate.start(started_by="schedule", nightly=True)
    world.deliver(since=len(world.facts))


@st.composite
def streams(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Practice and calls about one skill, with analyses that replace one another."""
    events: list[dict[str, Any]] = []
    for number in range(draw(st.integers(6, 14))):
        at = NOON - timedelta(days=draw(st.integers(0, 95)), minutes=number)
        score = draw(st.sampled_from([20, 60, 75, 90]))
        if draw(st.booleans()):
            context = draw(st.sampled_from([{}, {"industry": "retail"}]))
            events.append(role_play(f"p{number}", score=score, at=at, **context))
            continue
        for version in range(draw(st.integers(1, 2))):
            events.append(
                call(
                    f"c{number}-{version}",
                    source_id=f"c{number}",
                    scores={draw(st.sampled_from(["discovery", "discovery", "product_knowledge"])): score},
                    at=at,
                    analysis=version,
                    industry=draw(st.sampled_from([None, "retail"])),
                )
            )
    return events


def after(events: Sequence[dict[str, Any]], cuts: Sequence[int]) -> tuple[str, set[tuple[Any, ...]]]:
    """What the ratings say has been told, and what a consumer believes, after these requests; all delivered twice."""
    with tempfile.TemporaryDirectory() as folder:
        world = new_crash_harness(Path(folder), FRAMEWORK, PEOPLE)
        for start, end in zip([0, *cuts], [*cuts, len(events)], strict=True):
            seen = len(world.facts)
            if start < end:
                world.process().record(*events[start:end])
            world.deliver(since=seen)
        world.deliver()
        state, ratings = world.store.get(f"states/{JOE}"), world.store.get(f"ratings/{JOE}")
        assert state is not None
        assert ratings is not None
        configuration = world.process().configuration
        projection = Projection(state.data["observations"], FRAMEWORK, configuration.parameters(), day_of(NOON))
        standing = discrepancies(projection, projection.rows())
        assert ratings.data["discrepancies"] == to_text(standing)
        believed = {
            (fact["competency"], tuple(fact["context"].items()), fact["direction"], date.fromisoformat(fact["since"]))
            for fact in picture(world).values()
            if fact["state"] == "found"
        }
        expected = {
            (one.competency, tuple(dict(p.split("=") for p in one.context.split("&") if p).items()), one.direction)
            for one in standing
        }
        assert {one[:3] for one in believed} == expected
        assert {one[3] for one in believed} == {date_of(one.since) for one in standing}
        world.published()  # no two facts of the same name say different things
        every = {data["revision"] for topic in ("skill-changed", "discrepancy-changed") for data in world.told(topic)}
        assert every == set(range(1, ratings.data["revision"] + 1))
        world.store.close()
        return ratings.data["discrepancies"], believed


@settings(max_examples=examples(30), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_order_and_any_split_end_in_the_same_picture(data: st.DataObject) -> None:
    events = data.draw(streams())
    other = data.draw(st.permutations([*events, *data.draw(st.lists(st.sampled_from(events), max_size=3))]))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(other)), max_size=6)))
    assert after(events, []) == after(other, cuts)
