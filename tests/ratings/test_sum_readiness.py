"""What leaders of many people are shown was added up in the background: it says what one look at everybody would."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from msgspec import structs

from shared.kernel.access import Caller, Role
from shared.people.records import Employee, EmployeeRecords
from shared.ports.documents import Delete, Put, Query
from shared.ratings.contract import ReadinessAnswer
from shared.ratings.usecases import sum_readiness, team_readiness
from tests.harness.crash_harness import CrashHarness, Died, Fuse, new_crash_harness
from tests.harness.sent_events import NOON, call
from tests.ratings.nights import FRAMEWORK, night

PEOPLE = [f"p{number:02}@example.com" for number in range(16)]
VIC, UMA, DANA, ED = LEADERS = ("vic@example.com", "uma@example.com", "dana@example.com", "ed@example.com")
FRAMEWORK_ID = FRAMEWORK.framework_id


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CrashHarness]:
    """Sixteen people of two managers; Dana reports to Vic, Ed to Uma, who reports to Vic. More than five are many."""
    for module in (team_readiness, sum_readiness):
        monkeypatch.setattr(module, "LARGE", 5)
    monkeypatch.setattr(sum_readiness, "PAGE", 3)
    monkeypatch.setattr(sum_readiness, "PAGES_OF_A_PART", 2)
    made = new_crash_harness(tmp_path, FRAMEWORK, PEOPLE)
    lines: dict[str, tuple[Role, str | None]] = {
        VIC: ("senior_manager", None),
        UMA: ("senior_manager", VIC),
        DANA: ("manager", VIC),
        ED: ("manager", UMA),
    }
    for who, (role, manager) in lines.items():
        put(made, structs.replace(somebody(made), employee_id=who, name=who, role=role, manager_id=manager))
    for number, who in enumerate(PEOPLE):
        put(made, structs.replace(record(made, who), manager_id=(DANA, ED)[number % 2]))
    observed(made, Random(0), PEOPLE[:13])
    yield made
    made.store.close()


def somebody(world: CrashHarness) -> Employee:
    return record(world, PEOPLE[0])


def record(world: CrashHarness, who: str) -> Employee:
    found = EmployeeRecords(world.store).get(who)
    assert found is not None
    return found


def put(world: CrashHarness, one: Employee) -> None:
    world.store.commit([Put(f"employees/{one.employee_id}", one.stored())])


def observed(world: CrashHarness, chance: Random, people: list[str]) -> None:
    for who in people:
        scores = dict.fromkeys(FRAMEWORK.core, chance.randint(50, 99))
        days = chance.sample(range(1, 60), 3)
        sent = [
            call(f"{who}-{world.clock.time}-{day}", employee=who, scores=scores, at=NOON - timedelta(days=day))
            for day in days
        ]
        world.process().record(*sent)
    world.deliver()


def leader(who: str | None) -> Caller:
    if who is None:
        return Caller(email="cro@example.com", role="cro", employee_id="cro@example.com")
    return Caller(email=who, role="senior_manager", employee_id=who)


def looked(world: CrashHarness) -> None:
    """The sweep, and every part that is asked for."""
    world.process().sum_readiness.sweep()
    while world.tasks:
        world.process().recalculation_task(world.tasks.pop(0)[1])


def page(world: CrashHarness, who: str | None) -> ReadinessAnswer:
    return world.process().readiness.answer(leader(who), framework_id=FRAMEWORK_ID)


def is_added_up(world: CrashHarness, who: str | None) -> bool:
    return world.process().readiness.team(leader(who), FRAMEWORK_ID).added_up is not None


def from_scratch(world: CrashHarness, who: str | None, monkeypatch: pytest.MonkeyPatch) -> ReadinessAnswer:
    """What the page says that reads everybody."""
    with monkeypatch.context() as other:
        other.setattr(team_readiness, "LARGE", 10_000)
        assert not is_added_up(world, who)
        return page(world, who)


def agree(world: CrashHarness, monkeypatch: pytest.MonkeyPatch) -> int:
    """Holds every leader's page to the one that reads everybody; how many pages were added up before."""
    before = 0
    for who in (None, VIC, UMA):
        before += is_added_up(world, who)
        said, true = page(world, who), from_scratch(world, who, monkeypatch)
        assert said.model_copy(update={"as_of": true.as_of}) == true
    return before


