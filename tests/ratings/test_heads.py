"""Lists and aggregates read a person's head and nothing else: it says the same as all rows do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.frameworks.domain.framework import Framework
from shared.ports.documents import DELETE_FIELD, Documents, Merge
from shared.ratings.domain.head import Head, head_of
from shared.ratings.domain.readiness import core_levels
from shared.ratings.domain.skill_rating import SkillRating, from_text, to_text
from shared.ratings.domain.team_sums import heat_map, team
from shared.ratings.records import RatingsRecords
from tests.harness.crash_harness import CrashHarness, new_crash_harness
from tests.harness.sent_events import NOON, call
from tests.ratings.builders import GENERAL_DISCOVERY, framework

PEOPLE = [f"p{number}@example.com" for number in range(6)]
CORE = ("discovery", "closing")
SALES: Framework = replace(
    framework(GENERAL_DISCOVERY, replace(GENERAL_DISCOVERY, competency="closing"), competencies=CORE, core=CORE),
    framework_id="sales_engineering",
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[CrashHarness]:
    """Six people with calls in two industries; only the newest one's is closed to others."""
    made = new_crash_harness(tmp_path, SALES, PEOPLE)
    for number, person in enumerate(PEOPLE):
        calls = [
            call(
                f"{person}-{day}",
                employee=person,
                scores=dict.fromkeys(CORE, 62 + 4 * number),
                at=NOON - timedelta(days=day),
                industry=("healthcare", "retail")[day % 2],
            )
            for day in range(20, 25)
        ]
        made.process().record(*calls)
    made.deliver()
    yield made
    made.store.close()


class Fields:
    """The `Documents` port that notes what is read of ratings."""

    def __init__(self, inner: Documents) -> None:
        self._inner = inner
        self.asked: list[tuple[int, Any]] = []

    def get_many(self, paths: Any, fields: Any = None) -> Any:
        self.asked.append((len(paths), fields))
        return self._inner.get_many(paths, fields)


def rows_of(world: CrashHarness, person: str) -> list[SkillRating]:
    document = world.store.get(f"ratings/{person}")
    assert document is not None
    return from_text(document.data["skills"])


def heads(world: CrashHarness) -> Mapping[str, Head]:
    return {who: one.head for who, one in RatingsRecords(world.store).shown(PEOPLE, world.clock.now()).items()}


def test_a_head_says_what_all_rows_say(world: CrashHarness) -> None:
    read = heads(world)
    rows = {person: rows_of(world, person) for person in PEOPLE}
    whole = {person: head_of(found) for person, found in rows.items()}
    assert all(len(read[person].general) < len(rows[person]) for person in PEOPLE)
    assert [core_levels(read[person].general, SALES) for person in PEOPLE] == [
        core_levels(rows[person], SALES) for person in PEOPLE
    ]
    assert team(read, SALES) == team(whole, SALES)
    assert team(read, SALES).likely is not None
    assert heat_map(read, SALES, "industry") == heat_map(whole, SALES, "industry")
    assert {cell.people for line in heat_map(read, SALES, "industry") for cell in line} == {0, 6}


def test_nothing_but_heads_is_read(world: CrashHarness) -> None:
    seen = Fields(world.store)
    RatingsRecords(seen).shown([*PEOPLE, "nobody@example.com"], world.clock.now())  # type: ignore[arg-type]
    assert seen.asked == [(7, ["head"])]
    found = world.store.get_many([f"ratings/{person}" for person in PEOPLE], ["head"])
    assert {tuple(document.data) for document in found.values()} == {("head",)}


def test_what_was_written_without_a_head_is_shown_as_it_was(world: CrashHarness) -> None:
    before = heads(world)
    path, later = f"ratings/{PEOPLE[0]}", world.clock.now() + timedelta(days=2)
    world.store.commit([Merge(path, {"head": DELETE_FIELD})])
    after = heads(world)
    assert (after[PEOPLE[0]].general, after[PEOPLE[0]].cells) == (before[PEOPLE[0]].general, before[PEOPLE[0]].cells)
    assert team(after, SALES) == team(before, SALES)
    without = to_text(row for row in rows_of(world, PEOPLE[0]) if row.competency == "closing")
    world.store.commit([Merge(path, {"closed_until": later, "open_skills": without})])
    shown = RatingsRecords(world.store).shown(PEOPLE[:1], world.clock.now())[PEOPLE[0]]
    assert shown.closed
    assert {row.competency for row in shown.head.general} == {"closing"}
    opened = RatingsRecords(world.store).shown(PEOPLE[:1], later)[PEOPLE[0]]
    assert (opened.closed, opened.head.general) == (False, before[PEOPLE[0]].general)
    world.clock.forward(days=1)
    world.process().ratings.update(PEOPLE[0])
    document = world.store.get(path)
    assert document is not None
    assert next(iter(document.data)) == "head"
    assert not {"closed_until", "open_skills"} & document.data.keys()
