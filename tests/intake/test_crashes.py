"""A function dies between any two of its effects, or the outside fails there: after the retry nothing tells.

Each scenario is an act that its caller repeats until it is answered (a client, Pub/Sub, Cloud Tasks, the scheduler, an
administrator). Every point before, in the middle of and after every write, publication and task is tried, none is
sampled; and so is every pair of points, since the retry may die as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.frameworks.contract import RuleBody
from shared.intake.usecases import accept_events, person_states
from shared.kernel.days import day_of
from shared.kernel.errors import Conflict, Retryable
from shared.people.messages import DirectoryTask
from shared.ports.ambient import DirectoryPage, DirectoryPerson
from shared.ports.documents import Query
from shared.ratings.messages import PartTask
from shared.ratings.usecases import rebuild_state, share_out
from shared.taxonomy.contract import HeldDecision, SkillBody, SkillChange
from tests.harness.crash_harness import (
    ADMINISTRATOR,
    CrashHarness,
    Died,
    Fuse,
    Process,
    new_crash_harness,
    tamper,
    unavailable,
)
from tests.harness.sent_events import NOON, call, role_play, video
from tests.harness.speed import Moments
from tests.ratings.builders import GENERAL_DISCOVERY, framework

FRAMEWORK = replace(framework(GENERAL_DISCOVERY), framework_id="sales_engineering")
PEOPLE = ("joe@example.com", "mia@example.com", "sam@example.com")
JOE, MIA, SAM = PEOPLE


@dataclass(frozen=True)
class Scenario:
    """before: what has happened already; act: what is repeated until it succeeds, by a new process each time."""

    act: Callable[[Process], object]
    before: Callable[[CrashHarness], object] = lambda world: None


def some_events(world: CrashHarness) -> None:
    process = world.process()
    process.record(role_play("p1"), call("c1", industry="retail"), role_play("p2", employee=MIA, score=70))
    process.record(video("v1", quiz=80))


def rated(world: CrashHarness) -> None:
    some_events(world)
    world.deliver()


def about_to_disagree(world: CrashHarness) -> None:
    """Practice and field of Joe differ by 20 points; nobody has rated it."""
    world.process().record(*[role_play(f"p{n}", score=90) for n in range(3)])
    world.process().record(*[call(f"c{n}", scores={"discovery": 70}, industry="retail") for n in range(3)])


def about_to_agree(world: CrashHarness) -> None:
    about_to_disagree(world)
    world.deliver()
    world.process().record(*[call(f"d{n}", scores={"discovery": 95}, industry="retail") for n in range(4)])


def collected(world: CrashHarness) -> None:
    """Joe's state has been collected: what happened two years ago is in the ledger only."""
    process = world.process()
    old = NOON - timedelta(days=700)
    process.record(*[role_play(f"old{n}", at=old + timedelta(days=n)) for n in range(5)])
    process.record(*[role_play(f"new{n}", at=NOON - timedelta(days=n + 1)) for n in range(2)])
    process.record(role_play("newest", at=NOON - timedelta(hours=1)))
    state = world.store.get(f"states/{JOE}")
    assert state is not None
    assert state.data["collected"]


def begun_night(world: CrashHarness) -> None:
    world.process().recalculate.start(started_by="schedule", nightly=True)
    world.tasks.clear()


def tampered_night(world: CrashHarness) -> None:
    rated(world)
    joe = world.store.get(f"states/{JOE}")
    assert joe is not None
    key = sorted(joe.data["observations"])[0]
    tamper(world, JOE, {key: joe.data["observations"][key].replace("8000", "9900").replace("7500", "9900")})
    world.clock.forward(days=1)


def unreadable_night(world: CrashHarness) -> None:
    rated(world)
    tamper(world, JOE, {"oddity": "{"})
    while any(rebuild_state.due_for_rebuild(person, day_of(world.clock.now())) for person in PEOPLE):
        world.clock.forward(days=1)


def held(world: CrashHarness) -> None:
    world.process().record(role_play("p1", competency="negotiation"))
    world.deliver()


def decide(process: Process) -> None:
    (item,) = process.documents.query(Query("held_scores"))
    if item.data["state"] == "open":
        process.unmapped.decide(item.id, HeldDecision(decision="alias", competency="discovery"), ADMINISTRATOR)


