"""What was said stays where it may be: canaries are spoken, written, mangled and read, then looked for in every store.

A call and an e-mail thread go the whole way on the embedded platform, over HTTP, from the demonstration's recorder and
language model to a reviewed score. After every chapter all files are searched byte for byte, those of the databases
with their journals and the rows that are deleted already, the log, and the standard streams; in the end the warehouse's
tables as well, row by row, since its file packs them. docs/privacy.md says where the words may be.
"""

from __future__ import annotations

import base64
import io
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from infra.demonstration.corpus import Script
from infra.demonstration.corpus_gong import extensive_call, transcript_of
from infra.demonstration.messages_interface import Trouble
from infra.demonstration.vendors import DemonstrationVendors
from shared.call_pipeline.usecases import call_tasks
from tests.harness.embedded_platform import EmbeddedPlatform, embedded_platform
from tests.harness.google_platform import Told, ask, eventually
from tests.system.small_corpus import ADA, ENID, JOE, PEOPLE, SmallStaging, script, staged, staged_thread, thread

PHRASE = "the vermilion chandelier signs on Thursday"
CUSTOMER = "Wilhelmina Fotheringay"
MAIL = "w.fotheringay@chandelier.example"
SPOKEN = (PHRASE, CUSTOMER, "vermilion", "chandelier signs", "wilhelmina", "fotheringay")
MANGLED = "cerulean accordion"
"""In what nobody can read: of the details for the quarantine, of the words for nothing at all."""
NOTE = "ultramarine barometer"
"""What a reviewer writes: for the review only."""
TRANSCRIPTS, QUARANTINE, LIVE = "transcripts", "files", "documents.sqlite"


def with_canaries(original: Script) -> Script:
    """The call with a customer called so, who says the phrase, and a seller who repeats it around each quote."""
    lines = list(original.lines)
    quotes = [label.quote for label in original.labels["S"] if label.quote]
    for place, line in enumerate(lines):
        if (line.key == "T" and place < 4) or (line.key == "S" and any(quote in line.text for quote in quotes)):
            lines[place] = replace(line, text=f"{line.text} {CUSTOMER} says {PHRASE}")
    parts = tuple(replace(one, name=CUSTOMER, email=MAIL) if one.key == "T" else one for one in original.parts)
    return replace(original, lines=tuple(lines), parts=parts)


CALL = with_canaries(script("willow_pets_trial"))
QUOTES = tuple(label.quote for label in CALL.labels["S"] if label.quote)
"""Words of the seller's that the scores stand on."""
RECORD = f"gong-{staged(CALL, datetime.now(UTC)).call_id}"
EMAIL = thread("acme_health_data_flow")


def exported() -> str:
    """The thread as a mailbox, with the canaries in its first answer, which is quoted by the next."""
    text = staged_thread(EMAIL).mbox.decode()
    for was, now in (("Piet Roos", CUSTOMER), ("piet.roos@acmehealth.example", MAIL), ("a pleasant number", PHRASE)):
        assert was in text
        text = text.replace(was, now)
    return text


@pytest.fixture
def vendors() -> Iterator[DemonstrationVendors]:
    with DemonstrationVendors(SmallStaging(scripts=(CALL,))) as started:
        yield started


