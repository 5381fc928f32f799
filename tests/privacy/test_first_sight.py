"""Whoever reads single observations sees an analyst's scores only once they are open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.intake.contract import HistoryItem, VoidBody
from shared.kernel.access import ROLES, Caller, Role
from shared.kernel.ids import review_id_of
from shared.kernel.reading import validated
from shared.observations.domain.entry import decode_entries
from shared.observations.domain.event_filter import EventFilter
from shared.observations.domain.observation import Kind
from shared.observations.messages import ObservationRecorded
from shared.observations.records import Ledger
from shared.observations.state_records import States, StoredState
from shared.operations.usecases.activity import Activity
from shared.ports.documents import Put
from shared.privacy.domain.visibility import opens_at, opens_in_queue_at
from shared.privacy.usecases.first_sight import FirstSight
from shared.reviews.contract import ReviewDecision
from shared.reviews.records import ReviewRecords
from tests.harness.counting import counting
from tests.harness.crash_harness import ADMINISTRATOR, CrashHarness, new_crash_harness
from tests.harness.sent_events import NOON, call, role_play
from tests.ratings.builders import GENERAL_DISCOVERY, framework

FRAMEWORK = replace(framework(GENERAL_DISCOVERY), framework_id="sales_engineering")
JOE, MIA, CHRIS = "joe@example.com", "mia@example.com", "chris@example.com"
CSV = f"name,email,role,manager\nJoe,{JOE},employee,{MIA}\nMia,{MIA},manager,\nChris,{CHRIS},cro,\n".encode()
EMPLOYEE = Caller(email=JOE, role="employee", employee_id=JOE)
MANAGER = Caller(email=MIA, role="manager", employee_id=MIA)
CRO = Caller(email=CHRIS, role="cro", employee_id=CHRIS)
MACHINE = Caller(email="m@demo.iam.gserviceaccount.com", scopes=frozenset({"administration"}))


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


OTHERS = (MANAGER, CRO, ADMINISTRATOR, MACHINE)


def test_an_analysts_scores_are_left_out_until_they_open(world: CrashHarness) -> None:
    assert in_history(world, EMPLOYEE) == ALL
    assert behind_the_rating(world, EMPLOYEE) == [62, 71, 83]
    assert sorted(in_activity(world, EMPLOYEE).values()) == [[62], [71]]
    for who in OTHERS:
        assert in_history(world, who) == {**ALL, "c1": []}
        assert behind_the_rating(world, who) == [71, 83]
        assert sorted(in_activity(world, who).values()) == [[], [71]]

    world.clock.forward(hours=24)
    for who in OTHERS:
        assert in_history(world, who) == ALL
        assert behind_the_rating(world, who) == [62, 71, 83]
        assert sorted(in_activity(world, who).values()) == [[62], [71]]


def test_an_item_says_when_its_scores_open_and_where_they_are_contested(world: CrashHarness) -> None:
    said = {item.source_id: (item.scores_open_at, item.review_id) for item in history(world, MANAGER, "field")}
    opens = datetime(2026, 3, 5, 12, tzinfo=UTC)
    assert said == {"c1": (opens, review_id_of("gong", "c1", JOE)), "visit": (None, None)}


def test_what_is_closed_says_of_what_it_is_and_nothing_that_was_found(world: CrashHarness) -> None:
    (closed,) = [item for item in history(world, MANAGER, "field") if item.source_id == "c1"]
    (open_one,) = [item for item in history(world, EMPLOYEE, "field") if item.source_id == "c1"]

    assert (closed.standing, closed.superseded) == ("not_open_yet", None)
    assert open_one.payload["analysis_metadata"]["model_used"]
    assert "analysis_metadata" not in closed.payload
    assert closed.payload["timestamp"] == open_one.payload["timestamp"]


def test_what_is_closed_is_in_no_answer_about_what_events_say(world: CrashHarness) -> None:
    process = world.process()
    for wanted in (EventFilter("field", competency="discovery"), EventFilter("field", standing="counted")):
        found = {who.email: process.history.of(who, process.employee(JOE), wanted, limit=1) for who in (CRO, EMPLOYEE)}
        assert [item.source_id for item in found[CRO.email].items] == ["visit"]
        assert found[CRO.email].next is None
        assert [item.source_id for item in found[EMPLOYEE.email].items] == ["visit"]
        assert found[EMPLOYEE.email].next is not None


def test_the_wait_can_be_switched_off(world: CrashHarness) -> None:
    world.store.commit([Put("settings/reviews", {"employee_first_hours": 0})])
    assert in_history(world, MANAGER) == ALL
    assert behind_the_rating(world, MANAGER) == [62, 71, 83]


def test_a_decision_opens_with_the_analysis_that_it_is_about(world: CrashHarness) -> None:
    """Not later: the manager, who may have decided, would see the scores vanish."""
    world.store.commit([Put("settings/reviews", {"sample_share": 1.0})])
    for _, fact in [one for one in world.facts if one[0] == "observation-recorded"]:
        world.process().review_items.observe(validated(ObservationRecorded, fact))
    world.clock.forward(hours=23)
    decision = ReviewDecision.model_validate(
        {"decision": "correct", "scores": [{"competency": "discovery", "score": 55}]}
    )
    world.process().reviews.decide.decide(ADMINISTRATOR, review_id_of("gong", "c1", JOE), decision)
    scores = [score for score in in_activity(world, MANAGER).values() if score != [71]]
    assert scores == [[], []]
    world.clock.forward(hours=1)
    scores = [score for score in in_activity(world, MANAGER).values() if score != [71]]
    assert sorted(scores) == [[55], [62]]


SCORED = datetime(2026, 3, 4, 12, tzinfo=UTC)
DANA = Caller(email="dana@augmentcode.com", role="manager", employee_id="dana@augmentcode.com")


@pytest.mark.parametrize(
    ("before", "opens_after"),
    [
        (timedelta(0), timedelta(hours=48)),  # analysed at once: two days after the conversation
        (timedelta(hours=20), timedelta(hours=28)),
        (timedelta(hours=30), timedelta(hours=24)),  # analysed late: a day is left to the employee
        (timedelta(days=13), timedelta(hours=24)),
        (timedelta(days=14) - timedelta(seconds=1), timedelta(hours=24)),
        (timedelta(days=14), None),  # history that was brought in
    ],
)
def test_scores_open_by_the_conversation_and_by_the_receipt(before: timedelta, opens_after: timedelta | None) -> None:
    opens = opens_at(DANA, JOE, SCORED, 48, SCORED - before)

    assert opens == (None if opens_after is None else SCORED + opens_after)


@pytest.mark.parametrize("role", ROLES)
def test_reviewers_see_scores_first_in_the_queue_alone(role: Role) -> None:
    who = Caller(email="r@example.com", role=role, employee_id="r@example.com")

    assert opens_at(who, JOE, SCORED, 48, SCORED) == SCORED + timedelta(hours=48)
    assert (opens_in_queue_at(who, JOE, SCORED, 48, SCORED) is None) == (role in {"enablement", "administrator"})


def test_openings_are_told_in_their_order_whatever_the_order_of_receipt(world: CrashHarness) -> None:
    """The one received first opens last."""
    process, begun = world.process(), world.clock.now()
    world.clock.forward(hours=1)
    process.record(call("late", analysis=1000, at=NOON, scores={"discovery": 50}))  # opens 48 h after noon
    world.clock.forward(hours=1)
    process.record(call("later", analysis=1000, at=NOON - timedelta(days=3), scores={"discovery": 40}))
    sight = process.first_sight

    world.clock.forward(hours=48)
    told = sight.opened((begun, ""), world.clock.now(), 10)
    step, one_by_one = (begun, ""), []
    while found := sight.opened(step, world.clock.now(), 1):
        one_by_one += found
        step = found[0].at, found[0].event_id

    analysed = [one.at - NOON for one in told]
    assert analysed == sorted(analysed)
    assert [timedelta(hours=24), timedelta(hours=26), timedelta(hours=48)] == sorted(set(analysed))
    assert one_by_one == told


class TestWhoseCallsAreLookedUp:
    def _state(self, world: CrashHarness, **entry: Any) -> StoredState:
        """Joe's state, his call of thirteen days ago changed."""
        stored = States(world.store).get(JOE)
        assert stored is not None
        changed = {}
        for key, text in stored.entries.items():
            (one,) = decode_entries([text])
            changed[key] = one._replace(**entry).encoded()[1] if one.source_id == "c1" else text
        return replace(stored, entries=changed)

    def _closed(self, world: CrashHarness, state: StoredState) -> tuple[frozenset[tuple[str, str]], int]:
        """The closed calls, and how many reads they took."""
        store = counting(world.store)
        sight = FirstSight(Ledger(store), ReviewRecords(store), world.process().configuration, world.clock)
        sight.closed_of([])  # the configuration is read once
        before = store.counted.reads
        return sight.closed_of([state])[JOE].calls, store.counted.reads - before

    @pytest.mark.parametrize(
        "entry",
        [{}, {"received": 0}, {"human": 1, "received": int((NOON + timedelta(days=2)).timestamp() * 1000)}],
        ids=["with its receipt", "without", "decided two weeks after"],
    )
    def test_are_those_of_whom_the_state_cannot_tell_that_all_are_open(
        self, world: CrashHarness, entry: dict[str, int]
    ) -> None:
        assert self._closed(world, self._state(world, **entry))[0] == {("gong", "c1")}

    def test_are_not_read_of_whom_it_can(self, world: CrashHarness) -> None:
        world.clock.forward(hours=25)
        assert self._closed(world, self._state(world)) == (frozenset(), 0)

    def test_are_none_that_are_void(self, world: CrashHarness) -> None:
        before = self._state(world)
        world.process().voiding.void(
            ADMINISTRATOR, VoidBody(event_id="c1", source="gong", kind="field", reason="By mistake")
        )
        assert self._closed(world, before)[0] == frozenset()
