"""Of analyses without a version the last received counts, in whatever order what follows is processed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from shared.kernel.days import day_of
from shared.observations.domain.entry import entry_key
from shared.ratings.domain.projection import project
from shared.ratings.domain.skill_rating import SkillRating, to_text
from tests.harness.crash_harness import CrashHarness, new_crash_harness
from tests.harness.ledger_entries import ledger_entries
from tests.harness.sent_events import answer_of, call
from tests.ratings.builders import GENERAL_DISCOVERY, framework

FRAMEWORK = replace(framework(GENERAL_DISCOVERY), framework_id="sales_engineering")
JOE = "joe@example.com"
HISTORIES: dict[str, Sequence[tuple[int, str]]] = {
    "down": [(90, "healthcare"), (50, "healthcare")],
    "up": [(95, "healthcare"), (100, "healthcare")],
    "down and up": [(50, "healthcare"), (9, "healthcare"), (60, "healthcare")],
    "elsewhere and back": [(80, "healthcare"), (80, "fintech"), (80, "healthcare")],
}


def analyses(history: Sequence[tuple[int, str]]) -> list[dict[str, Any]]:
    return [
        call(f"a{number}", source_id="c1", scores={"discovery": score}, industry=industry)
        for number, (score, industry) in enumerate(history)
    ]


@pytest.fixture
def worlds(tmp_path: Path) -> Iterator[list[CrashHarness]]:
    """As many as a test makes."""
    made: list[CrashHarness] = []
    yield made
    for world in made:
        world.store.close()


def recorded(
    worlds: list[CrashHarness], folder: Path, raws: Sequence[dict[str, Any]], *, together: bool
) -> CrashHarness:
    world = new_crash_harness(folder, FRAMEWORK, [JOE])
    worlds.append(world)
    for request in [raws] if together else [[raw] for raw in raws]:
        for outcome in world.process().record(*request):
            assert answer_of(outcome)["standing"] == "counted"
    return world


def state_of(world: CrashHarness) -> dict[str, str]:
    state = world.store.get(f"states/{JOE}")
    assert state is not None
    found: dict[str, str] = state.data["observations"]
    return found


def rated(world: CrashHarness, entries: dict[str, str]) -> list[SkillRating]:
    return project(entries, FRAMEWORK, world.process().configuration.parameters(), day_of(world.clock.now()))


@pytest.mark.parametrize("together", [False, True], ids=["one by one", "as a list"])
@pytest.mark.parametrize("history", HISTORIES.values(), ids=list(HISTORIES))
def test_the_last_received_counts_though_all_come_at_one_moment(
    tmp_path: Path, worlds: list[CrashHarness], history: Sequence[tuple[int, str]], together: bool
) -> None:
    world = recorded(worlds, tmp_path, analyses(history), together=together)
    rows = {(row.competency, row.context): row for row in rated(world, state_of(world))}
    score, industry = history[-1]

    assert rows["discovery", ""].rating == score * 100
    assert rows["discovery", f"industry={industry}"].rating == score * 100
    assert {context for competency, context in rows if competency == "discovery" and context} == {
        f"industry={industry}"
    }


@pytest.mark.parametrize("history", HISTORIES.values(), ids=list(HISTORIES))
def test_any_order_of_processing_ends_on_the_last_received(
    tmp_path: Path, worlds: list[CrashHarness], history: Sequence[tuple[int, str]]
) -> None:
    world = recorded(worlds, tmp_path, analyses(history), together=False)
    entries = state_of(world)
    wanted = to_text(rated(world, entries))

    assert ledger_entries(world.store, JOE) == entries
    for order in permutations(entries.items()):
        assert to_text(rated(world, dict([*order, *order]))) == wanted
    for arriving in permutations(world.facts):
        for _, fact in [*arriving, arriving[0]]:
            world.process().ratings.update(fact["employee_id"])
        ratings = world.store.get(f"ratings/{JOE}")
        assert ratings is not None
        assert ratings.data["skills"] == wanted


def test_a_repetition_keeps_the_first_receipt_and_adds_nothing(tmp_path: Path, worlds: list[CrashHarness]) -> None:
    first, second = analyses(HISTORIES["down"])
    world = recorded(worlds, tmp_path, [first, second], together=False)
    before = state_of(world)
    world.clock.forward(hours=1)
    for request in ([first], [second, first], [first, first]):
        for outcome in world.process().record(*request):
            assert (outcome.status, answer_of(outcome)["duplicate"]) == (200, True)

    assert state_of(world) == before
    again = world.process().record(first)[0]
    assert answer_of(again)["standing"] == "superseded"


def test_what_is_received_by_a_clock_that_goes_slow_is_later_all_the_same(
    tmp_path: Path, worlds: list[CrashHarness]
) -> None:
    first, second = analyses(HISTORIES["down"])
    world = recorded(worlds, tmp_path, [first], together=False)
    world.clock.forward(minutes=-3)
    world.process().record(second)
    (row,) = (row for row in rated(world, state_of(world)) if (row.competency, row.context) == ("discovery", ""))
    received = [datetime.fromisoformat(fact["received_at"]) for _, fact in world.facts]

    assert row.rating == 5000
    assert received == sorted(received), "the warehouse ranks by it"
    assert len(set(received)) == 2
    assert all(entry_key(text) == key for key, text in state_of(world).items())
