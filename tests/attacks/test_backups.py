"""What was erased stays so: in the files' bytes, and when a backup of before comes back."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from sqlite3 import Connection
from typing import Any

import pytest

from infra.declarations.pipeline import load_pipeline
from infra.local.ambient import JsonLog
from infra.local.duckdb_warehouse import RawMessage
from infra.local.environment import EmbeddedEnvironment
from infra.local.journal import NAME as JOURNAL
from infra.local.journal import HalfRestored, Journal, read_journal, refuse_half_restored
from infra.local.platform import configure
from infra.local.restoring import Again, do_again
from infra.local.runtime import Parts, Runtime, open_parts
from infra.local.sqlite_file import SqliteFile
from infra.wiring.environment import environment
from infra.wiring.erasure import eraser
from infra.wiring.identities import identities
from infra.wiring.privacy import privacy
from scripts.commands import __main__ as commands
from scripts.commands import backup, rebuild_warehouse, restore, run
from shared.kernel.access import Caller
from shared.kernel.errors import Retryable
from shared.people.aliases import Aliases
from shared.people.contract import EmployeeBody
from shared.platform.records.tombstones import Tombstones
from shared.ports.documents import Delete, Merge, Put
from shared.privacy.usecases import erase_person

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
PIPELINE = load_pipeline()
ADA = Caller(email="ada@example.com", role="administrator", employee_id="ada@example.com")
JOE, SAM, MIA, LEA = (f"{name}@example.com" for name in ("joe", "sam", "mia", "lea"))
WORDS = b"unmistakable words of joe@example.com"


class Platform:
    """The adapters on a data directory, stopped at the end."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.parts: Parts = open_parts(data, PIPELINE, log=JsonLog(io.StringIO()))
        configure(self.parts, {})
        found = environment()
        assert isinstance(found, EmbeddedEnvironment)
        self.on = found

    def import_people(self, *people: str) -> None:
        from infra.wiring.people import people as wired

        lines = [f"{one.split('@')[0].title()},{one}" for one in people]
        wired(self.on).import_people.from_csv(ADA, "\n".join(["name,email", *lines]).encode())

    def erase(self, employee_id: str) -> None:
        run = privacy(self.on).start_erasure.start(ADA, employee_id, employee_id)
        assert eraser(self.on).work(run.run_id).state == "waiting"

    def lets_in(self, employee_id: str) -> None:
        from infra.wiring.people import people as wired

        wired(self.on).change_employee.put(ADA, employee_id, EmployeeBody(name="Anew"))

    def stop(self) -> None:
        self.on.warehouse.close()
        self.parts.close()

    def employees(self) -> list[str]:
        from shared.ports.documents import Query

        return [one.id for one in self.parts.documents.query(Query("employees"))]


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    """A platform with people, of whom Joe has left words in every file."""
    made = Platform(tmp_path / "data")
    made.import_people(JOE, SAM, MIA)
    said = {"employee_id": JOE, "text": WORDS.decode() * 50}
    for number in range(40):
        made.parts.documents.commit([Put(f"notes/{number}", said)])
        made.parts.documents.commit([Put(f"notes/{number}", {**said, "again": number})])
        made.parts.integrations.commit([Put(f"notes/{number}", said)])
    made.on.warehouse.ingest_raw("page-viewed", [RawMessage(str(n), NOW, said) for n in range(100)])
    made.on.warehouse.refresh()
    yield made
    made.stop()


def naming(data: Path, words: bytes) -> list[str]:
    """The files that hold some words."""
    return sorted(str(one.relative_to(data)) for one in data.rglob("*") if one.is_file() and words in one.read_bytes())


def test_after_an_erasure_no_file_holds_the_persons_words(platform: Platform) -> None:
    everywhere = {"documents.sqlite-wal", "integrations.sqlite-wal", "warehouse.duckdb.wal"}
    assert everywhere <= {*naming(platform.data, WORDS)}
    platform.erase(JOE)
    assert naming(platform.data, WORDS) == []
    platform.on.warehouse.ingest_raw("page-viewed", [RawMessage("later", NOW, {"view_id": "later"})])
    platform.on.warehouse.refresh()
    rows: Any = platform.on.warehouse.query("SELECT view_id FROM staging.page_viewed")
    assert [row["view_id"] for row in rows] == ["later"]


