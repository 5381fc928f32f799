"""One person is erased from everything; the others are as they were; and it may be cut off anywhere."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from infra.bigquery.catalogue import Catalogue, catalogue
from infra.declarations.pipeline import Retry
from infra.local.duckdb_warehouse import DuckDBWarehouse, RawMessage
from infra.local.files import LocalFiles
from infra.local.queue import LocalQueue
from infra.local.sqlite_documents import SqliteDocuments
from shared.conversations.domain.conversation import Affiliation, Conversation, Party, Turn
from shared.conversations.usecases.transcripts import TranscriptStore
from shared.kernel.access import Caller
from shared.kernel.errors import Conflict, ErasedPerson, Forbidden, NotFound, Rejected, Retryable
from shared.people.contract import EmployeeBody
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.notices import Notifications
from shared.ports.ambient import DirectoryPerson, Files
from shared.ports.documents import Documents, Merge, Put, Query
from shared.ports.messages import DeadLetter, DeadLetters, Message
from shared.ports.warehouse import Warehouse
from shared.privacy.records.erasures import ErasureRecords
from shared.privacy.usecases.clean_document import Stores
from shared.privacy.usecases.erase_person import SECOND_LOOK_AFTER, ErasePerson
from shared.privacy.usecases.erasure_runs import ErasureRuns
from shared.privacy.usecases.follow_erasures import FollowErasures
from shared.privacy.usecases.resume_erasures import ResumeErasures
from shared.privacy.usecases.start_erasure import StartErasure
from tests.conversations.test_transcripts import ANALYSIS
from tests.harness.built import built_once
from tests.harness.crash_harness import (
    ADMINISTRATOR,
    INDEXES,
    NOON,
    PIPELINE,
    CrashHarness,
    Died,
    Fuse,
    FusedDocuments,
    FusedTasks,
    Numbers,
    Process,
    call,
    role_play,
    unavailable,
)
from tests.harness.speed import Moments
from tests.ratings.builders import framework

JOE, SAM, MIA, DANA = "joe@example.com", "sam@example.com", "mia@example.com", "dana@example.com"
NEAR = "banjoe@example.com"
"""Somebody whose address ends like Joe's."""
PEOPLE = f"""name,email,role,manager,mentor
Joe Smith,{JOE},manager,{DANA},
Sam Low,{SAM},employee,{JOE},{JOE}
Mia Ray,{MIA},employee,{DANA},
Ban Joe,{NEAR},employee,{JOE},
Dana Manager,{DANA},manager,,
Ada Min,ada@example.com,administrator,,
"""
FRAMEWORK = replace(framework(), framework_id="sales_engineering")
TRACES = (JOE, "joe%40example.com", "Joe Smith", "JOE@example.com")


@dataclass
class Erasing:
    """What starts, shows, resumes and does erasures, as one instance of a function has it."""

    starting: StartErasure
    following: FollowErasures
    resuming: ResumeErasures
    erasing: ErasePerson

    def start(self, employee_id: str = JOE) -> str:
        """Starts an erasure; its id."""
        return self.starting.start(ADMINISTRATOR, employee_id, employee_id).run_id

    def work(self, run_id: str) -> str:
        """Does the next part; where the run stands then."""
        return self.erasing.work(run_id).state


