"""The recorder's limits hold whoever asks: in every second, in every day, over threads and instances."""

from __future__ import annotations

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.sqlite_documents import SqliteDocuments
from shared.call_pipeline.domain.allowance import LATENESS, TRAVEL, Allowance, RequestLimits, allot
from shared.call_pipeline.records.allowances import Allowances
from shared.call_pipeline.usecases.call_budget import MOST_AT_ONCE, CallBudget
from shared.conversations.ports.calls import BudgetSpent, RateLimited
from shared.ports.documents import Documents
from tests.harness.counting import counting

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PATH = "call_budgets/gong"
SECOND = timedelta(seconds=1)


class ThreadsOwnTime(threading.local):
    """A clock that waiting moves on, each thread's for itself; now and then a sleeper oversleeps."""

    def __init__(self, start: datetime = START, oversleeps: bool = False) -> None:
        self.time = start
        self._random = random.Random(threading.get_ident()) if oversleeps else None

    def now(self) -> datetime:
        return self.time

    def wait(self, seconds: float) -> None:
        self.pass_(seconds)
        if self._random is not None:
            self.pass_(self._random.choice([0, 0.001, 0.06, 0.25]))

    def pass_(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def documents(tmp_path: Path) -> SqliteDocuments:
    return SqliteDocuments(tmp_path / "integrations.sqlite", durable=False)


def budget(documents: Documents, clock: ThreadsOwnTime, limits: RequestLimits | None = None) -> CallBudget:
    return CallBudget(
        Allowances(documents, PATH),
        clock,
        clock.wait,
        limits=replace(limits or RequestLimits(), may_wait=timedelta(hours=1)),
        exclusively=threading.Lock(),
    )


def most_in_a_second(starts: list[datetime]) -> int:
    ordered = sorted(starts)
    return max(sum(start <= other < start + SECOND for other in ordered) for start in ordered)


def test_requests_start_three_a_second_at_most(documents: SqliteDocuments) -> None:
    clock = ThreadsOwnTime()
    shared = budget(documents, clock)
    starts = []
    for _ in range(12):
        shared.take()
        starts.append(clock.now())
    assert starts[0] == START
    assert starts[-1] == START + 11 * timedelta(milliseconds=434)
    assert most_in_a_second(starts) == 3


def test_fifty_threads_of_five_instances_keep_the_second_and_the_day(documents: SqliteDocuments) -> None:
    limits = RequestLimits(per_second=3, per_day=220)
    clock = ThreadsOwnTime(oversleeps=True)
    instances = [budget(documents, clock, limits) for _ in range(5)]
    starts: list[datetime] = []
    refused: list[BudgetSpent | RateLimited] = []

    def work(number: int) -> None:
        chance = random.Random(number)
        for _ in range(6):
            try:
                instances[number % 5].take()
            except (BudgetSpent, RateLimited) as told:  # the latter after oversleeping five times in a row
                refused.append(told)
            else:
                starts.append(clock.now())
            clock.pass_(chance.uniform(0, 3))  # the request itself

    with ThreadPoolExecutor(50) as threads:
        for done in [threads.submit(work, number) for number in range(50)]:
            done.result(timeout=120)

    assert most_in_a_second(starts) <= 3
    assert len(starts) <= 220
    assert len(starts) + len(refused) == 300
    assert len(starts) >= 200, "slots that nobody used were given back, all but the last few of each instance"


def test_a_reservation_for_several_spares_the_document(documents: SqliteDocuments) -> None:
    counted = counting(documents)
    clock = ThreadsOwnTime()
    shared = budget(counted, clock)
    for _ in range(43):
        shared.take()
    # One, two, four, then five at a time.
    assert counted.counted.writes == 3 + (43 - 7) // MOST_AT_ONCE + 1


def test_who_asks_rarely_reserves_one_and_wastes_nothing(documents: SqliteDocuments) -> None:
    clock = ThreadsOwnTime()
    shared = budget(documents, clock)
    for _ in range(20):
        shared.take()
        clock.pass_(60)
    found = documents.get(PATH)
    assert found is not None
    assert found.data["used"] <= 21


def test_a_slot_that_was_missed_belongs_to_others(documents: SqliteDocuments) -> None:
    clock = ThreadsOwnTime()
    ours, theirs = budget(documents, clock), budget(documents, clock)
    for _ in range(4):
        ours.take()  # which leaves three slots in hand
    clock.pass_(30)
    starts = []
    for one in (theirs, ours, theirs, ours):
        one.take()
        starts.append(clock.now())
    assert most_in_a_second(starts) <= 3


def test_the_day_ends_and_begins_in_utc(documents: SqliteDocuments) -> None:
    clock = ThreadsOwnTime(datetime(2026, 3, 2, 23, 59, 0, tzinfo=UTC))
    shared = budget(documents, clock, RequestLimits(per_day=2))
    shared.take()
    shared.take()
    with pytest.raises(BudgetSpent) as spent:
        shared.take()
    clock.pass_(spent.value.after_seconds)
    assert clock.now().date() == date(2026, 3, 3)
    shared.take()


def test_who_would_wait_too_long_is_told_when_to_come_back(documents: SqliteDocuments) -> None:
    clock = ThreadsOwnTime()
    budget(documents, clock).hold_off(90)
    impatient = CallBudget(Allowances(documents, PATH), clock, clock.wait)
    with pytest.raises(RateLimited) as limited:
        impatient.take()
    assert limited.value.after_seconds == 90
    assert clock.now() == START
    clock.pass_(90)
    impatient.take()


def test_what_the_recorder_asks_one_to_wait_everybody_waits(documents: SqliteDocuments) -> None:
    clock = ThreadsOwnTime()
    ours, theirs = budget(documents, clock), budget(documents, clock)
    ours.take()
    ours.take()  # holds a further slot, and lets it go
    ours.hold_off(7)
    theirs.hold_off(3)  # no sooner than what was asked before
    for one in (theirs, ours):
        one.take()
        assert clock.now() >= START + timedelta(seconds=7)


def test_a_machine_that_never_wakes_in_time_gives_up(documents: SqliteDocuments) -> None:
    clock = ThreadsOwnTime()
    others = budget(documents, clock)

    def oversleep(seconds: float) -> None:
        clock.pass_(seconds + 2)
        others.hold_off(1)  # so that there always is a line

    slow = CallBudget(Allowances(documents, PATH), clock, oversleep)
    slow.take()
    with pytest.raises(RateLimited, match="too slow"):
        slow.take()
    others.take()
    found = documents.get(PATH)
    assert found is not None
    assert found.data["used"] <= 4, "what was missed is given back, but for the last"


STEPS = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 433, 434, 435, 2_000, 60_000, 40_000_000]),  # milliseconds that pass
        st.integers(1, MOST_AT_ONCE),
        st.integers(0, 3),  # how many of them are let go
    ),
    min_size=1,
    max_size=60,
)


@given(STEPS, st.integers(1, 5), st.integers(1, 12))
def test_no_second_and_no_day_holds_more_than_its_limit(
    steps: list[tuple[int, int, int]], per_second: int, per_day: int
) -> None:
    limits = RequestLimits(per_second, per_day, timedelta(days=2))
    allowance: Allowance | None = None
    now, used, unused = START, list[datetime](), list[date]()
    for passed, wanted, let_go in steps:
        now += timedelta(milliseconds=passed)
        try:
            slots, allowance = allot(allowance, now, wanted, limits, unused)
        except BudgetSpent:
            continue
        assert 1 <= len(slots) <= wanted
        assert all(slot >= now for slot in slots)
        kept = slots[: max(0, len(slots) - let_go)]
        unused = [slot.date() for slot in slots[len(kept) :]]
        used += kept
    # Each may start late and travel long, by as much as is allowed, and none starts early.
    gaps = [(later - earlier) for earlier, later in zip(used, used[per_second:], strict=False)]
    assert all(gap - LATENESS - TRAVEL >= SECOND for gap in gaps)
    assert all(count <= per_day for count in Counter(slot.date() for slot in used).values())
