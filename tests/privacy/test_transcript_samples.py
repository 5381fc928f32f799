"""Samples without anybody's name: from enough people, from calls that have settled, the same for everyone who asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.local.files import LocalFiles
from infra.local.sqlite_documents import SqliteDocuments
from shared.conversations.domain.call_analysis import CallAnalysis, JudgedScore
from shared.conversations.domain.conversation import Affiliation, Conversation, Party, Turn, quote
from shared.conversations.records import CallRecords
from shared.conversations.usecases.transcripts import TranscriptStore
from shared.kernel.access import Caller
from shared.kernel.errors import Forbidden, NotFound, Rejected
from shared.ports.documents import Query
from shared.privacy.usecases.transcript_samples import TranscriptSamples
from tests.conversations.test_transcripts import ANALYSIS
from tests.harness.call_records import call_record
from tests.harness.crash_harness import PIPELINE, CrashHarness, new_crash_harness
from tests.harness.sent_events import NOON
from tests.ratings.builders import framework

ENID = Caller("enid@example.com", role="enablement", employee_id="enid@example.com")
FRAMEWORK = replace(framework(), framework_id="sales_engineering")
OLD = NOON - timedelta(hours=49)


class Library:
    """Calls of many sellers, each with one score of discovery."""

    def __init__(self, folder: Path) -> None:
        (folder / "documents").mkdir()
        self.world: CrashHarness = new_crash_harness(folder / "documents", FRAMEWORK)
        indexes = PIPELINE.integrations.indexes
        documents = SqliteDocuments(folder / "integrations.sqlite", indexes=indexes, durable=False)
        self.records = CallRecords(documents, self.world.clock)
        self.transcripts = TranscriptStore(LocalFiles(folder / "transcripts"), self.world.clock)
        process = self.world.process()
        self.samples = TranscriptSamples(
            self.records, self.transcripts, process.configuration, process.audit, self.world.clock
        )

    def call(
        self,
        number: int,
        *,
        score: int = 85,
        started: Any = OLD,
        scored: Any = OLD,
        seller: int | None = None,
        **observed: Any,
    ) -> None:
        seller = number if seller is None else seller
        employee_id, call_id = f"seller{seller}@house.test", str(number)
        parties = (
            Party("1", f"Sellerina{seller} Quux", employee_id, Affiliation.INTERNAL),
            Party("2", "Rita Fotheringay", "rita@northwind.test", Affiliation.EXTERNAL),
        )
        said = [
            "Hello Rita",
            f"Sellerina{seller} here",
            "Hi",
            "What slows your builds?",
            "Northwind waits",
            "hm",
            "ok",
            "bye",
        ]
        turns = tuple(Turn(str(n % 2 + 1), 1000 * n, 1000 * n + 900, text) for n, text in enumerate(said))
        conversation = Conversation(call_id, started, 9000, parties, turns)
        self.transcripts.keep("gong", conversation)
        judged = JudgedScore("discovery", score, 0.9, (quote(conversation, 3, 0, 10),), "asks")
        analysis: CallAnalysis = replace(ANALYSIS, call_id=call_id, scores=(judged,))
        self.transcripts.keep_analysis("gong", employee_id, 3000, analysis)
        noted = {"employee_id": employee_id, "observation_id": call_id, "standing": "counted", "waiting": []}
        record = call_record(
            "gong",
            call_id,
            started,
            state="observed",
            updated_at=scored,
            employees=[employee_id],
            deal={"deal_id": "d", "account_name": "Northwind Health", "how": "crm"},
            observations=[{**noted, "scores": {"discovery": score}, **observed}],
        )
        assert self.records.create(record)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path)


def test_what_was_said_around_the_score_without_a_name(library: Library) -> None:
    for number in range(5):
        library.call(number)
    answer = library.samples.of(ENID, "discovery", "high")
    assert (answer.suppressed, len(answer.samples)) == (False, 3)
    for sample in answer.samples:
        assert [turn.text for turn in sample.turns] == [
            "Seller 1 here",
            "Hi",
            "What slows your builds?",
            "[company] waits",
            "hm",
            "ok",
        ]
        assert {turn.speaker for turn in sample.turns} == {"Seller 1", "Customer 1"}
    for trace in ("Sellerina", "Quux", "Rita", "orthwind", "house.test", "gong"):
        assert trace not in str(answer)


def test_the_same_pool_gives_the_same_samples_to_everyone(library: Library) -> None:
    for number in range(12):
        library.call(number)
    administrator = Caller("ada@example.com", role="administrator", employee_id="ada@example.com")
    assert library.samples.of(ENID, "discovery", "high") == library.samples.of(administrator, "discovery", "high")


@pytest.mark.parametrize(
    "changes",
    [
        {"seller": 0},  # four people, five calls
        {"started": NOON - timedelta(hours=47)},
        {"scored": NOON - timedelta(hours=47)},  # an old call that was analysed again: its scores are the employee's
        {"score": 79},
        {"standing": "held"},
        {"waiting": ["discovery"]},
        {"scores": {}},
    ],
)
def test_of_fewer_than_five_people_nothing_is_shown(library: Library, changes: dict[str, Any]) -> None:
    for number in range(4):
        library.call(number)
    library.call(4, **changes)
    answer = library.samples.of(ENID, "discovery", "high")
    assert (answer.suppressed, answer.samples) == (True, [])
    library.call(5)
    assert not library.samples.of(ENID, "discovery", "high").suppressed


def test_words_that_are_gone_are_no_sample(library: Library) -> None:
    for number in range(6):
        library.call(number)
    for number in range(5):
        library.transcripts.forget("gong", str(number))
    assert len(library.samples.of(ENID, "discovery", "high").samples) == 1


def test_each_reading_is_on_record_without_the_calls(library: Library) -> None:
    library.call(1)
    library.samples.of(ENID, "Discovery", "low")
    records = [document.data for document in library.world.store.query(Query("audit"))]
    [record] = [one for one in records if one["action"] == "transcript_samples.read"]
    assert (record["actor"], record["subject"], record["detail"]) == ("enid@example.com", None, "discovery, low")


def test_what_is_asked_wrongly_names_the_field(library: Library) -> None:
    for competency, band, field in (("wizardry", "high", "competency"), ("discovery", "best", "band")):
        with pytest.raises(Rejected) as error:
            library.samples.of(ENID, competency, band)
        assert error.value.field == field
    with pytest.raises(NotFound):
        library.samples.of(ENID, "discovery", "high", framework_id="none")
    for role in ("employee", "manager", "senior_manager", "cro", "mentor"):
        with pytest.raises(Forbidden, match=r"samples\.read"):
            library.samples.of(Caller("x@example.com", role=role, employee_id="x@example.com"), "discovery", "high")