@dataclass
class House:
    """All stores in one folder, and the world in front of them."""

    folder: Path
    world: CrashHarness
    integrations: SqliteDocuments
    quarantine: LocalFiles
    files: LocalFiles
    queue: LocalQueue
    warehouse: DuckDBWarehouse

    def process(self, fuse: Fuse | None = None) -> Process:
        return self.world.process(fuse)

    def erase(self, fuse: Fuse | None = None) -> Erasing:
        fuse = fuse or Fuse()
        process = self.world.process(fuse)
        stores = Stores(
            process.documents,
            FusedDocuments(self.integrations, fuse),
            FusedFiles(self.quarantine, fuse),
            TranscriptStore(FusedFiles(self.files, fuse), self.world.clock),
            FusedLetters(self.queue, fuse),
            FusedWarehouse(self.warehouse, fuse),
        )
        clock = self.world.clock
        runs = ErasureRuns(ErasureRecords(process.documents), FusedTasks(self.world, fuse), clock)
        return Erasing(
            StartErasure(process.documents, runs, process.audit, clock, Numbers(self.world)),
            FollowErasures(runs.records, process.people.records),
            ResumeErasures(runs, clock),
            ErasePerson(lambda: stores, runs, clock, self.world.log),
        )

    def run_to_the_end(self, run_id: str) -> None:
        """Delivers the run's tasks, each when it is due."""
        for _ in range(20):
            self.world.tasks.clear()
            if self.erase().work(run_id) == "finished":
                return
            self.world.clock.forward(hours=3)
        raise AssertionError("the run does not end")

    def carry(self) -> None:
        """Carries the facts into the warehouse, as its subscriptions do."""
        for number, (topic, data) in enumerate(self.world.facts):
            self.warehouse.ingest_raw(topic, [RawMessage(f"m{number}", NOON, data)])
        self.world.facts.clear()
        self.warehouse.refresh()

    def traces(self, *needles: str) -> list[str]:
        """Where one of some texts stands, anywhere."""
        found = []
        for place, content in self.everything():
            found += [place for needle in needles if needle.casefold() in content.casefold()]
        return found

    def everything(self) -> Iterator[tuple[str, str]]:
        """Every row of every table and every file, as text."""
        for path in sorted(self.folder.glob("*.sqlite")):
            connection = sqlite3.connect(path)
            for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                for row in connection.execute(f"SELECT * FROM {table}"):
                    yield f"{path.name} {table}", repr(row)
            connection.close()
        for path in sorted(self.folder.rglob("*.blob")):
            yield path.name, path.read_text("utf-8", errors="replace")
        for address in self.warehouse._catalogue.tables:
            for row in self.warehouse.query(f"SELECT * FROM {address}"):
                yield address, repr(row)
        for task in self.world.tasks:
            yield "task", repr(task)
        for line in self.world.log.lines:
            yield "log", repr(line)

    def close(self) -> None:
        self.world.store.close()
        self.integrations.close()
        self.queue.close()
        self.warehouse.close()


def opened(folder: Path, first_id: int = 100_000, tables: Catalogue | None = None) -> House:
    indexes = PIPELINE.integrations.indexes
    return House(
        folder,
        CrashHarness(
            SqliteDocuments(folder / "documents.sqlite", indexes=INDEXES, durable=False), numbers=count(first_id)
        ),
        SqliteDocuments(folder / "integrations.sqlite", indexes=indexes, durable=False),
        LocalFiles(folder / "quarantine"),
        LocalFiles(folder / "transcripts"),
        LocalQueue(folder / "queue.sqlite", PIPELINE),
        DuckDBWarehouse(folder / "warehouse.duckdb", Watchless(), tables),
    )


class Watchless:
    """The `Clock` port, standing: the warehouse's own times are not what is tested."""

    def now(self) -> Any:
        return NOON