def test_an_erasure_leaves_no_copy_in_a_page_from_which_rows_have_moved(platform: Platform) -> None:
    chance = random.Random(1)
    several = [JOE, *(f"person{number}@example.com" for number in range(15))]
    ids = [f"notes/{chance.getrandbits(128):032x}" for _ in range(3_000)]
    for longest in (900, 3_000):
        for start in range(0, len(ids), 50):
            whose = [(at, several[int(at[-1], 16)]) for at in ids[start : start + 50]]
            said = {at: {"employee_id": who, "text": who * chance.randint(1, longest // 20)} for at, who in whose}
            platform.parts.documents.commit([Put(at, content) for at, content in said.items()])
    joes = [Delete(at) for at in ids if several[int(at[-1], 16)] == JOE]
    for start in range(0, len(joes), 50):
        platform.parts.documents.commit(joes[start : start + 50])
    assert platform.on.documents.file.empty_log()
    assert naming(platform.data, JOE.encode() * 3) != [], "nothing has moved, and this shows nothing"
    platform.erase(JOE)
    assert naming(platform.data, JOE.encode() * 3) == []


def test_an_erasure_that_finished_and_could_not_scrub_does_it_when_it_is_delivered_again(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted = f'"{JOE}","name":"Joe"'.encode()  # by the run itself
    monkeypatch.setattr(erase_person, "SECOND_LOOK_AFTER", timedelta(0))
    platform.erase(JOE)
    (run,) = privacy(platform.on).resume_erasures._runs.records.unfinished()
    with monkeypatch.context() as reading:
        reading.setattr(SqliteFile, "empty_log", lambda file: False)
        with pytest.raises(Retryable):
            eraser(platform.on).work(run.run_id)
    assert naming(platform.data, noted) != []
    assert eraser(platform.on).work(run.run_id).state == "finished"
    assert naming(platform.data, noted) == []


@pytest.mark.parametrize("lost", [False, True], ids=["the present data can be read", "they cannot"])
def test_a_backup_of_a_running_platform_brings_everything_back_but_who_was_erased_or_moved_since(
    platform: Platform, tmp_path: Path, capsys: pytest.CaptureFixture[str], lost: bool
) -> None:
    kept = tmp_path / "kept"
    platform.parts.transcripts.write("gong/1", b"said")
    assert backup.main(["--data", str(platform.data), "--to", str(kept)]) == 0
    platform.import_people(LEA)
    platform.erase(JOE)
    platform.erase(LEA)
    identities(platform.on).start_move.rename(ADA, SAM, "samuel@example.com", "married")
    platform.parts.transcripts.delete("gong/1")
    platform.stop()
    if lost:  # then the journal alone says what happened since
        (platform.data / "documents.sqlite").write_bytes(b"junk" * 4096)

    assert restore.main([str(kept), "--data", str(platform.data)]) == 0
    assert "Erased again: 1, moved again: 1" in capsys.readouterr().out
    again = Platform(platform.data)
    assert sorted(again.employees()) == [MIA, "samuel@example.com"]
    assert Aliases(again.parts.documents).get(SAM) is not None
    assert Tombstones(again.parts.documents).among([JOE, LEA, MIA]) == {JOE, LEA}
    assert again.parts.transcripts.read("gong/1") == b"said"
    assert {"erasure", "moves"} <= {*again.parts.queue.backlog()}
    (viewed,) = again.on.warehouse.query("SELECT COUNT(*) AS number FROM raw.page_viewed")
    assert viewed["number"] == 100
    (run,) = privacy(again.on).resume_erasures._runs.records.unfinished()
    eraser(again.on).work(run.run_id)
    assert naming(again.data, WORDS) == []
    again.stop()


def finish(platform: Platform) -> None:
    """Both looks of every erasure."""
    for one in privacy(platform.on).resume_erasures._runs.records.unfinished():
        if one.state == "running":
            eraser(platform.on).work(one.run_id)
        platform.parts.documents.commit([Merge(f"erasures/{one.run_id}", {"second_look_at": NOW})])
        assert eraser(platform.on).work(one.run_id).state == "finished"


@pytest.mark.parametrize("lost", [False, True], ids=["the present data can be read", "they cannot"])
@pytest.mark.parametrize("backed_up", ["before the erasure", "after the return"])
def test_who_came_again_is_erased_of_what_was_there_before_and_of_nothing_since(
    platform: Platform, tmp_path: Path, lost: bool, backed_up: str
) -> None:
    kept, saved = tmp_path / "kept", ["--data", str(platform.data), "--to", str(tmp_path / "kept")]
    if backed_up == "before the erasure":
        assert backup.main(saved) == 0
    platform.erase(JOE)
    finish(platform)
    platform.lets_in(JOE)
    platform.erase(SAM)  # whatever is journaled next keeps it
    if backed_up == "after the return":
        assert backup.main(saved) == 0
    journal = read_journal(platform.data / JOURNAL)
    assert (len(journal.erased), len(journal.returned)) == (1, 1)
    platform.stop()
    if lost:
        (platform.data / "documents.sqlite").write_bytes(b"junk" * 4096)

    assert restore.main([str(kept), "--data", str(platform.data)]) == 0
    again = Platform(platform.data)
    assert (JOE in again.employees()) is (backed_up == "after the return")
    assert SAM not in again.employees()
    if backed_up == "before the erasure":
        finish(again)
        again.lets_in(JOE)
    assert JOE in again.employees()
    assert naming(again.data, WORDS) == []
    assert [*read_journal(again.data / JOURNAL).returned] == [*journal.returned]
    again.stop()


def test_an_id_that_was_released_after_the_backup_leads_nowhere_when_it_is_restored(
    platform: Platform, tmp_path: Path
) -> None:
    kept, moves = tmp_path / "kept", identities(platform.on)
    run = moves.start_move.rename(ADA, SAM, "samuel@example.com", "mistyped")
    platform.parts.documents.commit([Merge(f"moves/{run.run_id}", {"state": "finished"})])
    assert backup.main(["--data", str(platform.data), "--to", str(kept)]) == 0
    moves.release_id.release(ADA, "samuel@example.com", SAM, "Sam joins")
    platform.stop()
    (platform.data / "documents.sqlite").write_bytes(b"junk" * 4096)

    assert restore.main([str(kept), "--data", str(platform.data)]) == 0
    again = Platform(platform.data)
    assert Aliases(again.parts.documents).get(SAM) is None
    again.stop()


class Cut:
    """Lets so many commits of a restore through, and none after them."""

    def __init__(self, after: int, error: BaseException) -> None:
        self.left = after
        self.error = error
        self.came = False

    def into(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Counts while all is done again."""
        again, transaction = do_again, SqliteFile.transaction

        @contextmanager
        def counted(file: SqliteFile) -> Iterator[Connection]:
            self.left -= 1
            if self.left < 0:
                self.came = True
                raise self.error
            with transaction(file) as connection:
                yield connection

        def cut(on: EmbeddedEnvironment, journal: Journal) -> Again:
            with monkeypatch.context() as counting:
                counting.setattr(SqliteFile, "transaction", counted)
                return again(on, journal)

        monkeypatch.setattr(restore, "do_again", cut)


def restored(data: Path, kept: Path, cut: Cut, monkeypatch: pytest.MonkeyPatch) -> int | None:
    """Restores; None where Ctrl-C ended it."""
    with monkeypatch.context() as cutting:
        cut.into(cutting)
        try:
            return restore.main([str(kept), "--data", str(data)])
        except KeyboardInterrupt:
            return None


@pytest.fixture
def since(tmp_path: Path) -> tuple[Path, Path]:
    """A platform's data, and a backup of before Joe and Mia were erased and Sam got another id."""
    made, kept = Platform(tmp_path / "data"), tmp_path / "kept"
    made.import_people(JOE, SAM, MIA)
    assert backup.main(["--data", str(made.data), "--to", str(kept)]) == 0
    made.erase(JOE)
    made.erase(MIA)
    identities(made.on).start_move.rename(ADA, SAM, "samuel@example.com", "married")
    made.stop()
    return made.data, kept


def whom(journal: Journal) -> tuple[set[str], list[tuple[str, str]]]:
    return {*journal.erased}, [(one.former_id, one.employee_id) for one in journal.moves]


def test_a_restore_may_be_cut_off_at_every_moment_and_the_next_one_does_all_again(
    since: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    data, kept = since
    journal, commits = read_journal(data / JOURNAL), 0
    assert (len(journal.erased), len(journal.moves)) == (2, 1)
    while True:
        cut = Cut(commits, KeyboardInterrupt())
        ended = restored(data, kept, cut, monkeypatch)
        known = read_journal(data / JOURNAL)
        assert whom(known) == whom(journal), commits
        if not cut.came:
            break
        assert (ended, known.restoring is None) == (None, False)
        commits += 1
    assert (ended, known.restoring) == (0, None)
    assert commits > 6  # a salt, two erasures and a move, with their tasks and their lines in the audit
    again = Platform(data)
    assert again.employees() == ["samuel@example.com"]
    assert Aliases(again.parts.documents).get(SAM) is not None
    assert Tombstones(again.parts.documents).among([JOE, MIA]) == {JOE, MIA}
    again.stop()


def test_a_restore_that_finds_no_room_ends_with_a_sentence_and_nothing_starts_on_what_it_left(
    since: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    data, kept = since
    assert restored(data, kept, Cut(5, Retryable("the disk has 255 MB left")), monkeypatch) == 1
    assert "255 MB left\nThe restore is not complete" in capsys.readouterr().err
    with pytest.raises(HalfRestored, match="was cut off: run"):
        Runtime(data, pipeline=PIPELINE)
    assert run.main(["--data", str(data), "--once"]) == 1
    assert backup.main(["--data", str(data), "--to", str(tmp_path / "another")]) == 1
    assert rebuild_warehouse.main(["--data", str(data)]) == 1
    assert capsys.readouterr().err.count("was cut off") == 3
    assert restore.main([str(kept), "--data", str(data)]) == 0
    aside = [*tmp_path.glob("data.before-restore-*")]
    assert len(aside) == 2
    out = capsys.readouterr().out
    assert all(str(one) in out for one in aside)
    refuse_half_restored(data)


def test_a_journal_that_cannot_be_read_needs_its_copy(
    since: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, kept = since
    copy = tmp_path / "copy.json"
    (data / JOURNAL).rename(copy)
    (data / JOURNAL).write_text('{"salt"')
    (data / "documents.sqlite").write_bytes(b"junk" * 4096)
    assert restore.main([str(kept), "--data", str(data)]) == 1
    assert "--journal takes a copy" in capsys.readouterr().err
    assert restore.main([str(kept), "--data", str(data), "--journal", str(copy)]) == 0
    assert "Erased again: 2, moved again: 1" in capsys.readouterr().out


def test_a_restore_that_was_cut_off_before_its_files_were_in_place_still_erases_again(
    since: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data, kept = since
    with monkeypatch.context() as cut:
        cut.setattr(restore, "open_parts", cut_off)
        with pytest.raises(KeyboardInterrupt):
            restore.main([str(kept), "--data", str(data)])
    assert restore.main([str(kept), "--data", str(data)]) == 0
    assert "Erased again: 2" in capsys.readouterr().out


def cut_off(data: Path) -> Parts:
    raise KeyboardInterrupt


def test_what_a_newer_program_has_backed_up_is_refused_and_nothing_changes(platform: Platform, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    backup.main(["--data", str(platform.data), "--to", str(kept)])
    made = json.loads((kept / "backup.json").read_text())
    made["versions"]["sqlite"] += 1
    (kept / "backup.json").write_text(json.dumps(made))
    before = sorted(platform.data.iterdir())
    assert commands.main("restore", str(kept), "--data", str(platform.data)) == commands.NEWER_STORE
    (kept / "backup.json").unlink()
    assert restore.main([str(kept), "--data", str(platform.data)]) == 1
    assert sorted(one for one in platform.data.iterdir() if one.name != "runtime.lock") == before