def test_a_page_of_many_reads_two_documents_and_says_what_everybodys_would(
    world: CrashHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not is_added_up(world, None), "nobody has looked yet"
    looked(world)
    assert agree(world, monkeypatch) == 3
    assert page(world, None).people == len(PEOPLE)
    assert page(world, UMA).people == len(PEOPLE) // 2
    assert not world.store.query(Query("readiness_sums", limit=1))[0].data.keys() & {"leader_id", "employee_id"}


def moved(world: CrashHarness, chance: Random) -> None:
    put(
        world,
        structs.replace(record(world, chance.choice(known(world))), manager_id=chance.choice((DANA, ED, VIC, None))),
    )


def left(world: CrashHarness, chance: Random) -> None:
    put(world, structs.replace(record(world, chance.choice(known(world))), active=chance.random() < 0.5))


def erased(world: CrashHarness, chance: Random) -> None:
    who = chance.choice(known(world))
    writes = EmployeeRecords.removal(who, world.clock.now())
    world.store.commit([*writes, Delete(f"ratings/{who}")])


def renamed(world: CrashHarness, chance: Random) -> None:
    who = chance.choice(known(world))
    ratings = world.store.get(f"ratings/{who}")
    put(world, structs.replace(record(world, who), employee_id=f"new-{who}"))
    if ratings is not None:
        world.store.commit([Put(f"ratings/new-{who}", ratings.data | {"employee_id": f"new-{who}"})])
    erased_of(world, who)


def erased_of(world: CrashHarness, who: str) -> None:
    world.store.commit([*EmployeeRecords.removal(who, world.clock.now()), Delete(f"ratings/{who}")])


def led_otherwise(world: CrashHarness, chance: Random) -> None:
    put(world, structs.replace(record(world, ED), manager_id=chance.choice((UMA, VIC, DANA, None))))


def seen(world: CrashHarness, chance: Random) -> None:
    there = [who for who in known(world) if world.store.get(f"states/{who}") is not None]
    observed(world, chance, chance.sample(there, 2))


def known(world: CrashHarness) -> list[str]:
    everybody = EmployeeRecords(world.store).page(active=None, manager=None, limit=100)
    return [one.employee_id for one in everybody if one.employee_id not in LEADERS]


HAPPENINGS: tuple[Callable[[CrashHarness, Random], None], ...] = (
    moved,
    left,
    erased,
    renamed,
    led_otherwise,
    seen,
    seen,
)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_has_happened_the_next_look_says_what_everybodys_page_would(
    world: CrashHarness, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Moves between teams, leavers, erasures, other ids, reorganisations, and events, in any order."""
    chance, shown = Random(seed), 0
    for _ in range(3):
        for _ in range(chance.randint(1, 4)):
            chance.choice(HAPPENINGS)(world, chance)
        world.clock.forward(hours=1)
        observed(world, chance, [chance.choice([who for who in known(world) if world.store.get(f"states/{who}")])])
        world.clock.forward(hours=1)
        looked(world)
        shown += agree(world, monkeypatch)
    assert shown >= 6


def test_a_night_is_followed_by_a_look_that_mends_whatever_was_wrong(
    world: CrashHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked(world)
    true = page(world, None)
    for document in world.store.query(Query("readiness_sums")):
        world.store.commit(
            [Put(document.path, document.data | {"sums": document.data["sums"].replace("16,", "99,", 1)})]
        )
    assert page(world, None).people == 99
    world.clock.forward(days=1)
    night(world)
    world.clock.forward(minutes=10)
    looked(world)
    assert page(world, None).people == true.people
    assert agree(world, monkeypatch) == 3


def test_what_is_closed_to_others_is_in_no_sum_until_it_opens(
    world: CrashHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked(world)
    before = page(world, None)
    world.clock.forward(hours=1)
    fresh = [
        call(f"{who}-closed", employee=who, scores=dict.fromkeys(FRAMEWORK.core, 5), at=world.clock.now())
        for who in PEOPLE[:5]
    ]
    for one in fresh:
        world.process().record(one)
    world.deliver()
    world.clock.forward(minutes=31)
    looked(world)
    assert agree(world, monkeypatch) == 3
    assert page(world, None).mean_readiness == before.mean_readiness
    world.clock.forward(hours=80)
    night(world)
    world.clock.forward(minutes=31)
    looked(world)
    assert agree(world, monkeypatch) == 3
    assert page(world, None).mean_readiness != before.mean_readiness


def everything(world: CrashHarness) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for collection in ("readiness_looks", "readiness_sums"):
        found |= {document.path: document.data for document in world.store.query(Query(collection))}
    return found


def carried_out(world: CrashHarness, fuse: Fuse) -> None:
    """Sweep and parts, each delivered again where its process dies."""
    for again in (False, True):
        try:
            world.process(fuse if not again else None).sum_readiness.sweep()
            break
        except Died:
            continue
    while world.tasks:
        _, payload = world.tasks.pop(0)
        try:
            world.process(fuse).recalculation_task(payload)
        except Died:
            world.process().recalculation_task(payload)


def test_a_look_that_dies_anywhere_adds_everybody_once(world: CrashHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    counting = Fuse()
    carried_out(world, counting)
    assert counting.passed > 10
    for point in range(counting.passed):
        world.clock.forward(hours=1)
        observed(world, Random(point), PEOPLE[:1])
        world.clock.forward(hours=1)
        fuse = Fuse(point)
        carried_out(world, fuse)
        assert fuse.blown
        assert agree(world, monkeypatch) == 3
        (look,) = world.store.query(Query("readiness_looks"))
        assert (look.data["over"], look.data["shown_at"] > world.clock.now() - timedelta(hours=1)) == (True, True)


def test_a_part_that_comes_twice_adds_once(world: CrashHarness) -> None:
    world.process().sum_readiness.sweep()
    parts = []
    while world.tasks:
        _, payload = world.tasks.pop(0)
        parts.append(payload)
        world.process().recalculation_task(payload)
    before = everything(world)
    assert len(parts) > 2
    for payload in reversed(parts):
        world.process().recalculation_task(payload)
    assert (everything(world), world.tasks) == (before, [])


def test_a_look_whose_place_was_erased_is_given_up_and_begun_again(
    world: CrashHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.process().sum_readiness.sweep()
    world.process().recalculation_task(world.tasks.pop(0)[1])
    (look,) = world.store.query(Query("readiness_looks"))
    assert look.data["after"] in (*PEOPLE, *LEADERS)
    world.store.commit([Put(look.path, look.data | {"after": "erased-1234"})])
    while world.tasks:
        world.process().recalculation_task(world.tasks.pop(0)[1])
    assert not is_added_up(world, None)
    world.clock.forward(minutes=10)
    looked(world)
    assert agree(world, monkeypatch) == 3


def test_nothing_new_is_no_reason_to_look_again_and_a_former_look_leaves_nothing(world: CrashHarness) -> None:
    world.clock.forward(minutes=10)
    looked(world)
    world.clock.forward(hours=2)
    assert world.process().sum_readiness.sweep() == 0
    observed(world, Random(1), PEOPLE[:1])
    world.clock.forward(minutes=10)
    looked(world)
    (look,) = world.store.query(Query("readiness_looks"))
    assert {one.data["look_id"] for one in world.store.query(Query("readiness_sums"))} == {look.data["look_id"]}
    observed(world, Random(2), PEOPLE[:1])
    assert world.process().sum_readiness.sweep() == 0, "not twice within half an hour"


def test_small_organisations_are_looked_at_while_somebody_waits(
    world: CrashHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sum_readiness, "LARGE", 500)
    assert world.process().sum_readiness.sweep() == 0
    assert everything(world) == {}


def test_what_is_a_night_old_or_of_other_rules_is_not_shown(world: CrashHarness) -> None:
    looked(world)
    assert is_added_up(world, None)
    (look,) = world.store.query(Query("readiness_looks"))
    world.store.commit([Put(look.path, look.data | {"shown_version": look.data["shown_version"] + 1})])
    assert not is_added_up(world, None)
    world.store.commit([Put(look.path, look.data)])
    world.clock.forward(hours=27)
    assert not is_added_up(world, None)