def filled(folder: Path) -> House:
    """An organisation in which Joe has left a trace in every store."""
    house = opened(folder, 0)
    world, store = house.world, house.world.store
    process = world.process()
    process.publish_frameworks.install(FRAMEWORK, ADMINISTRATOR)
    assert process.people.import_people.from_csv(ADMINISTRATOR, PEOPLE.encode()).rejected == 0
    process.record(role_play("j1"), role_play("j2", score=70), call("j3"), role_play("jx", competency="wizardry"))
    by_joe = call("s1", employee=SAM, reviewed=1)
    by_joe["analysis_metadata"]["reviewed_by"] = JOE
    by_joe["competency_scores"][0]["evidence"] = "as Joe Smith\njoe@example.com said"
    process.record(by_joe, role_play("s2", employee=SAM), role_play("m1", employee=MIA), role_play("n1", employee=NEAR))
    for employee_id in (JOE, SAM, MIA, NEAR):
        process.ratings.update(employee_id)
    joe = process.people.callers.person(JOE)
    process.audit.record(joe, AuditAction.PROFILE_VIEWED, subject=SAM)
    process.audit.record(ADMINISTRATOR, AuditAction.GRANT_GIVEN, subject=SAM, detail=f"to: {JOE}, until: 2026-04-01")
    process.audit.record(ADMINISTRATOR, AuditAction.PROFILE_VIEWED, subject=JOE)
    told = Notifications(store, world.clock)
    told.tell(JOE, "grant.given", {"to": DANA}, once="1")
    told.tell(SAM, "transcript.opened", {"by": JOE}, once="1")
    store.commit(
        [
            Put("sessions/s1", {"email": JOE, "expires_at": NOON}),
            Put("sessions/s2", {"email": SAM, "expires_at": NOON}),
            Put("transcript_grants/g1", {"employee_id": JOE, "to": DANA, "purpose": "coaching"}),
            Put("transcript_grants/g2", {"employee_id": SAM, "to": JOE, "purpose": "coaching"}),
            Put("escalations/x1", {"employees": [JOE, SAM], "raised_by": JOE, "to": DANA, "reason": "Joe Smith asked"}),
            Put("reviews/r1", {"employee_id": JOE, "state": "open", "contest": {"reason": "not me"}}),
            Put("reviews/r2", {"employee_id": SAM, "state": "decided", "decision": {"decided_by": JOE}}),
            Put(
                "deals/d1", {"deal_id": "d1", "account_name": "Acme", "notes": [f"{JOE} leads", "Joe Smith knows them"]}
            ),
            Put("recalculation_shards/n1", {"employee_ids": [JOE, SAM, MIA]}),
            Put("delivery_failures/f1", {"reason": f"{JOE} is unknown"}),
            Put("quarantine/q1", {"quarantine_id": "q1", "state": "open", "reason": "score: no number"}),
            Put("quarantine/q2", {"quarantine_id": "q2", "state": "open", "reason": f"{JOE!r} is not known"}),
            Put("quarantine/q3", {"quarantine_id": "q3", "state": "open", "reason": "score: no number"}),
            Put("quarantine/q4", {"quarantine_id": "q4", "state": "discarded", "reason": "score: no number"}),
        ]
    )
    house.quarantine.write("q1", json.dumps([{"employee_id": JOE}, {"employee_id": SAM}]).encode())
    house.quarantine.write("q2", b"\xff\xfe")
    house.quarantine.write("q3", json.dumps({"employee_id": NEAR}).encode())
    keep_calls(house)
    for employee_id in (JOE, SAM):
        letter = Message({"employee_id": employee_id}, {"employee_id": employee_id})
        house.queue.publish("observation-recorded", [letter])
    bury(house.queue)
    for page, who in (("readiness", JOE), ("profile", SAM)):
        view = {"view_id": page, "employee_id": who, "role": "manager", "page": page, "viewed_at": NOON.isoformat()}
        world.facts.append(("page-viewed", view))
    process.recalculate.start(started_by="schedule", nightly=True)
    world.deliver()
    house.carry()
    return house


def keep_calls(house: House) -> None:
    """A call of Joe's, one of Joe and Sam, one of Sam's; a customer in each."""
    store = TranscriptStore(house.files, house.world.clock)
    joe = Party("1", "Joe Smith", JOE, Affiliation.INTERNAL)
    sam = Party("2", "Sam Low", SAM, Affiliation.INTERNAL)
    rita = Party("3", "Rita Buyer", "rita@customer.test", Affiliation.EXTERNAL)
    for call_id, ours in (("c1", [joe]), ("c2", [joe, sam]), ("c3", [sam])):
        turns = [
            Turn(party.speaker_id, 1000 * number, 1000 * number + 900, f"{party.name} speaks, {JOE} and Joe know")
            if party is joe
            else Turn(party.speaker_id, 1000 * number, 1000 * number + 900, f"I am {party.name}")
            for number, party in enumerate([*ours, rita])
        ]
        if call_id == "c2":
            turns.append(Turn("3", 5000, 5900, "Thanks Joe. Write to joe@example.com, I mean Joe Smith."))
        store.keep("gong", Conversation(call_id, NOON, 6000, (*ours, rita), tuple(turns)))
        people = [party.email for party in ours if party.email]
        for employee_id in people:
            said = replace(ANALYSIS, call_id=call_id, notes=("Joe Smith was there",) if call_id == "c2" else ())
            store.keep_analysis("gong", employee_id, 3000, said)
        house.integrations.commit(
            [
                Put(
                    f"calls/gong-{call_id}",
                    {
                        "source": "gong",
                        "call_id": call_id,
                        "state": "observed",
                        "title": f"{', '.join(party.name or '' for party in ours)} and Rita",
                        "url": f"https://recorder.test/{call_id}",
                        "employees": people,
                        "participants": [{"employee_id": e, "speaker_id": None, "spoke": True} for e in people],
                        "observations": [{"employee_id": e, "observation_id": f"{call_id} {e}"} for e in people],
                    },
                )
            ]
        )


