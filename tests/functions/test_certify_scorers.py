"""A task has scorers compared with people: the last days' analyses part by part, then the certificates."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.observations import records
from shared.ports.documents import Query
from shared.reviews.usecases import notice_reruns
from tests.functions.conftest import Deployed
from tests.harness.call_world import JOE, MIA
from tests.harness.sent_events import NOON, call

FIRST = {"begun_at": NOON.isoformat()}


def test_without_reviews_nothing_is_certified(deployed: Deployed) -> None:
    status, answer = deployed.again_after_a_failure("certify_scorers", FIRST)
    assert (status, answer["changed"]) == (200, 0)


def test_a_task_that_cannot_be_read_is_quarantined(deployed: Deployed) -> None:
    assert deployed.deliver("certify_scorers", {}) == (200, None)
    assert deployed.quarantined() == ["certify_scorers"]


def test_many_analyses_are_looked_at_part_by_part_and_a_part_that_comes_again_changes_nothing(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "PAGE", 2)
    monkeypatch.setattr(notice_reruns, "MOST_TIME", timedelta(0))
    for person in (JOE, MIA):
        for number in range(2):
            name = f"c{number}-{person}"
            deployed.recorded(call(name, employee=person, scores={"discovery": 70}))
            again = call(f"{name}-again", source_id=name, employee=person, scores={"discovery": 75}, analysis=1_000_000)
            deployed.recorded(again)
    task: dict[str, Any] = {**FIRST}
    world, asked = deployed.calls.world, 0
    world.tasks.clear()
    while True:
        status, answer = deployed.deliver("certify_scorers", task)
        assert status == 200
        assert deployed.deliver("certify_scorers", task) == (status, answer)
        if "asked_for" not in answer:
            break
        ((_, task),) = dict(world.tasks).items()
        world.tasks.clear()
        asked += 1
        assert (answer["asked_for"], task["part"]) == (asked, asked)
    assert asked == 4
    assert answer["scorers"] == 1
    assert len(world.store.query(Query("reruns"))) == 4
