"""Damaged files, a full disk and a log that cannot be written: what still works does, and everybody is told why."""

from __future__ import annotations

import io
import json
import re
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from infra.declarations.pipeline import load_pipeline
from infra.local import sqlite_file, storage, warehouse_file
from infra.local.ambient import JsonLog
from infra.local.environment import EmbeddedEnvironment
from infra.local.runtime import Parts, open_parts
from infra.local.sqlite_file import DamagedStore, SqliteFile
from infra.local.storage import CHECKING, WELL, Storage
from infra.local.warehouse_file import FillWarehouse
from infra.wiring.operations import operations
from infra.wiring.people import people as wired
from infra.wiring.ports.probes import probes
from scripts.commands import rebuild_warehouse
from shared.intake.usecases.event_message import TOPIC
from shared.kernel.access import Caller
from shared.kernel.errors import Retryable
from shared.kernel.field_values import FieldValue
from shared.people.usecases.write_employees import Said
from shared.ports.ambient import ProbeAnswer
from shared.ports.documents import Create, Put, Query, Where
from shared.ports.messages import Message
from tests.harness.crash_harness import Died

ADA = Caller(email="ada@example.com", role="administrator", employee_id="ada@example.com")
NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
PIPELINE = load_pipeline()


@pytest.fixture
def log() -> io.StringIO:
    return io.StringIO()


def opened(folder: Path, log: io.StringIO) -> tuple[Parts, EmbeddedEnvironment]:
    parts = open_parts(folder / "data", PIPELINE, log=JsonLog(log))
    return parts, EmbeddedEnvironment(parts, {})


def an_event(number: int) -> Create:
    said = {"event_id": f"e{number}", "employee_id": "joe", "kind": "field", "received_at": NOW.isoformat()}
    stored: dict[str, FieldValue] = {"kind": "field", "received_at": NOW, "entry": "[]", "message": json.dumps(said)}
    return Create(f"events/e{number}", stored)


def staged(on: EmbeddedEnvironment) -> list[Any]:
    rows = on.warehouse.query("SELECT event_id FROM staging.observation_recorded ORDER BY event_id")
    return [row["event_id"] for row in rows]


def events_logged(log: io.StringIO) -> list[str]:
    return [json.loads(line)["event"] for line in log.getvalue().splitlines()]