def test_what_was_said_is_in_the_transcripts_and_nowhere_else(
    tmp_path: Path,
    vendors: DemonstrationVendors,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    # Nobody can move this platform's clock, and a batch is first asked about after a minute.
    monkeypatch.setattr(call_tasks, "FIRST_POLL_SECONDS", 0)
    monkeypatch.setattr(call_tasks, "LAST_POLL_SECONDS", 0)
    log = io.StringIO()
    data = tmp_path / "data"
    settings = {**vendors.settings, "AUGMENT_ANALYSIS_ROUTE": "batch"}

    def look(*, reviewed: bool = False) -> None:
        """The canaries are where they may be, and nowhere else."""
        said = capfd.readouterr()
        streams = (log.getvalue() + said.out + said.err).encode()
        assert places(data, SPOKEN + QUOTES, streams) == {TRANSCRIPTS}
        assert places(data, [MANGLED], streams) <= {QUARANTINE}
        assert places(data, [NOTE], streams) == ({LIVE} if reviewed else set())
        assert NOTE not in queued(data)

    with embedded_platform(tmp_path, log, settings) as house:
        assert ask(house, "POST", "/api/v1/employees/import", PEOPLE).value["created"] == 4
        assert as_person(house, ADA, "PUT", "/api/v1/settings/reviews", {"sample_share": 1.0}).status == 200
        a_call_is_analysed_in_a_batch(house)
        look()
        a_thread_is_analysed_although_the_model_babbles(house, vendors)
        look()
        what_nobody_can_read_is_set_aside(house, vendors)
        look()
        they_are_read_by_those_who_may(house)
        a_person_decides_and_the_employee_contests(house)
        look(reviewed=True)
        the_call_is_analysed_again(house)
        everything_that_runs_by_the_clock_runs(house)
        look(reviewed=True)
        assert events_of(log) >= {"call.finished", "call.unreadable", "request.rejected", "analysis.submitted"}
    look(reviewed=True)
    rows = "\n".join(warehouse_rows(data)).lower()
    assert JOE in rows, "the search finds what is there"
    assert RECORD in rows
    for canary in (*SPOKEN, *QUOTES, MANGLED, NOTE):
        assert canary.lower() not in rows


def a_call_is_analysed_in_a_batch(house: EmbeddedPlatform) -> None:
    house.clock("gong-batch")
    eventually(lambda: state_of(house, RECORD) == "ready", "the fetched call")
    house.clock("analysis-submit")
    eventually(lambda: state_of(house, RECORD) == "observed", "the analysed call")
    (result,) = as_person(house, JOE, "GET", f"/api/v1/calls/{RECORD}").value["results"]
    assert len(result["scores"]) == 5, "each label's quote was found"


def a_thread_is_analysed_although_the_model_babbles(house: EmbeddedPlatform, vendors: DemonstrationVendors) -> None:
    vendors.model.troubles.append(Trouble(text=f'{{"scores": "{PHRASE}", "{CUSTOMER}": '))
    vendors.model.troubles.append(Trouble(status=500))
    taken = take_thread(house, {"export": exported(), "thread_id": "canaries"})
    assert (taken.status, taken.value["employees"]) == (202, [JOE])
    eventually(lambda: state_of(house, "email-canaries") == "observed", "the analysed thread")
    assert not vendors.model.troubles


def what_nobody_can_read_is_set_aside(house: EmbeddedPlatform, vendors: DemonstrationVendors) -> None:
    """An entry of a listing, a transcript, and a thread that nobody of ours has written in."""
    now = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=30)
    odd, mute = (staged(replace(CALL, slug=name), now) for name in ("odd", "mute"))
    entry = extensive_call(odd)
    ours = [party for party in entry["parties"] if party.get("emailAddress") == JOE]
    broken: Any = {**entry, "metaData": {**entry["metaData"], "duration": MANGLED}, "parties": ours}
    vendors.recorder.add(broken)
    broken = {**transcript_of(mute), "transcript": f"{PHRASE}!"}
    vendors.recorder.add(extensive_call(mute), broken)
    house.clock("gong-batch")
    eventually(lambda: state_of(house, f"gong-{mute.call_id}") == "failed", "the call that cannot be read")
    strangers = [
        {"from": "a@there.example", "to": "b@there.example", "date": "2026-01-05T10:00:00Z", "text": MANGLED},
    ]
    assert take_thread(house, {"messages": strangers}).status == 422
    kept = {item["source"]: item for item in ask(house, "GET", "/api/v1/quarantine").value["items"]}
    assert kept.keys() == {"gong_batch", "gong_call"}
    shown = ask(house, "GET", f"/api/v1/quarantine/{kept['gong_batch']['quarantine_id']}").value["content"]
    assert MANGLED in shown, "an administrator sees the details of a call"
    shown = ask(house, "GET", f"/api/v1/quarantine/{kept['gong_call']['quarantine_id']}").value["content"]
    assert json.loads(shown) == {"record_id": f"gong-{mute.call_id}", "analysis": 0}, "and of its words nothing"


def they_are_read_by_those_who_may(house: EmbeddedPlatform) -> None:
    for who in (JOE, ADA, ENID):
        for record in (RECORD, "email-canaries"):
            told = as_person(house, who, "GET", f"/api/v1/calls/{record}/transcript")
            assert told.status == 200, (who, told)
            assert PHRASE in json.dumps(told.value)
            assert CUSTOMER in json.dumps(told.value)
    told = as_person(house, JOE, "GET", f"/api/v1/employees/{JOE}/notifications").value["items"]
    assert {item["kind"] for item in told} >= {"transcript.opened"}
    for path in ("calls", f"field-observations/{JOE}", f"employees/{JOE}/skills", "reviews"):
        shown = as_person(house, ADA, "GET", f"/api/v1/{path}")
        assert shown.status == 200
        assert not any(word.lower() in json.dumps(shown.value).lower() for word in (*SPOKEN, *QUOTES))