def half_published(world: CrashHarness) -> None:
    """Two people's updates died after the ratings were written."""
    some_events(world)
    for employee_id in (JOE, MIA):
        for point in range(10):
            fuse = Fuse(point)
            try:
                world.process(fuse).ratings.update(employee_id)
            except Died:
                if world.store.get(f"ratings/{employee_id}"):
                    break
    world.clock.forward(minutes=5)


def left_alone(error: type[Exception]) -> Callable[[Callable[[], object]], None]:
    """Runs an act whose repetition may be told that it has been done already."""

    def run(act: Callable[[], object]) -> None:
        with suppress(error):
            act()

    return run


NEW_RULE = SkillChange(
    rules=[
        RuleBody(
            competency="discovery", min_validation_attempts=1, min_validation_score=70, observation_window_days=200
        )
    ]
)
CSV = b"""name,email,role,manager
Joe New,joe@example.com,employee,mia@example.com
Mia,mia@example.com,manager,
Sam,sam@example.com,employee,mia@example.com
Zoe,zoe@example.com,employee,mia@example.com
not an address,nobody,employee,
"""
CERTIFICATIONS = b"""email,certification,competency,score,date
joe@example.com,Platform,discovery,88,2026-03-01
mia@example.com,Platform,negotiation,70,2026-03-01
"""


class Company:
    """A directory."""

    def page(self, following: str | None = None) -> DirectoryPage:
        people = [DirectoryPerson(JOE, "Joseph", manager=MIA), DirectoryPerson(SAM, "Samuel", suspended=True)]
        return DirectoryPage(people, "more")

    def has(self, email: str) -> bool:
        return email in (JOE, SAM)


SCENARIOS: dict[str, Scenario] = {
    "one event": Scenario(lambda p: p.record(role_play("p1"))),
    "one event with a held score": Scenario(
        lambda p: p.record(call("c1", scores={"discovery": 70, "negotiation": 50}))
    ),
    "a list about two people, one event twice": Scenario(
        lambda p: p.record(
            role_play("p1"), role_play("p2", employee=MIA), call("c1"), role_play("p1"), video("v1", employee=MIA)
        ),
        some_events,
    ),
    "a late event": Scenario(lambda p: p.record(role_play("late", at=NOON - timedelta(days=690))), collected),
    "late events in a list": Scenario(
        lambda p: p.record(*[role_play(f"late{n}", at=NOON - timedelta(days=690 - n)) for n in range(2)]), collected
    ),
    "rating_update": Scenario(lambda p: (p.ratings.update(JOE), p.ratings.update(MIA)), some_events),
    "rating_update that finds a discrepancy": Scenario(lambda p: p.ratings.update(JOE), about_to_disagree),
    "rating_update that finds its end": Scenario(lambda p: p.ratings.update(JOE), about_to_agree),
    "a shard that finds a discrepancy": Scenario(
        lambda p: p.recalculate_shard({"run_id": "r", "shard": 0, "employee_ids": PEOPLE}), about_to_disagree
    ),
    "a shard": Scenario(
        lambda p: p.recalculate_shard({"run_id": "r", "shard": 0, "employee_ids": PEOPLE}), some_events
    ),
    "a night's shard that finds a tampered state": Scenario(
        lambda p: p.recalculate_shard(
            {"run_id": "night", "shard": 0, "employee_ids": PEOPLE, "nightly": True, "from_ledger": True}
        ),
        tampered_night,
    ),
    "a night's shard that cannot read a state": Scenario(
        lambda p: p.recalculate_shard({"run_id": "night", "shard": 0, "employee_ids": PEOPLE, "nightly": True}),
        unreadable_night,
    ),
    "the night begins": Scenario(lambda p: p.recalculate.start(started_by="schedule", nightly=True)),
    "a part of the night is shared out": Scenario(
        lambda p: p.share_out.part(PartTask(run_id="night-2026-03-04", part=0)), begun_night
    ),
    "the sweep": Scenario(lambda p: p.publish_pending.sweep(), half_published),
    "a rule is published": Scenario(
        lambda p: p.change_skills.change("sales_engineering", "discovery", NEW_RULE, ADMINISTRATOR), rated
    ),
    "a rule is published by one who saw its version": Scenario(
        lambda p: left_alone(Conflict)(
            lambda: p.change_skills.change(
                "sales_engineering", "discovery", NEW_RULE.model_copy(update={"if_version": 1}), ADMINISTRATOR
            )
        ),
        rated,
    ),
    "a skill is created": Scenario(
        lambda p: left_alone(Conflict)(
            lambda: p.change_skills.create(
                SkillBody(competency="negotiation", category="skill", framework_id="sales_engineering"), ADMINISTRATOR
            )
        )
    ),
    "a held word gets a meaning": Scenario(decide, held),
    "people are imported": Scenario(lambda p: p.people.import_people.from_csv(ADMINISTRATOR, CSV)),
    "certifications are imported": Scenario(lambda p: p.import_certifications.from_csv(ADMINISTRATOR, CERTIFICATIONS)),
    "the directory is read": Scenario(
        lambda p: p.people.synchronise(Company()).page(DirectoryTask(run="2026-03-04", part=0))
    ),
}