def bury(queue: LocalQueue) -> None:
    """Makes dead letters of what waits for the first reader, and delivers the rest."""
    now = Retry(min_backoff=1, max_backoff=1, max_attempts=1)
    for delivery in queue.lease("rating_update--observation-recorded", 10, 60):
        queue.refuse(delivery, now, "rating_update: busy")
    for channel in queue.backlog():
        queue.acknowledge(queue.lease(channel, 100, 60))


class FusedFiles:
    """The `Files` port over another one."""

    def __init__(self, inner: Files, fuse: Fuse) -> None:
        self._inner, self._fuse = inner, fuse
        self.read, self.list = inner.read, inner.list

    def write(self, name: str, content: bytes, *, content_type: str = "application/octet-stream") -> None:
        self._fuse.point()
        self._inner.write(name, content, content_type=content_type)
        self._fuse.point()

    def delete(self, name: str) -> None:
        self._fuse.point()
        self._inner.delete(name)
        self._fuse.point()


class FusedLetters:
    """The `DeadLetters` port over another one."""

    def __init__(self, inner: DeadLetters, fuse: Fuse) -> None:
        self._inner, self._fuse = inner, fuse
        self.get, self.replay = inner.get, inner.replay

    def list(self, *, limit: int = 100) -> Sequence[DeadLetter]:
        return self._inner.list(limit=limit)

    def discard(self, letter_id: str) -> bool:
        self._fuse.point()
        done = self._inner.discard(letter_id)
        self._fuse.point()
        return done


class FusedWarehouse:
    """The `Warehouse` port over another one."""

    def __init__(self, inner: Warehouse, fuse: Fuse) -> None:
        self._inner, self._fuse = inner, fuse
        self.query, self.mart, self.check = inner.query, inner.mart, inner.check
        self.refresh, self.load, self.mentions = inner.refresh, inner.load, inner.mentions

    def erase(self, employee_id: str, instead: str) -> None:
        self._fuse.point()
        self._inner.erase(employee_id, instead)
        self._fuse.point()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_once(tmp_path_factory, "organisation", lambda folder: filled(folder).close())


@pytest.fixture
def house(template: Path, tmp_path: Path) -> Iterator[House]:
    made = copied(template, tmp_path / "data")
    yield made
    made.close()


def copied(template: Path, folder: Path, tables: Catalogue | None = None) -> House:
    shutil.copytree(template, folder)
    return opened(folder, tables=tables)


def of_others(house: House) -> dict[str, str]:
    """Every document, file and row that has no trace of Joe, by where it stands."""
    found: dict[str, str] = {}
    for name, store in (("live", house.world.store), ("integrations", house.integrations)):
        for collection in store.collections():
            if collection in {"erasures", "erasure_salt", "tombstones", "audit"}:
                continue
            for document in store.query(Query(collection)):
                found[f"{name} {document.path}"] = repr(sorted(document.data.items()))
    for files in (house.quarantine, house.files):
        found |= {name: repr(files.read(name)) for name in files.list()}
    for address, table in house.warehouse._catalogue.tables.items():
        for row in house.warehouse.query(f"SELECT * FROM {address}"):
            key = " ".join(str(row[column]) for column in table.key)
            found[f"{address} {key}"] = repr(row)
    return {place: content for place, content in found.items() if not _traced(place + content)}


def _traced(text: str) -> bool:
    plain = text.replace(NEAR, "").casefold()
    return any(trace.casefold() in plain for trace in TRACES)


