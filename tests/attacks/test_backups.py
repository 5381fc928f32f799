"""What was erased stays so: in the files' bytes, and when a backup of before comes back."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from infra.declarations.pipeline import load_pipeline
from infra.local.ambient import JsonLog
from infra.local.duckdb_warehouse import RawMessage
from infra.local.environment import EmbeddedEnvironment
from infra.local.platform import configure
from infra.local.runtime import Parts, open_parts
from infra.wiring.environment import environment
from infra.wiring.erasure import eraser
from infra.wiring.identities import identities
from infra.wiring.privacy import privacy
from scripts.commands import __main__ as commands
from scripts.commands import backup, restore
from shared.kernel.access import Caller
from shared.people.aliases import Aliases
from shared.platform.records.tombstones import Tombstones
from shared.ports.documents import Merge, Put

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


def test_a_restore_that_was_cut_off_still_erases_again(
    platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept"
    assert backup.main(["--data", str(platform.data), "--to", str(kept)]) == 0
    platform.erase(JOE)
    platform.stop()
    with monkeypatch.context() as cut:
        cut.setattr(restore, "open_parts", cut_off)
        with pytest.raises(KeyboardInterrupt):
            restore.main([str(kept), "--data", str(platform.data)])
    assert restore.main([str(kept), "--data", str(platform.data)]) == 0
    assert "Erased again: 1" in capsys.readouterr().out


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