@pytest.fixture(autouse=True)
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that take years to reach are reached here."""
    monkeypatch.setattr(person_states, "COLLECT_ABOVE", 700)
    monkeypatch.setattr(accept_events, "MOST_BATCH_WRITES", 2)
    monkeypatch.setattr(share_out, "SHARD_SIZE", 1)
    monkeypatch.setattr(share_out, "MOST_SHARDS", 2)


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_crash_at_any_point_leaves_no_trace_after_the_retry(name: str, tmp_path: Path, moments: Moments) -> None:
    scenario = SCENARIOS[name]
    wanted, points = without_crash(scenario, tmp_path)
    for point in moments.of(range(points)):
        after_retry(scenario, tmp_path, wanted, Fuse(point))


@pytest.mark.parametrize("name", SCENARIOS)
def test_an_outside_that_fails_at_any_point_leaves_no_trace_after_the_retry(
    name: str, tmp_path: Path, moments: Moments
) -> None:
    """The same process lives on and is asked again, with all that it remembers."""
    scenario = SCENARIOS[name]
    wanted, points = without_crash(scenario, tmp_path)
    for point in moments.of(range(points)):
        world = begun(scenario, tmp_path)
        process = world.process(Fuse(point, unavailable))
        for _ in range(2):
            try:
                scenario.act(process)
                break
            except Retryable:
                continue
        assert outcome(world) == wanted, f"failed at point {point}"


@pytest.mark.parametrize(
    "name",
    [
        "one event",
        "a list about two people, one event twice",
        "rating_update",
        "rating_update that finds a discrepancy",
        "a rule is published",
        "a late event",
    ],
)
def test_a_retry_may_crash_as_well(name: str, tmp_path: Path, moments: Moments) -> None:
    scenario = SCENARIOS[name]
    wanted, points = without_crash(scenario, tmp_path)
    for first, second in moments.of([(first, second) for first in range(points) for second in range(points)]):
        after_retry(scenario, tmp_path, wanted, Fuse(first), Fuse(second))


Outcome = tuple[dict[str, Any], dict[Any, Any], dict[str, Any], dict[str, Any]]


def begun(scenario: Scenario, folder: Path) -> CrashHarness:
    world = new_crash_harness(folder, FRAMEWORK, PEOPLE)
    scenario.before(world)
    world.facts.clear()
    world.tasks.clear()
    world.log.lines.clear()
    return world


def outcome(world: CrashHarness) -> Outcome:
    """What anybody could see when all that followed has been delivered: the documents, the facts, the tasks that the
    act asked for, and what a consumer that keeps the highest revision believes. Closes the world."""
    asked = world.asked()
    world.deliver()
    seen = (world.documents(), world.published(), asked, {str(k): v for k, v in world.picture().items()})
    world.store.close()
    return seen


def without_crash(scenario: Scenario, folder: Path) -> tuple[Outcome, int]:
    world = begun(scenario, folder)
    fuse = Fuse()
    scenario.act(world.process(fuse))
    assert fuse.passed > 0, "a scenario without an effect shows nothing"
    return outcome(world), fuse.passed


def after_retry(scenario: Scenario, folder: Path, wanted: Outcome, *fuses: Fuse) -> None:
    world = begun(scenario, folder)
    for fuse in (*fuses, Fuse()):
        try:
            scenario.act(world.process(fuse))
        except Died:
            continue
        if not fuse.blown:
            break
    where = ", ".join(str(fuse.passed - 1) for fuse in fuses if fuse.blown)
    found = outcome(world)
    for part, expected in zip(found, wanted, strict=True):
        assert part == expected, f"crashed at {where}"


@pytest.fixture(autouse=True)
def forgotten_stores(tmp_path: Path) -> Iterator[None]:
    """Hundreds of stores are opened; none stays on the disk."""
    yield
    for path in tmp_path.iterdir():
        path.unlink()