def a_person_decides_and_the_employee_contests(house: EmbeddedPlatform) -> None:
    items = as_person(house, ENID, "GET", "/api/v1/reviews?state=open").value["items"]
    assert {item["source"] for item in items} == {"gong", "email"}
    for item in items:
        path = f"/api/v1/reviews/{item['review_id']}"
        seen = as_person(house, ENID, "GET", path).value
        low = {"competency": seen["scores"][0]["competency"], "score": 31}
        body = {"decision": "correct", "scores": [low], "event_id": seen["event_id"], "note": f"I heard {NOTE}."}
        assert as_person(house, ENID, "POST", f"{path}/decision", body).value["outcome"] == "corrected"
        assert as_person(house, JOE, "POST", f"{path}/contest", {"reason": f"No {NOTE}!"}).status == 200


def the_call_is_analysed_again(house: EmbeddedPlatform) -> None:
    told = as_person(house, ENID, "POST", f"/api/v1/calls/{RECORD}/analyses")
    assert told.status == 202
    eventually(lambda: state_of(house, RECORD) == "observed", "the second analysis")


def everything_that_runs_by_the_clock_runs(house: EmbeddedPlatform) -> None:
    for schedule in ("certify-scorers", "nightly-recalculation", "pending-sweep", "health-check"):
        house.clock(schedule)
    assert house.runtime.settle(60)
    for schedule in ("warehouse-refresh", "calibration"):
        house.clock(schedule)
        assert house.runtime.settle(60)
    assert not ask(house, "GET", "/api/v1/dead-letters").value["items"]


def as_person(house: EmbeddedPlatform, email: str, method: str, path: str, body: Any = None) -> Told:
    return ask(house, method, path, body, token=house.person(email))


def take_thread(house: EmbeddedPlatform, body: dict[str, Any]) -> Told:
    return ask(house, "POST", "/api/v1/email-threads", body, account="voice-roleplay", function="email_threads")


def state_of(house: EmbeddedPlatform, record: str) -> str | None:
    told = ask(house, "GET", f"/api/v1/calls/{record}")
    return str(told.value["state"]) if told.status == 200 else None


def places(data: Path, canaries: Sequence[str], streams: bytes) -> set[str]:
    """Where any of the canaries is: the parts of the data directory, by name, and `streams`."""
    forms = [form for canary in canaries for form in forms_of(canary)]
    found = {"streams"} if any(form in streams.lower() for form in forms) else set()
    for file in data.rglob("*"):
        if file.is_file():
            content = str(file.relative_to(data)).encode() + b"\n" + file.read_bytes()
            if any(form in content.lower() for form in forms):
                # A journal belongs to its database.
                found.add(file.relative_to(data).parts[0].removesuffix("-wal").removesuffix("-shm"))
    return found


def queued(data: Path) -> str:
    """What the queue holds, which shares the live state's file."""
    with closing(sqlite3.connect(data / LIVE)) as connection:
        rows = connection.execute(
            "SELECT data, attributes FROM deliveries UNION ALL SELECT data, reason FROM dead_letters"
        ).fetchall()
        return "\n".join(column for row in rows for column in row)


def forms_of(canary: str) -> set[bytes]:
    """The canary as it may be written, in lower case: plain, in an address, in base64 at each of three places."""
    plain = canary.encode()
    forms = {plain, plain.replace(b" ", b"%20"), plain.replace(b" ", b"+"), plain.replace(b" ", b"_")}
    for text in (plain, plain.lower()):
        for before in range(3):
            # Without the characters that what stands beside would change.
            code = base64.b64encode(b"\0" * before + text)
            forms.add(code[-(-before * 4 // 3) : len(code) - 4])
    return {form.lower() for form in forms if len(form) > 6}


def warehouse_rows(data: Path) -> Iterator[str]:
    """Every row of every table and view of the warehouse."""
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as connection:
        tables = connection.execute("SELECT table_schema, table_name FROM information_schema.tables").fetchall()
        assert len(tables) > 20
        for schema, table in tables:
            for row in connection.execute(f'SELECT * FROM "{schema}"."{table}"').fetchall():
                yield repr(row)


def events_of(log: io.StringIO) -> set[str]:
    return {json.loads(line)["event"] for line in log.getvalue().splitlines()}
