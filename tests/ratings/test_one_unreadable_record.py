"""One stored record that is not as this version writes it keeps nobody else back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.kernel.errors import Rejected, UnreadableRecord
from shared.observations.domain.event_filter import EventFilter
from shared.observations.records import Ledger
from shared.people.records import EmployeeRecords
from shared.platform.records.audit import AuditRecords
from shared.ports.documents import DELETE_FIELD, Merge, Put
from shared.ratings.records import RatingsRecords
from tests.harness.crash_harness import ADMINISTRATOR, CrashHarness, new_crash_harness
from tests.harness.sent_events import role_play
from tests.ratings.builders import GENERAL_DISCOVERY, framework

FRAMEWORK = replace(framework(replace(GENERAL_DISCOVERY, expires_after_days=40)), framework_id="sales_engineering")
JOE, MIA = "joe@example.com", "mia@example.com"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[CrashHarness]:
    made = new_crash_harness(tmp_path, FRAMEWORK, (JOE, MIA))
    made.process().record(role_play("j1", employee=JOE), role_play("m1", employee=MIA))
    made.deliver()
    yield made
    made.store.close()


@pytest.mark.parametrize(
    "change", [{}, {"readiness": DELETE_FIELD}, {"core_validated": DELETE_FIELD}, {"changed_in": 3}]
)
def test_published_ratings_of_one_person_keep_no_shard_back(world: CrashHarness, change: Mapping[str, Any]) -> None:
    """They are derived: the night writes them anew, and its revisions go on."""
    before = world.documents()[f"ratings/{MIA}"]
    world.store.commit([Merge(f"ratings/{MIA}", change)])
    world.clock.forward(days=1)
    run = world.process().recalculate.start(started_by="schedule", nightly=True)
    while world.tasks:
        _, payload = world.tasks.pop(0)
        world.process().recalculation_task(payload)
    assert world.process().recalculate.progress(run.run_id).state == "finished"
    after = RatingsRecords.get_in(world.store, MIA)
    assert after is not None
    assert after.readiness == before["readiness"]
    assert after.revision == before["revision"] + bool(change)


def test_an_event_rates_anew_who_had_unreadable_ratings(world: CrashHarness) -> None:
    revision = world.documents()[f"ratings/{MIA}"]["revision"]
    world.store.commit([Merge(f"ratings/{MIA}", {"readiness": DELETE_FIELD, "head": {"general": 3}, "skills": None})])
    assert world.process().people.in_sight.page(ADMINISTRATOR, active=None)
    assert RatingsRecords(world.store).shown([JOE, MIA], world.clock.now()).keys() == {JOE}
    world.process().record(role_play("m2", employee=MIA))
    world.process().ratings.update(MIA)
    assert RatingsRecords(world.store).shown([JOE, MIA], world.clock.now()).keys() == {JOE, MIA}
    assert world.documents()[f"ratings/{MIA}"]["revision"] == revision + 1


@pytest.mark.parametrize("change", [{}, {"role": "coach"}, {"name": None}, {"hire_date": "2024-3-1"}])
def test_one_employee_record_takes_no_list_away(world: CrashHarness, change: Mapping[str, Any]) -> None:
    world.store.commit([Merge(f"employees/{MIA}", change)])
    shown, _ = world.process().people.in_sight.page(ADMINISTRATOR, active=None)
    assert JOE in {one.employee_id for one in shown}


def test_a_list_of_people_goes_on_behind_a_damaged_record(world: CrashHarness) -> None:
    world.store.commit([Merge(f"employees/{JOE}", {"name": None})])
    shown, more = world.process().people.in_sight.page(ADMINISTRATOR, active=None, limit=1)
    assert ([one.employee_id for one in shown], more) == ([MIA], None)


def test_a_damaged_record_is_a_defect_for_who_asks_for_it_alone(world: CrashHarness) -> None:
    world.store.commit([Merge(f"employees/{MIA}", {"role": "coach of mia"})])
    with pytest.raises(UnreadableRecord) as failed:
        EmployeeRecords(world.store).get(MIA)
    assert failed.value.path == f"employees/{MIA}"
    assert "mia" not in str(failed.value)
    assert failed.value.__suppress_context__
    assert not issubclass(UnreadableRecord, Rejected)


def test_a_page_ends_where_its_last_document_stands(world: CrashHarness) -> None:
    audit = AuditRecords(world.store)
    whole = {"actor": "a", "actor_role": "r", "action": "x", "subject": None, "detail": None}
    for number in range(4):
        at = world.clock.now() + timedelta(days=1, seconds=number)
        world.store.commit([Put(f"audit/n{number}", {**whole, "audit_id": f"n{number}", "at": at})])
    world.store.commit([Merge("audit/n2", {"actor": DELETE_FIELD})])
    first = audit.page(limit=2, actor=None)
    second = audit.page(limit=2, after=first.next)
    assert [one.audit_id for one in (*first.items, *second.items)][:3] == ["n3", "n1", "n0"]


def test_a_repeated_event_needs_no_more_than_its_answer(world: CrashHarness) -> None:
    event_id = next(event.event_id for event in Ledger(world.store).latest("validation", 9, None).items)
    world.store.commit([Merge(f"events/{event_id}", {"recorded_by": DELETE_FIELD, "payload": None})])
    again = world.process().record(role_play("j1", employee=JOE), role_play("m1", employee=MIA))
    assert [one.status for one in again] == [200, 200]
    histories = [Ledger(world.store).history([one], EventFilter(), 9, None).items for one in (JOE, MIA)]
    assert sum(len(history) for history in histories) == 1


@pytest.mark.parametrize("unfinished", [None, {}])
def test_a_framework_without_debts_takes_events_in(world: CrashHarness, unfinished: dict[str, str] | None) -> None:
    world.store.commit([Merge("frameworks/sales_engineering", {"unfinished": unfinished})])
    outcome = world.process().record(role_play("j9", employee=JOE))[0]
    assert outcome.status == 201
