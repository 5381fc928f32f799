"""A place where nights pass, and what is read there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shared.frameworks.contract import RuleBody
from shared.ports.documents import Documents
from shared.ratings.contract import RunAnswer
from shared.taxonomy.contract import SkillChange
from tests.harness.crash_harness import CrashHarness, new_crash_harness
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


def night(world: CrashHarness) -> RunAnswer:
    """The whole night: the schedule's start, and every shard."""
    run = world.process().recalculate.start(started_by="schedule", nightly=True)
    while world.tasks:
        _, payload = world.tasks.pop(0)
        world.process().recalculation_task(payload)
    return world.process().recalculate.progress(run.run_id)


class Interrupted:
    """Documents that others change between this reader's first read of several and what it does then."""

    def __init__(self, inner: Documents, others: Any) -> None:
        self._inner, self._others = inner, others
        self.get, self.query, self.commit, self.transact = inner.get, inner.query, inner.commit, inner.transact
        self.read_together, self.collections = inner.read_together, inner.collections

    def get_many(self, paths: Any, fields: Any = None) -> Any:
        found = self._inner.get_many(paths, fields)
        self._others()
        return found