class TestEverythingAboutThePerson:
    def test_was_in_every_store_before(self, house: House) -> None:
        places = {place.split()[0] for place in house.traces(JOE)}
        assert {"documents.sqlite", "integrations.sqlite", "queue.sqlite", "raw.audit_recorded"} <= places
        assert {"staging.observation_recorded", "staging.page_viewed", "individuals.team_skill_matrix"} <= places
        assert any(place.endswith(".blob") for place in places)

    def test_is_gone_from_every_store_after(self, house: House) -> None:
        run_id = house.erase().start()
        house.run_to_the_end(run_id)
        house.carry()
        house.world.log.lines.clear()
        left = [place for place, content in house.everything() if _traced(content)]
        assert left == []

    def test_leaves_the_others_as_they_were(self, house: House) -> None:
        before = of_others(house)
        run_id = house.erase().start()
        house.run_to_the_end(run_id)
        after = of_others(house)
        for place in ("live quarantine/q1", "q2", "kept/gong/c1", "due/2027-03-04/gong/c1"):
            del before[place]  # Joe's, though they do not say so themselves
        assert {place: after.get(place) for place in before} == before
        assert len(before) > 50

    def test_leaves_what_names_the_person_without_the_name(self, house: House) -> None:
        run_id = house.erase().start()
        house.run_to_the_end(run_id)
        store, files = house.world.store, TranscriptStore(house.files, house.world.clock)
        sam = data(store, f"employees/{SAM}")
        assert (sam["manager_id"], sam["mentor_id"]) == (None, None)
        event = next(
            d.data for d in store.query(Query("events")) if d.data["employee_id"] == SAM and "s1" in str(d.data)
        )
        payload = json.loads(event["payload"])
        assert payload["analysis_metadata"]["reviewed_by"].startswith("erased-")
        assert payload["competency_scores"][0]["evidence"].startswith("as [removed]\nerased-")
        actors = {d.data["actor"] for d in store.query(Query("audit"))}
        assert len({actor for actor in actors if actor.startswith("erased-")}) == 1
        both = data(house.integrations, "calls/gong-c2")
        assert (both["employees"], both["title"]) == ([SAM], "[removed], Sam Low and Rita")
        assert data(house.integrations, "calls/gong-c1")["state"] == "nobody"
        assert files.conversation("gong", "c1") is None
        said = files.conversation("gong", "c2")
        assert said is not None
        assert [turn.text for turn in said.turns][:2] == ["[removed]", "I am Sam Low"]
        assert files.analysis("gong", "c2", JOE, 3000) is None
        analysis = files.analysis("gong", "c2", SAM, 3000)
        assert analysis is not None
        assert analysis.notes == ("■■■■■■■■■ was there",)
        assert files.analysis("gong", "c3", SAM, 3000) is not None
        assert [letter.data for letter in house.queue.list()] == [{"employee_id": SAM}]
        assert house.quarantine.list() == ["q3"]

    def test_is_counted_by_store(self, house: House) -> None:
        run_id = house.erase().start()
        house.run_to_the_end(run_id)
        report = {
            (line.store, line.part): (line.removed, line.anonymised, line.rows)
            for line in house.erase().following.one(ADMINISTRATOR, run_id).report
        }
        assert report[("documents", "employees")] == (1, 2, 0)
        assert report[("documents", "events")] == (4, 1, 0)
        assert report[("documents", "quarantine")] == (2, 0, 0)
        assert report[("documents", "held_scores")] == (1, 0, 0)
        assert report[("integrations", "calls")] == (0, 2, 0)
        assert report[("dead_letters", "look 1")] == (1, 0, 0)
        assert report[("warehouse", "staging.page_viewed, look 1")][2] == 1
        assert not [part for _, part in report if "look 2" in part]

    def test_keeps_the_aggregates_of_the_past(self, house: House) -> None:
        snapshots = "SELECT COUNT(*) AS people, AVG(overall_readiness) AS mean FROM staging.ratings_snapshotted"
        before = house.warehouse.query(snapshots)
        run_id = house.erase().start()
        house.run_to_the_end(run_id)
        house.carry()
        assert house.warehouse.query(snapshots) == before
        [person] = house.warehouse.query("SELECT * FROM staging.employee_changed WHERE employee_id LIKE 'erased-%'")
        assert (person["active"], person["manager_id"], person["hire_date"]) == (False, None, None)


