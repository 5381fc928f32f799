"""An organisation in which Joe has left a trace in every store, and the same without him."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from infra.bigquery.catalogue import Catalogue
from infra.declarations.pipeline import Retry
from infra.local.duckdb_warehouse import DuckDBWarehouse, RawMessage
from infra.local.files import LocalFiles
from infra.local.queue import LocalQueue
from infra.local.sqlite_documents import SqliteDocuments
from shared.conversations.domain.conversation import Affiliation, Conversation, Party, Turn
from shared.conversations.usecases.transcripts import TranscriptStore
from shared.platform.domain.audit_actions import AuditAction
from shared.ports.documents import Documents, Put, Query
from shared.ports.messages import Message
from shared.privacy.records.erasures import ErasureRecords
from shared.privacy.usecases.clean_document import Stores
from shared.privacy.usecases.erase_person import ErasePerson
from shared.privacy.usecases.erasure_runs import ErasureRuns
from shared.privacy.usecases.follow_erasures import FollowErasures
from shared.privacy.usecases.resume_erasures import ResumeErasures
from shared.privacy.usecases.start_erasure import StartErasure
from tests.conversations.test_transcripts import ANALYSIS
from tests.harness.built import built_once
from tests.harness.crash_harness import (
    ADMINISTRATOR,
    INDEXES,
    PIPELINE,
    CrashHarness,
    Fuse,
    FusedDocuments,
    FusedTasks,
    Numbers,
    Process,
)
from tests.harness.sent_events import NOON, call, role_play
from tests.privacy.fused_stores import FusedFiles, FusedLetters, FusedWarehouse
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
            process.people.records,
            FusedDocuments(self.integrations, fuse),
            FusedFiles(self.quarantine, fuse),
            TranscriptStore(FusedFiles(self.files, fuse), self.world.clock),
            FusedFiles(self.files, fuse),
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


def opened(folder: Path, first_id: int, tables: Catalogue | None = None) -> House:
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
    told = process.notifications
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
    keep_evidence(house)
    move_calls(house)
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


def keep_evidence(house: House) -> None:
    """A photo of Joe's, what Joe saw of Sam, and bytes of Joe's that a crash has left on their way."""
    said: dict[str, Any] = {"kind": "photo", "bytes": 9, "received_at": NOON, "keep_until": NOON}
    house.world.store.commit(
        [
            Put("evidence/e1", {"employee_id": JOE, "recorded_by": JOE, "stored_as": "ab/joes", **said}),
            Put("evidence/e2", {"employee_id": SAM, "recorded_by": JOE, "stored_as": "cd/sams", **said}),
            Put("evidence_uploads/u1", {"employee_id": JOE, "stored_as": "ef/joes", "at": NOON}),
        ]
    )
    for name in ("ab/joes", "cd/sams", "ef/joes"):
        house.files.write(name, b"a joint")  # whose it is, only the documents say


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


def move_calls(house: House) -> None:
    """Two calls whose voices have just been corrected, before anything followed: in c4 Sam was taken for Joe, in c5
    each for the other."""
    store = TranscriptStore(house.files, house.world.clock)
    joe = Party("2", "Joe Smith", JOE, Affiliation.INTERNAL)
    sam = Party("1", "Sam Low", SAM, Affiliation.INTERNAL)
    moved = {"c4": {"2": (SAM, JOE)}, "c5": {"1": (JOE, SAM), "2": (SAM, JOE)}}
    for call_id, voices in moved.items():
        turns = tuple(Turn(voice, 1000, 1900, f"{voices[voice][0]} speaks") for voice in voices)
        store.keep("gong", Conversation(call_id, NOON, 6000, (joe, sam), turns))
        store.keep_analysis("gong", JOE, 3000, replace(ANALYSIS, call_id=call_id))
        corrected = [
            {
                "speaker_id": voice,
                "to": right,
                "was": [{"employee_id": wrong, "observation_id": f"{call_id} {wrong}"}],
                "by": JOE if call_id == "c5" else SAM,
                "at": NOON,
                "reason": "Joe Smith sat beside",
            }
            for voice, (right, wrong) in voices.items()
        ]
        call: dict[str, Any] = {"source": "gong", "call_id": call_id, "state": "discovered", "corrected": corrected}
        call["employees"] = [right for right, _ in voices.values()]
        call["participants"] = [
            {"employee_id": right, "speaker_id": voice, "spoke": True} for voice, (right, _) in voices.items()
        ]
        house.integrations.commit([Put(f"calls/gong-{call_id}", call)])


def bury(queue: LocalQueue) -> None:
    """Makes dead letters of what waits for the first reader, and delivers the rest."""
    now = Retry(min_backoff=1, max_backoff=1, max_attempts=1)
    for delivery in queue.lease("rating_update--observation-recorded", 10, 60):
        queue.refuse(delivery, now, "rating_update: busy")
    for channel in queue.backlog():
        queue.acknowledge(queue.lease(channel, 100, 60))


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_once(tmp_path_factory, "organisation", lambda folder: filled(folder).close())


@pytest.fixture
def house(template: Path, tmp_path: Path) -> Iterator[House]:
    made = copied(template, tmp_path / "data")
    yield made
    made.close()


@pytest.fixture(scope="module")
def template_without_joe(tmp_path_factory: pytest.TempPathFactory, template: Path) -> Path:
    def build(folder: Path) -> None:
        house = copied(template, folder)
        house.run_to_the_end(house.erase().start())
        house.carry()
        house.close()

    return built_once(tmp_path_factory, "organisation without Joe", build)


@pytest.fixture
def without_joe(template_without_joe: Path, tmp_path: Path) -> Iterator[House]:
    made = copied(template_without_joe, tmp_path / "without Joe", first_id=200_000)
    yield made
    made.close()


def copied(template: Path, folder: Path, tables: Catalogue | None = None, first_id: int = 100_000) -> House:
    shutil.copytree(template, folder, dirs_exist_ok=True)
    return opened(folder, first_id, tables)


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
    return {place: content for place, content in found.items() if not traced(place + content)}


def traced(text: str) -> bool:
    plain = text.replace(NEAR, "").casefold()
    return any(trace.casefold() in plain for trace in TRACES)


def data(store: Documents, path: str) -> Mapping[str, Any]:
    document = store.get(path)
    assert document is not None, path
    return document.data
