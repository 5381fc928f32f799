"""Whoever reads single observations sees an analyst's scores only once they are open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.intake.contract import HistoryItem
from shared.kernel.access import Caller
from shared.kernel.ids import review_id_of
from shared.kernel.reading import validated
from shared.observations.domain.event_filter import EventFilter
from shared.observations.domain.observation import Kind
from shared.observations.messages import ObservationRecorded
from shared.operations.usecases.activity import Activity
from shared.ports.documents import Put
from shared.privacy.domain.visibility import opens_at
from shared.reviews.contract import ReviewDecision
from tests.harness.crash_harness import ADMINISTRATOR, CrashHarness, new_crash_harness
from tests.harness.sent_events import NOON, call, role_play
from tests.ratings.builders import GENERAL_DISCOVERY, framework

FRAMEWORK = replace(framework(GENERAL_DISCOVERY), framework_id="sales_engineering")
JOE, MIA, CHRIS = "joe@example.com", "mia@example.com", "chris@example.com"
CSV = f"name,email,role,manager\nJoe,{JOE},employee,{MIA}\nMia,{MIA},manager,\nChris,{CHRIS},cro,\n".encode()
EMPLOYEE = Caller(email=JOE, role="employee", employee_id=JOE)
MANAGER = Caller(email=MIA, role="manager", employee_id=MIA)
CRO = Caller(email=CHRIS, role="cro", employee_id=CHRIS)
MACHINE = Caller(email="m@demo.iam.gserviceaccount.com", scopes=frozenset({"profiles.read"}))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[CrashHarness]:
    """An analysed call of thirteen days ago that was accepted just now, a person's observation, and practice."""
    made = new_crash_harness(tmp_path, FRAMEWORK)
    process = made.process()
    process.people.import_people.from_csv(ADMINISTRATOR, CSV)
    seen_by_a_person = call("visit", scores={"discovery": 71})
    del seen_by_a_person["analysis_metadata"]["model_used"]
    process.record(call("c1", analysis=1000, at=NOON - timedelta(days=13), scores={"discovery": 62}))
    process.record(seen_by_a_person)
    process.record(role_play("p1", score=83))
    yield made
    made.store.close()


def in_history(world: CrashHarness, who: Caller) -> dict[str, list[float]]:
    return {item.source_id: [one["score"] for one in item.payload["competency_scores"]] for item in history(world, who)}


def history(world: CrashHarness, who: Caller, kind: Kind | None = None) -> tuple[HistoryItem, ...]:
    process = world.process()
    return process.history.of(who, process.employee(JOE), EventFilter(kind)).items


def in_activity(world: CrashHarness, who: Caller) -> dict[str, list[float | None]]:
    page = activity(world).latest(who, "field")
    return {item.event_id: [score for _, score in item.scores] for item in page.items}


def behind_the_rating(world: CrashHarness, who: Caller) -> list[int]:
    observations = activity(world).effective(who, world.process().employee(JOE))
    return sorted(score.hundredths // 100 for observation in observations for score in observation.scores)


def activity(world: CrashHarness) -> Activity:
    process = world.process()
    return Activity(world.store, process.people.in_sight, process.first_sight, process.audit)


ALL = {"c1": [62], "visit": [71], "p1": [83]}


def test_an_analysts_scores_are_left_out_until_they_open(world: CrashHarness) -> None:
    for who in (EMPLOYEE, ADMINISTRATOR, MACHINE):
        assert in_history(world, who) == ALL
        assert behind_the_rating(world, who) == [62, 71, 83]
    for who in (MANAGER, CRO):
        assert in_history(world, who) == {**ALL, "c1": []}
        assert behind_the_rating(world, who) == [71, 83]
        assert sorted(in_activity(world, who).values()) == [[], [71]]
    assert sorted(in_activity(world, EMPLOYEE).values()) == [[62], [71]]

    world.clock.forward(hours=48)
    for who in (MANAGER, CRO):
        assert in_history(world, who) == ALL
        assert behind_the_rating(world, who) == [62, 71, 83]
        assert sorted(in_activity(world, who).values()) == [[62], [71]]


def test_an_item_says_when_its_scores_open_and_where_they_are_contested(world: CrashHarness) -> None:
    said = {item.source_id: (item.scores_open_at, item.review_id) for item in history(world, MANAGER, "field")}
    opens = datetime(2026, 3, 6, 12, tzinfo=UTC)
    assert said == {"c1": (opens, review_id_of("gong", "c1", JOE)), "visit": (None, None)}


def test_the_wait_can_be_switched_off(world: CrashHarness) -> None:
    world.store.commit([Put("settings/reviews", {"employee_first_hours": 0})])
    assert in_history(world, MANAGER) == ALL
    assert behind_the_rating(world, MANAGER) == [62, 71, 83]


def test_a_decision_opens_with_the_analysis_that_it_is_about(world: CrashHarness) -> None:
    """Not later: the manager, who may have decided, would see the scores vanish."""
    world.store.commit([Put("settings/reviews", {"sample_share": 1.0})])
    for _, fact in [one for one in world.facts if one[0] == "observation-recorded"]:
        world.process().review_items.observe(validated(ObservationRecorded, fact))
    world.clock.forward(hours=47)
    decision = ReviewDecision.model_validate(
        {"decision": "correct", "scores": [{"competency": "discovery", "score": 55}]}
    )
    world.process().reviews.decide.decide(ADMINISTRATOR, review_id_of("gong", "c1", JOE), decision)
    scores = [score for score in in_activity(world, MANAGER).values() if score != [71]]
    assert scores == [[], []]
    world.clock.forward(hours=1)
    scores = [score for score in in_activity(world, MANAGER).values() if score != [71]]
    assert sorted(scores) == [[55], [62]]


def test_a_call_of_two_weeks_before_its_analysis_is_open_at_once() -> None:
    dana = Caller(email="dana@augmentcode.com", role="manager", employee_id="dana@augmentcode.com")
    scored = datetime(2026, 3, 4, 12, tzinfo=UTC)

    imported = opens_at(dana, "joe@augmentcode.com", scored, 48, scored - timedelta(days=14))
    fresh = opens_at(dana, "joe@augmentcode.com", scored, 48, scored - timedelta(days=14) + timedelta(seconds=1))

    assert imported is None
    assert fresh == scored + timedelta(hours=48)
