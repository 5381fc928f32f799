"""Webhooks go on after a move: whoever ignores what is older than what they have seen misses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from infra.local.files import LocalFiles
from infra.local.sqlite_documents import SqliteDocuments
from shared.conversations.usecases.transcripts import TranscriptStore
from shared.identities.records import MoveRecords
from shared.identities.usecases.move_document import Stores
from shared.identities.usecases.move_person import MovePerson
from shared.identities.usecases.move_runs import MoveRuns
from shared.ports.documents import Query, Where
from shared.ratings.messages import SkillChanged
from shared.ratings.usecases.rebuild_state import RebuildState
from shared.subscriptions.records import Delivery, DeliveryRecords, Subscription
from shared.subscriptions.usecases.facts import of_skills
from tests.harness.crash_harness import ADMINISTRATOR, CrashHarness, Fuse, FusedTasks, new_crash_harness
from tests.harness.sent_events import NOON, call, role_play
from tests.ratings.builders import framework

FRAMEWORK = replace(framework(), framework_id="sales_engineering")
JOE, NEW, MIA, WHY = "joe@example.com", "joanna@example.com", "mia@example.com", "Took another name"
SUBSCRIPTION = Subscription(
    subscription_id="s1",
    owner="mirror@example.com",
    owner_kind="service",
    address="https://hooks.example.com/",
    event_types=("skill.changed",),
    description="",
    state="active",
    paused_because=None,
    failing_since=None,
    secrets=(),
    created_at=NOON,
    changed_at=NOON,
)


class NoWarehouse:
    """The part of the warehouse that a move needs, with nothing in it."""

    def move(self, employee_id: str, to: str) -> None:
        """Moves no row."""


@dataclass
class Mirror:
    """An organisation, and a receiver that keeps what is new and ignores lower revisions, as it is told to."""

    world: CrashHarness
    integrations: SqliteDocuments
    files: LocalFiles

    def __post_init__(self) -> None:
        self._deliveries = DeliveryRecords(self.integrations)
        self._seen: dict[str, int] = {}
        self._facts = 0

    def post(self, event_id: str, employee: str, score: int) -> list[int]:
        """Posts an event; the revisions of what the receiver takes notice of."""
        self.world.process().record(role_play(event_id, employee=employee, score=score))
        self.world.deliver(since=self._facts)
        return self.taken()

    def taken(self) -> list[int]:
        """What arrives and counts of what was told since it was last asked."""
        facts = [SkillChanged.model_validate(data) for topic, data in self._new() if topic == "skill-changed"]
        taken = []
        for fact in facts:
            told = of_skills(fact)
            name = told.delivery_id("s1")
            known = self._deliveries.get(name)
            self._deliveries.add(Delivery.untried(name, SUBSCRIPTION, told.event_type, told.body, NOON))
            if known is None and fact.revision >= self._seen.get(fact.employee_id, 0):
                self._seen[fact.employee_id] = fact.revision
                taken.append(fact.revision)
        return taken

    def _new(self) -> list[tuple[str, dict[str, object]]]:
        new, self._facts = self.world.facts[self._facts :], len(self.world.facts)
        return new

    def move(self, run_id: str) -> None:
        """Does a move to its end, and rates whom it asks to be rated."""
        world, process = self.world, self.world.process()
        stores = Stores(
            process.documents,
            process.people.records,
            self.integrations,
            TranscriptStore(self.files, world.clock),
            NoWarehouse(),  # type: ignore[arg-type]
        )
        runs = MoveRuns(MoveRecords(process.documents), FusedTasks(world, Fuse()), world.clock)
        moving = MovePerson(lambda: stores, runs, process.people.writing, world.clock, world.log)
        for _ in range(4):
            state = moving.work(run_id).state
            shards = [payload for _, payload in world.tasks if "employee_ids" in payload]
            world.tasks.clear()
            for payload in shards:
                process.recalculation_task(payload)
            if state == "finished":
                return
            world.clock.forward(hours=3)
        raise AssertionError("the move does not end")


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[Mirror]:
    world = new_crash_harness(tmp_path, FRAMEWORK, [JOE, MIA])
    integrations = SqliteDocuments(tmp_path / "integrations.sqlite", durable=False)
    yield Mirror(world, integrations, LocalFiles(tmp_path / "files"))
    integrations.close()
    world.store.close()


def test_a_rename_and_its_undoing(mirror: Mirror) -> None:
    before = [revision for number in range(4) for revision in mirror.post(f"e{number}", JOE, 60 + 5 * number)]
    assert len(before) == 4
    mirror.move(mirror.world.process().identities.start_move.rename(ADMINISTRATOR, JOE, NEW, WHY).run_id)
    assert mirror.taken()
    mirror.move(mirror.world.process().identities.start_move.rename(ADMINISTRATOR, NEW, JOE, WHY).run_id)
    assert mirror.taken(), "the receiver hears how the person stands under the id that it knows"
    later = mirror.post("e9", JOE, 95)
    assert later
    assert min(later) > max(before)


def test_a_merger(mirror: Mirror) -> None:
    mirror.post("e1", JOE, 60)
    before = [revision for number in range(3) for revision in mirror.post(f"m{number}", MIA, 60 + 5 * number)]
    mirror.move(mirror.world.process().identities.start_move.merge(ADMINISTRATOR, JOE, MIA, WHY).run_id)
    together = mirror.taken()
    later = mirror.post("e9", JOE, 95)
    assert together
    assert later
    assert before == sorted(before)
    assert max(before) < min(together) <= max(together) < min(later)


def test_a_newcomer_with_an_id_that_was_anothers(mirror: Mirror) -> None:
    before = [revision for number in range(3) for revision in mirror.post(f"e{number}", JOE, 60 + 5 * number)]
    process = mirror.world.process()
    mirror.move(process.identities.start_move.rename(ADMINISTRATOR, JOE, NEW, WHY).run_id)
    mirror.taken()
    process.identities.release_id.release(ADMINISTRATOR, NEW, JOE, "Somebody new has it")
    new = f"name,email,role\nJoe Newman,{JOE},employee\n"
    assert process.people.import_people.from_csv(ADMINISTRATOR, new.encode()).rejected == 0
    mirror.world.tasks.clear()
    later = mirror.post("n1", JOE, 70)
    assert later
    assert min(later) > max(before)


@pytest.mark.parametrize("short", ["1042", "discovery", "gong"])
def test_what_others_did_stays_as_it_was_when_somebody_who_is_called_like_it_moves(mirror: Mirror, short: str) -> None:
    world = mirror.world
    people = f"name,employee_id,role\nAda Long,{short},employee\n"
    assert world.process().people.import_people.from_csv(ADMINISTRATOR, people.encode()).rejected == 0
    mirror.post("own", short, 70)
    world.process().record(call(short, source_id=short, employee=MIA), role_play(short, employee=MIA))

    def of_mia() -> list[dict[str, Any]]:
        events = [dict(one.data) for one in world.store.query(Query("events")) if one.data["employee_id"] == MIA]
        return [*events, dict(world.store.query(Query("states", [Where("employee_id", "==", MIA)]))[0].data)]

    before = of_mia()
    assert len(before) == 3
    start = world.process().identities.start_move
    mirror.move(start.rename(ADMINISTRATOR, short, "ada.long@example.com", WHY).run_id)
    assert of_mia() == before
    process = world.process()
    for employee_id in (MIA, "ada.long@example.com"):
        rebuilt = RebuildState(process.documents, process.configuration, world.log).rebuild(employee_id)
        assert rebuilt is not None
        assert not rebuilt.repaired
    assert [one for one in world.store.query(Query("events")) if one.data["employee_id"] == short] == []