class TestWarehouse:
    @pytest.fixture
    def data(self, tmp_path: Path, log: io.StringIO) -> Path:
        """A platform that has two events, stopped."""
        parts, on = opened(tmp_path, log)
        for number in (1, 2):
            parts.documents.commit([an_event(number)])
        on.warehouse.ingest_raw(TOPIC, [])
        on.warehouse.close()
        parts.close()
        return parts.directory

    def test_one_that_is_damaged_is_moved_aside_and_filled_from_the_ledger(
        self, tmp_path: Path, data: Path, log: io.StringIO
    ) -> None:
        (data / "warehouse.duckdb").write_bytes(b"\x00" * 8192)
        parts, on = opened(tmp_path, log)
        on.fill_warehouse()
        assert staged(on) == ["e1", "e2"]
        assert [path.read_bytes() for path in data.glob("warehouse.duckdb.damaged-*")] == [b"\x00" * 8192]
        assert {"warehouse.damaged", "warehouse.filled"} <= {*events_logged(log)}
        assert parts.queue.schedule_mark("nightly-recalculation") is not None
        on.warehouse.close()
        parts.close()

    def test_one_that_is_gone_is_filled_from_the_ledger(self, tmp_path: Path, data: Path, log: io.StringIO) -> None:
        (data / "warehouse.duckdb").unlink()
        parts, on = opened(tmp_path, log)
        on.fill_warehouse()
        assert staged(on) == ["e1", "e2"]
        on.warehouse.close()
        parts.close()

    def test_one_command_makes_it_anew(
        self, tmp_path: Path, data: Path, log: io.StringIO, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert rebuild_warehouse.main(["--data", str(data)]) == 0
        assert "2 events" in capsys.readouterr().out
        parts, on = opened(tmp_path, log)
        on.fill_warehouse()
        assert staged(on) == ["e1", "e2"]
        on.warehouse.close()
        parts.close()

    @pytest.mark.parametrize("cut", [1, 2], ids=["one event of two is told", "both are, and not what else there is"])
    @pytest.mark.parametrize("by", ["the start", "the command"])
    def test_a_filling_that_was_cut_off_begins_again(
        self, tmp_path: Path, data: Path, log: io.StringIO, monkeypatch: pytest.MonkeyPatch, by: str, cut: int
    ) -> None:
        told, events, employees = [0], FillWarehouse._events, FillWarehouse._employees

        def until(tell: Any) -> Any:
            def go(filling: FillWarehouse, found: Any) -> None:
                if told[0] == cut:
                    raise Died
                told[0] += 1
                tell(filling, found)

            return go

        with monkeypatch.context() as dying:
            dying.setattr(warehouse_file, "PAGE", 1)
            dying.setattr(FillWarehouse, "_events", until(events))
            dying.setattr(FillWarehouse, "_employees", until(employees))
            (data / "warehouse.duckdb").unlink()
            parts, on = opened(tmp_path, log)
            wired(on).writing.write("joe", Said(name="Joe"), "administrator", None)
            if by == "the start":
                with pytest.raises(Died):
                    on.fill_warehouse()
                on.warehouse.close()
            parts.close()
            if by == "the command":
                with pytest.raises(Died):
                    rebuild_warehouse.main(["--data", str(data)])

        parts, on = opened(tmp_path, log)
        assert on.warehouse.is_filling()
        on.fill_warehouse()
        assert (staged(on), on.warehouse.is_filling()) == (["e1", "e2"], False)
        (people,) = on.warehouse.query("SELECT COUNT(*) AS number FROM raw.employee_changed")
        assert people["number"] == 1
        on.warehouse.close()
        parts.close()


class TestLiveState:
    @pytest.fixture
    def damaged(self, tmp_path: Path, log: io.StringIO) -> Iterator[Parts]:
        """A platform whose pages were overwritten while it was away."""
        parts, _ = opened(tmp_path, log)
        for number in range(200):
            parts.documents.commit([Put(f"things/{number}", {"text": uuid4().hex * 40})])
        parts.close()
        path = parts.directory / "documents.sqlite"
        content = bytearray(path.read_bytes())
        size = int.from_bytes(content[16:18], "big")  # of a page
        for page in {found.start() // size * size for found in re.finditer(rb'\{"text"', content)}:
            content[page : page + size] = b"\xff" * size
        path.write_bytes(content)
        parts, _ = opened(tmp_path, log)
        yield parts
        parts.close()

    def test_damaged_pages_fail_health_and_take_no_writes(self, damaged: Parts, log: io.StringIO) -> None:
        damaged.storage.inspect()
        assert "storage.damaged" in events_logged(log)
        health = damaged.storage.check()
        assert not health.ok
        assert "documents.sqlite is damaged" in health.detail
        found = operations(EmbeddedEnvironment(damaged, {})).health.latest(ADA)  # no check could be written down
        assert (found.state, [one.state for one in found.integrations]) == ("degraded", ["failing"])
        with pytest.raises(Retryable, match="damaged, and nothing is written into it: stop the platform, and bring"):
            damaged.documents.commit([Put("things/new", {})])
        with pytest.raises(Retryable, match="damaged"):
            damaged.queue.publish(TOPIC, [Message({})])

    @pytest.mark.parametrize("scribble", [b"\xff\xfe", b"\x00\x00"], ids=["no text", "no JSON"])
    def test_a_start_reads_past_scribbled_documents(self, tmp_path: Path, log: io.StringIO, scribble: bytes) -> None:
        """The pages are whole, and what is in them is not; the warehouse is gone as well."""
        parts, on = opened(tmp_path, log)
        on.warehouse.close()
        parts.documents.commit([Put("events/e1", {"text": "scribble here"}), Put("things/1", {"text": "as it was"})])
        parts.close()
        path = parts.directory / "documents.sqlite"
        path.write_bytes(path.read_bytes().replace(b'{"text":"scribble here"', scribble + b'text":"scribble here"'))
        (parts.directory / "warehouse.duckdb").unlink(missing_ok=True)

        parts, on = opened(tmp_path, log)
        on.fill_warehouse()
        assert "warehouse.unavailable" in events_logged(log)
        kept = parts.documents.get("things/1")
        assert kept is not None
        for ask in (Query("events"), Query("events", where=(Where("text", "==", "x"),))):
            with pytest.raises(Retryable, match="damaged"):
                parts.documents.query(ask)
        assert "documents.sqlite is damaged" in parts.storage.check().detail
        on.warehouse.close()
        parts.close()

    def test_the_start_waits_for_no_look_and_health_tells_what_it_finds(
        self, damaged: Parts, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reached, held = threading.Event(), threading.Event()
        inspect = SqliteFile.inspect

        def slowly(file: SqliteFile) -> str | None:
            reached.set()
            held.wait(10)
            return inspect(file)

        monkeypatch.setattr(SqliteFile, "inspect", slowly)
        damaged.storage.start()
        assert reached.wait(5)
        assert damaged.storage.check() == ProbeAnswer(True, CHECKING)
        held.set()
        deadline = time.monotonic() + 10
        while damaged.storage.check().detail == CHECKING and time.monotonic() < deadline:
            time.sleep(0.01)
        assert "documents.sqlite is damaged" in damaged.storage.check().detail
        assert "storage.damaged" in events_logged(log)
        damaged.storage.stop()

    def test_a_stop_cuts_a_look_short(self, tmp_path: Path, log: io.StringIO) -> None:
        file = SqliteFile(tmp_path / "large.sqlite", durable=False)
        file.writing.execute("CREATE TABLE things (text)")
        file.writing.executemany("INSERT INTO things VALUES (?)", [(uuid4().hex,) for _ in range(20_000)])
        reached = threading.Event()
        storage = Storage(tmp_path, (file,), log=JsonLog(log))
        opened_before = file.connection

        def dawdle() -> None:
            reached.set()
            time.sleep(0.2)

        def slow() -> sqlite3.Connection:
            connection = opened_before()
            connection.set_progress_handler(dawdle, 1)  # minutes, to its end
            return connection

        file.connection = slow  # type: ignore[method-assign]
        storage.start()
        assert reached.wait(5)
        began = time.monotonic()
        storage.stop()
        assert time.monotonic() - began < 3
        assert storage.check().ok
        file.close()

    def test_a_reader_who_meets_them_first_is_told_and_health_says_so(self, damaged: Parts) -> None:
        assert damaged.storage.check().ok
        with pytest.raises(Retryable, match="the document store is damaged"):
            damaged.documents.query(Query("things"))
        assert not damaged.storage.check().ok

    def test_what_is_no_database_is_refused_with_what_to_do(self, tmp_path: Path) -> None:
        (tmp_path / "documents.sqlite").write_bytes(b"no database" * 1000)
        with pytest.raises(DamagedStore, match=r"documents\.sqlite is damaged .*scripts/restore"):
            SqliteFile(tmp_path / "documents.sqlite")


class TestDisk:
    def test_with_too_little_room_nothing_is_written_and_everything_is_read(
        self, tmp_path: Path, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        parts, on = opened(tmp_path, log)
        parts.documents.commit([Put("things/a", {"n": 1})])
        probe = probes(on)["Storage"]
        assert probe is not None
        assert probe.check().ok
        monkeypatch.setattr(sqlite_file, "LOOKS_SECONDS", 0.0)
        monkeypatch.setattr(sqlite_file, "LEAST_FREE_BYTES", 1 << 60)
        with pytest.raises(Retryable, match=r"the disk has .* MB left, .* make room beside data/"):
            parts.documents.commit([Put("things/b", {})])
        assert parts.documents.get("things/a") is not None
        assert "make room" in probe.check().detail
        monkeypatch.undo()
        monkeypatch.setattr(sqlite_file, "LOOKS_SECONDS", 0.0)
        parts.documents.commit([Put("things/b", {})])
        parts.close()


class Failing:
    """A connection to a file on a disk that fails."""

    def __init__(self, connection: sqlite3.Connection, word: str, error: sqlite3.Error) -> None:
        self.connection = connection
        self.word = word
        self.error: sqlite3.Error | None = error
        self.asked = 0

    def execute(self, statement: str, *given: Any) -> sqlite3.Cursor:
        if self.word in statement:
            self.asked += 1
            if self.error is not None:
                raise self.error
        return self.connection.execute(statement, *given)

    def interrupt(self) -> None: ...


def of_sqlite(kind: type[sqlite3.Error], code: int | None, words: str) -> sqlite3.Error:
    error = kind(words)
    if code is not None:
        error.sqlite_errorcode = code
    return error


class TestFailingDisk:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Iterator[SqliteFile]:
        made = SqliteFile(tmp_path / "x.sqlite", durable=False)
        yield made
        made.close()

    @pytest.mark.parametrize("word", ["quick_check", "wal_checkpoint"])
    @pytest.mark.parametrize(
        "error",
        [
            of_sqlite(sqlite3.OperationalError, sqlite3.SQLITE_IOERR, "disk I/O error"),
            of_sqlite(sqlite3.OperationalError, sqlite3.SQLITE_CANTOPEN, "unable to open database file"),
            of_sqlite(sqlite3.DatabaseError, sqlite3.SQLITE_ERROR, "no such thing"),
            of_sqlite(sqlite3.ProgrammingError, None, "Cannot operate on a closed database"),
        ],
        ids=str,
    )
    def test_a_look_that_fails_fails_health_and_the_next_one_mends_it(
        self,
        tmp_path: Path,
        log: io.StringIO,
        file: SqliteFile,
        monkeypatch: pytest.MonkeyPatch,
        word: str,
        error: sqlite3.Error,
    ) -> None:
        disk = Failing(file.writing, word, error)
        monkeypatch.setattr(file, "connection", lambda: disk)
        monkeypatch.setattr(file, "writing", disk)
        monkeypatch.setattr(storage, "AGAIN_SECONDS", 0.02)
        watched = Storage(tmp_path, (file,), JsonLog(log))
        watched.start()
        try:
            until(lambda: disk.asked > 2)
            health = watched.check()
            assert (health.ok, str(error) in health.detail) == (False, True)
            assert "storage.unreadable" in events_logged(log)
            disk.error = None
            until(lambda: watched.check() == ProbeAnswer(True, WELL))
        finally:
            watched.stop()

    def test_a_look_without_an_end_is_no_good_news(
        self, tmp_path: Path, log: io.StringIO, file: SqliteFile, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        held = threading.Event()
        monkeypatch.setattr(file, "inspect", lambda: held.wait(10) and None)
        watched = Storage(tmp_path, (file,), JsonLog(log))
        watched.start()
        assert watched.check() == ProbeAnswer(True, CHECKING)
        monkeypatch.setattr(storage, "LONGEST_SECONDS", 0.0)
        health = watched.check()
        assert (health.ok, "without an end" in health.detail) == (False, True)
        held.set()
        watched.stop()

    def test_a_disk_that_does_not_say_how_full_it_is_fails_health_and_takes_no_writes(
        self, tmp_path: Path, log: io.StringIO, file: SqliteFile, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def gone(path: Path) -> None:
            raise OSError(5, "Input/output error")

        monkeypatch.setattr(shutil, "disk_usage", gone)
        monkeypatch.setattr(sqlite_file, "LOOKS_SECONDS", 0.0)
        assert "Input/output error" in Storage(tmp_path, (file,), JsonLog(log)).check().detail
        with pytest.raises(Retryable, match="does not answer"), file.transaction():
            raise AssertionError

    def test_a_warehouse_that_cannot_be_asked_fails_health(self, tmp_path: Path, log: io.StringIO) -> None:
        watched = Storage(tmp_path, (), JsonLog(log))

        def gone() -> str:
            raise RuntimeError("it is closed")

        watched.warehouse = gone
        assert "it is closed" in watched.check().detail


def until(come: Callable[[], bool]) -> None:
    """Waits for what a thread does."""
    deadline = time.monotonic() + 5
    while not come():
        assert time.monotonic() < deadline
        time.sleep(0.005)


class Full(io.StringIO):
    """A stream onto a full disk."""

    full = True

    def write(self, text: str) -> int:
        if self.full:
            raise OSError(28, "No space left on device")
        return super().write(text)


def test_a_log_that_cannot_be_written_fails_nothing_and_health_says_so(tmp_path: Path) -> None:
    stream = Full()
    log = JsonLog(stream)
    storage = Storage(tmp_path, (), log)
    log.event("thing.happened")
    assert storage.check().detail == "the log cannot be written: [Errno 28] No space left on device"
    stream.full = False
    log.event("thing.happened")
    assert storage.check().ok
    stream.close()
    log.event("thing.happened")
    assert not storage.check().ok
