"""One event costs the same documents whatever the history, and simultaneous events of one person all count."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from infra.declarations.pipeline import load_pipeline
from infra.local.sqlite_documents import SqliteDocuments
from shared.intake.usecases.prepare_event import Recorded
from shared.kernel.days import day_of
from shared.observations.contract import FieldObservation, ValidationEvent
from shared.observations.domain.entry import canonical_bytes
from shared.observations.usecases.interpret import sent
from shared.ports.documents import Put
from shared.ratings.domain.discrepancy import from_text
from shared.ratings.domain.projection import project
from shared.ratings.domain.skill_rating import to_text
from tests.harness.counting import Counted
from tests.harness.ledger_entries import ledger_entries
from tests.proofs import population
from tests.proofs.cost_per_event import EMPLOYEE, MACHINE, live_path, measure
from tests.proofs.measuring import NOW

SIMULTANEOUS = 30


def test_an_event_costs_five_reads_and_five_writes_and_the_first_one_read_less() -> None:
    first, hundredth, ten_thousandth = measure([0, 99, 9_999])
    for cost in (first, hundredth, ten_thousandth):
        # A call of the last two days may be closed to the sender, and to others: the ledger is asked.
        calls = cost is not first
        assert (cost.ingest.reads, cost.ingest.writes) == (1 + calls, 2)
        # The first in a place asks whether somebody else works there.
        asked = cost is first
        assert (cost.rating.reads, cost.rating.writes) == (2 + asked + calls, 3)
        assert cost.total == (4 + calls, 5)


def test_an_event_that_begins_a_discrepancy_or_ends_it_costs_no_document_more(tmp_path: Path) -> None:
    """Three calls at 60 beside practice at 90: it begins with the third. Then practice comes down until it ends."""
    store = SqliteDocuments(tmp_path / "documents.sqlite", indexes=load_pipeline().documents.indexes)
    path = live_path(store)
    store.commit([Put(f"states/{EMPLOYEE}", {"employee_id": EMPLOYEE, "framework_id": "benchmark"})])
    begun: list[bool] = []
    session, customer = population.validation_event, population.field_observation
    posted = [*[(session, 90)] * 3, *[(customer, 60)] * 3, *[(session, 60)] * 30]
    for number, (made, score) in enumerate(posted):
        raw = made(EMPLOYEE, str(number), (NOW - timedelta(hours=100 - number)).isoformat(), "retail", (score,) * 10)
        path.documents.counted = Counted()
        event = sent(FieldObservation if made is customer else ValidationEvent, raw)
        path.record.one(event, MACHINE)
        path.ratings.update(EMPLOYEE)
        calls = sum(one is customer for one, _ in posted[: number + 1])  # all of them may still be closed to others
        # One of each counts the industry, which this framework does not declare.
        # What rates the person reads them in any case; what answers, those of before, where there are any.
        earlier = calls - (made is customer)
        reads = 3 + earlier + calls + 1
        assert (path.documents.counted.reads, path.documents.counted.writes) == (reads, 5 + 1)
        ratings = store.get(f"ratings/{EMPLOYEE}")
        assert ratings is not None
        begun.append(bool(from_text(ratings.data["discrepancies"])))
    assert begun[:6] == [False] * 5 + [True]
    assert not begun[-1]
    store.close()


def test_an_event_about_somebody_whose_calls_are_all_open_costs_one_read(tmp_path: Path) -> None:
    store = SqliteDocuments(tmp_path / "documents.sqlite", indexes=load_pipeline().documents.indexes)
    path = live_path(store)
    store.commit([Put(f"states/{EMPLOYEE}", {"employee_id": EMPLOYEE, "framework_id": "benchmark"})])
    reads = []
    for number, days_ago in enumerate((40, 20, 10, 9)):  # those of two weeks and more are open at once
        at = (NOW - timedelta(days=days_ago)).isoformat()
        path.documents.counted = Counted()
        call = population.field_observation(EMPLOYEE, str(number), at, "retail", (70,) * 10)
        path.record.one(sent(FieldObservation, call), MACHINE)
        reads.append(path.documents.counted.reads - 1)  # its industry, which nobody declares, is counted

    assert reads == [1, 1, 1, 1 + 3]
    store.close()


def test_thirty_simultaneous_events_of_one_person_lose_nothing(tmp_path: Path) -> None:
    store = SqliteDocuments(tmp_path / "documents.sqlite", indexes=load_pipeline().documents.indexes)
    path = live_path(store)
    store.commit([Put(f"states/{EMPLOYEE}", {"employee_id": EMPLOYEE, "framework_id": "benchmark"})])
    together = threading.Barrier(SIMULTANEOUS)

    def arrive(number: int) -> Recorded:
        at = (NOW - timedelta(hours=number + 1)).isoformat()
        raw = population.validation_event(EMPLOYEE, str(number), at, "retail", (50 + number,) * 10)
        together.wait()
        recorded = path.record.one(sent(ValidationEvent, raw), MACHINE)
        path.ratings.update(EMPLOYEE)
        return recorded

    with ThreadPoolExecutor(SIMULTANEOUS) as pool:
        outcomes = list(pool.map(arrive, range(SIMULTANEOUS)))

    assert [outcome.status for outcome in outcomes] == [201] * SIMULTANEOUS
    state, ratings = store.get(f"states/{EMPLOYEE}"), store.get(f"ratings/{EMPLOYEE}")
    assert state is not None
    assert ratings is not None
    entries = ledger_entries(store, EMPLOYEE)
    assert len(entries) == SIMULTANEOUS
    assert canonical_bytes(state.data["observations"]) == canonical_bytes(entries)
    # The last update to read the state rated all of them, and whatever was published is no longer pending.
    configuration = path.ratings._configuration
    rows = project(entries, configuration.framework("benchmark"), configuration.parameters(), day_of(NOW))
    assert ratings.data["skills"] == to_text(rows)
    assert ratings.data["pending"] == {}
    store.close()
