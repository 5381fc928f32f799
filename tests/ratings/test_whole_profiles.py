"""Many profiles are read together, and are what each is alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import shared.ratings.usecases.whole_profiles as whole_profiles
from infra.wiring.ratings import RatingsUseCases, ratings
from shared.kernel.access import Caller
from shared.ratings.contract import ProfileAnswer
from shared.ratings.usecases.profile_answer import profile_answer
from shared.ratings.usecases.wanted_skills import EVERYTHING
from tests.harness.counting import Counted, counting
from tests.harness.crash_harness import CrashEnvironment, CrashHarness, Fuse, new_crash_harness
from tests.harness.sent_events import call, role_play
from tests.ratings.builders import framework

FRAMEWORK = replace(framework(), framework_id="sales_engineering")
ENABLEMENT = Caller(email="exporter@example.iam.gserviceaccount.com", scopes=frozenset({"administration"}))


def everybody(tmp_path: Path, people: int) -> CrashHarness:
    """So many people, each with calls of deals, some of which are closed."""
    ids = [f"p{number:02}@example.com" for number in range(people)]
    world = new_crash_harness(tmp_path, FRAMEWORK, ids)
    now = world.clock.now()
    process = world.process()
    for number, one in enumerate(ids):
        events = [role_play(f"r{number}", employee=one, score=60 + number % 30)]
        for age in (0, 3, 70):
            seen = call(f"c{number}-{age}", employee=one, at=now - timedelta(days=age, hours=1), industry="fintech")
            events.append({**seen, "context": {"industry": "fintech", "deal_id": f"d{number % 3}"}})
        process.record(*events)
    world.deliver()
    return world


def exported(world: CrashHarness) -> tuple[Sequence[ProfileAnswer], Counted]:
    """The lines of an export, and what it read."""
    environment = CrashEnvironment(world, Fuse())
    documents = counting(environment.ports["documents"])
    environment.ports |= {"documents": documents, "integrations": documents}
    on: RatingsUseCases = ratings(environment)
    return list(on.export.lines(ENABLEMENT, every=True, after=None)), documents.counted


def test_an_export_asks_as_often_for_thirty_people_as_for_three(tmp_path: Path) -> None:
    few, of_few = exported(everybody(tmp_path, 3))
    many, of_many = exported(everybody(tmp_path, 30))

    assert (len(few), len(many)) == (3, 30)
    assert of_many.trips == of_few.trips


def test_read_together_or_alone_the_lines_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = everybody(tmp_path, 7)
    projecting = world.process().projecting
    alone = [profile_answer(projecting.seen_by(ENABLEMENT, f"p{n:02}@example.com"), EVERYTHING)[0] for n in range(7)]
    together, _ = exported(world)
    monkeypatch.setattr(whole_profiles, "READ_TOGETHER", 3)
    in_parts, _ = exported(world)

    assert alone[0].scores_open_at is not None
    assert any(row.context == {"industry": "fintech"} for row in alone[0].skills)
    assert [one.model_dump_json() for one in together] == [one.model_dump_json() for one in alone]
    assert in_parts == together
