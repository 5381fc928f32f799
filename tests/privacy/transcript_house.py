"""Calls, people and who may read what was said, in a place of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from infra.local.files import LocalFiles
from infra.local.sqlite_documents import SqliteDocuments
from shared.conversations.records import CallRecords
from shared.conversations.usecases.transcripts import TranscriptStore
from shared.kernel.access import Caller
from shared.platform.usecases.notices import Notifications
from shared.ports.documents import Query
from shared.privacy.records.access import EscalationRecords, GrantRecords
from shared.privacy.usecases.escalations import Escalations
from shared.privacy.usecases.grants import Grants
from shared.privacy.usecases.open_transcript import Opened, OpenTranscript
from shared.privacy.usecases.tell_of_access import TellOfAccess
from shared.privacy.usecases.transcript_grounds import Given, TranscriptGrounds
from shared.reviews.records import ReviewRecords
from tests.conversations.test_transcripts import CALL
from tests.harness.call_records import call_record
from tests.harness.crash_harness import ADMINISTRATOR, PIPELINE, CrashHarness, Fuse, Process, new_crash_harness
from tests.ratings.builders import framework

JOE, SARAH, DANA, ELI, MO = (
    "joe@example.com",
    "sarah@example.com",
    "dana@example.com",
    "eli@example.com",
    "mo@example.com",
)
VIC, ENID, CRO, WALT = "vic@example.com", "enid@example.com", "cro@example.com", "walt@example.com"
PEOPLE = f"""name,email,role,manager,mentor
Joe Smith,{JOE},employee,{DANA},{MO}
Sarah Johnson,{SARAH},employee,{ELI},
Dana Manager,{DANA},manager,{VIC},
Eli Manager,{ELI},manager,{VIC},
Vic Senior,{VIC},senior_manager,{CRO},
Walt Senior,{WALT},senior_manager,{CRO},
Enid Enablement,{ENID},enablement,,
Chris Revenue,{CRO},cro,,
Mo Mentor,{MO},mentor,,
Ada Min,ada@example.com,administrator,,
"""
GONG, CALL_ID = "gong", CALL.call_id
RECORD = f"{GONG}-{CALL_ID}"
FRAMEWORK = replace(framework(), framework_id="sales_engineering")


@dataclass
class Access:
    """What opens transcripts, and what lets somebody open them, as one instance of a function has it."""

    transcripts: OpenTranscript
    grants: Grants
    escalations: Escalations

    def open(self, caller: Caller, record_id: str) -> Opened:
        return self.transcripts.open(caller, record_id)


@dataclass
class House:
    """A world with a call of Joe's in it, and the process that serves it."""

    world: CrashHarness
    integrations: SqliteDocuments
    files: LocalFiles
    process: Process
    access: Access
    notifications: Notifications

    def caller(self, email: str) -> Caller:
        return self.process.people.callers.person(email)

    def audited(self, action: str = "transcript.opened") -> list[dict[str, Any]]:
        found = [document.data for document in self.world.store.query(Query("audit"))]
        return sorted((one for one in found if one["action"] == action), key=lambda one: one["at"])

    def told(self, employee_id: str = JOE) -> list[tuple[str, dict[str, str]]]:
        page = self.notifications.list(self.caller(employee_id), employee_id)
        return [(notice.kind, dict(notice.facts)) for notice in page.items]

    def with_fuse(self, fuse: Fuse) -> Access:
        return access_of(self.world.process(fuse), self.world, self.integrations, self.files)


def house_in(folder: Path) -> House:
    (folder / "documents").mkdir()
    world = new_crash_harness(folder / "documents", FRAMEWORK)
    process = world.process()
    assert process.people.import_people.from_csv(ADMINISTRATOR, PEOPLE.encode()).rejected == 0
    indexes = PIPELINE.integrations.indexes
    integrations = SqliteDocuments(folder / "integrations.sqlite", indexes=indexes, durable=False)
    assert CallRecords(integrations, world.clock).create(
        call_record(GONG, CALL_ID, world.clock.now(), state="observed", employees=[JOE])
    )
    files = LocalFiles(folder / "transcripts")
    store = TranscriptStore(files, world.clock)
    store.keep(GONG, CALL)
    access = access_of(process, world, integrations, files)
    return House(world, integrations, files, process, access, process.notifications)


def access_of(process: Process, world: CrashHarness, integrations: SqliteDocuments, files: LocalFiles) -> Access:
    documents, clock, employees = process.documents, world.clock, process.people.records
    calls = CallRecords(integrations, clock)
    telling = TellOfAccess(process.audit, process.notifications)
    given = Given(GrantRecords(documents), EscalationRecords(documents))
    grounds = TranscriptGrounds(given, employees, ReviewRecords(documents), process.configuration, clock)
    return Access(
        OpenTranscript(calls, TranscriptStore(files, clock), grounds, telling, clock),
        Grants(given.grants, employees, telling, clock),
        Escalations(given.escalations, calls, employees, telling, clock),
    )


@pytest.fixture
def house(tmp_path: Path) -> House:
    return house_in(tmp_path)