class TestARun:
    def test_needs_the_id_twice_and_an_administrator_who_is_another(self, house: House) -> None:
        erase = house.erase().starting
        with pytest.raises(Rejected, match="repeat the id"):
            erase.start(ADMINISTRATOR, JOE, SAM)
        with pytest.raises(Forbidden, match="another administrator"):
            erase.start(ADMINISTRATOR, "ada@example.com", "ada@example.com")
        with pytest.raises(NotFound):
            erase.start(ADMINISTRATOR, "nobody@example.com", "nobody@example.com")
        for role in ("manager", "enablement", "cro"):
            with pytest.raises(Forbidden, match=r"erasure\.run"):
                erase.start(Caller(DANA, role=role, employee_id=DANA), JOE, JOE)
        assert house.world.store.get(f"employees/{JOE}") is not None

    def test_is_one_run_however_often_it_is_asked_for(self, house: House) -> None:
        first = house.erase().starting.start(ADMINISTRATOR, JOE, JOE)
        assert house.erase().starting.start(ADMINISTRATOR, JOE, f" {JOE.upper()} ") == first
        assert len(house.world.tasks) == 1
        house.run_to_the_end(first.run_id)
        house.world.tasks.clear()
        again = house.erase().starting.start(ADMINISTRATOR, JOE, JOE)
        assert (again.run_id, again.state) == (first.run_id, "finished")
        assert house.world.tasks == []

    def test_finishes_for_somebody_whom_no_integration_knows(self, house: House) -> None:
        run_id = house.erase().start(MIA)
        house.run_to_the_end(run_id)
        report = house.erase().following.one(ADMINISTRATOR, run_id).report
        assert {line.store for line in report} == {"documents", "warehouse"}
        assert house.integrations.query(Query("erasures")) == []

    def test_looks_a_second_time_for_what_was_on_its_way(self, house: House) -> None:
        run_id = house.erase().start()
        assert house.erase().work(run_id) == "waiting"
        house.world.store.commit(
            [
                Merge(f"states/{JOE}", {"observations": {"o1": "[]"}}),
                Put("ratings/" + JOE, {"employee_id": JOE}),
                Put("quarantine/q9", {"quarantine_id": "q9", "state": "open", "reason": f"{JOE} is not known"}),
            ]
        )
        view = {"view_id": "late", "employee_id": JOE, "role": "manager", "page": "p", "viewed_at": NOON.isoformat()}
        house.world.facts.append(("page-viewed", view))
        house.carry()
        assert house.erase().work(run_id) == "waiting"  # too early
        house.world.clock.time += SECOND_LOOK_AFTER
        assert house.erase().work(run_id) == "finished"
        assert house.erase().work(run_id) == "finished"
        house.world.log.lines.clear()
        house.world.tasks.clear()
        assert [place for place, content in house.everything() if _traced(content)] == []

    def test_that_lost_its_task_is_asked_for_again(self, house: House) -> None:
        run_id = house.erase().start()
        house.world.tasks.clear()
        assert house.erase().resuming.resume() == 0
        house.world.clock.forward(minutes=16)
        assert house.erase().resuming.resume() == 1
        assert [payload for _, payload in house.world.tasks] == [{"run_id": run_id}]
        house.run_to_the_end(run_id)
        house.world.clock.forward(days=1)
        assert house.erase().resuming.resume() == 0

    def test_waits_for_rows_that_were_streamed_in_lately(self, house: House) -> None:
        run_id = house.erase().start()
        erase = house.erase()
        stores = erase.erasing._stores()

        class Streaming(FusedWarehouse):
            def erase(self, employee_id: str, instead: str) -> None:
                raise Retryable("rows were streamed in lately", after_seconds=5400)

        erase.erasing._stores = lambda: replace(stores, warehouse=Streaming(house.warehouse, Fuse()))
        house.world.tasks.clear()
        assert erase.work(run_id) == "running"
        assert len(house.world.tasks) == 1
        house.run_to_the_end(run_id)
        assert house.traces(JOE.replace("joe", " joe")) == []

    def test_does_its_work_in_parts(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("shared.privacy.usecases.clean_database.PAGE", 3)
        monkeypatch.setattr("shared.privacy.usecases.erase_person.PAGES_A_TASK", 2)
        run_id = house.erase().start()
        deliveries = 0
        state = "running"
        while state != "finished":
            house.world.tasks.clear()
            state = house.erase().work(run_id)
            assert state == "finished" or len(house.world.tasks) == 1
            deliveries += 1
            house.world.clock.forward(hours=3)
        assert deliveries > 10
        house.world.log.lines.clear()
        assert [place for place, content in house.everything() if _traced(content)] == []
        report = house.erase().following.one(ADMINISTRATOR, run_id).report
        whole = {line.part: line.removed for line in report}
        assert (whole["events"], whole["quarantine"]) == (4, 2)


class TestAfterwards:
    @pytest.fixture
    def without_joe(self, house: House) -> House:
        house.run_to_the_end(house.erase().start())
        house.world.tasks.clear()
        return house

    def test_a_late_event_is_refused_and_kept_nowhere(self, without_joe: House) -> None:
        process = without_joe.process()
        with pytest.raises(ErasedPerson) as error:
            process.record(role_play("late"))
        assert JOE not in error.value.detail
        [refused, taken] = process.record(role_play("late"), role_play("s9", employee=SAM))
        assert isinstance(refused, ErasedPerson)
        assert taken.status == 201
        assert process.ratings.update(JOE) is None
        without_joe.world.log.lines.clear()
        without_joe.world.facts.clear()
        assert [place for place, content in without_joe.everything() if _traced(content)] == []

    def test_neither_an_import_nor_the_directory_brings_the_person_back(self, without_joe: House) -> None:
        process = without_joe.process()
        answer = process.people.import_people.from_csv(
            ADMINISTRATOR,
            f"name,email,manager\nJoe Smith,{JOE},\nSam Low,{SAM},{JOE}\nNew One,new@example.com,{DANA}\n".encode(),
        )
        assert [line.result for line in answer.lines] == ["rejected", "rejected", "created"]
        assert ["erased" in (line.detail or "") for line in answer.lines] == [True, True, False]
        process.people.synchronise(
            Workspace([DirectoryPerson(JOE, "Joe Smith"), DirectoryPerson(SAM, "Sam Low", manager=JOE)])
        ).nightly()
        store = without_joe.world.store
        assert store.get(f"employees/{JOE}") is None
        assert data(store, f"employees/{SAM}")["manager_id"] is None
        with pytest.raises(Rejected, match="manager: this person has been erased"):
            process.people.change_employee.put(ADMINISTRATOR, SAM, EmployeeBody(name="Sam Low", manager=JOE))

    def test_an_administrator_readmits(self, without_joe: House) -> None:
        process = without_joe.process()
        process.people.change_employee.put(ADMINISTRATOR, JOE, EmployeeBody(name="Joe Smith"))
        assert process.record(role_play("new"))[0].status == 201
        actions = [document.data["action"] for document in without_joe.world.store.query(Query("audit"))]
        assert actions.count("employee.readmitted") == 1

    def test_nobody_is_readmitted_before_the_run_has_finished(self, house: House) -> None:
        house.erase().start()
        with pytest.raises(Conflict, match="being erased"):
            house.process().people.change_employee.put(ADMINISTRATOR, JOE, EmployeeBody(name="Joe Smith"))


def test_cut_off_at_any_point_it_comes_to_the_same(template: Path, tmp_path: Path, moments: Moments) -> None:
    few = ("raw.page_viewed", "staging.page_viewed", "staging.ratings_snapshotted")
    tables = Catalogue(catalogue().tables[address] for address in few)
    whole = copied(template, tmp_path / "whole", tables)
    untouched = Fuse()
    wanted = outcome(whole, untouched)
    whole.close()
    assert untouched.passed > 40
    for point in moments.of(range(untouched.passed)):
        house = copied(template, tmp_path / f"at {point}", tables)
        fuse = Fuse(point, unavailable if point % 3 == 0 else Died)
        assert outcome(house, fuse) == wanted, f"cut off at point {point}"
        assert fuse.blown
        house.close()
        shutil.rmtree(house.folder)


def outcome(house: House, fuse: Fuse) -> dict[str, Any]:
    """Erases Joe with one cut at the fuse's point; everything that is stored then, with the report."""
    run_id = ""
    used = fuse
    for _ in range(20):
        erase = house.erase(used)
        try:
            run_id = erase.start()
            if erase.work(run_id) == "finished":
                break
            house.world.clock.forward(hours=3)
        except (Died, Retryable):
            used = Fuse()
        house.world.tasks.clear()
    done = data(house.world.store, f"erasures/{run_id}")
    assert done["state"] == "finished"
    pseudonyms = {d.data["actor"] for d in house.world.store.query(Query("audit")) if "erased-" in d.data["actor"]}
    [pseudonym] = pseudonyms
    left = {place: content.replace(pseudonym, "…") for place, content in of_others(house).items()}
    left = {place.replace(pseudonym, "…"): content for place, content in left.items()}
    return {"report": done["report"], "left": left}


class Workspace:
    """The `Directory` port."""

    def __init__(self, people: Sequence[DirectoryPerson]) -> None:
        self._people = people

    def people(self) -> Sequence[DirectoryPerson]:
        return self._people


def data(store: Documents, path: str) -> Mapping[str, Any]:
    document = store.get(path)
    assert document is not None, path
    return document.data
