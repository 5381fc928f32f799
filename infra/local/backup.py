"""Copies the embedded platform's data while it runs, and brings a copy back.

    documents.sqlite, integrations.sqlite   by SQLite's backup: of one moment each
    warehouse.duckdb                        the file between two of its checkpoints, opened once to prove it
    files/, transcripts/, clips/, evidence/, secrets/   as they are; each file is whole

The live state is copied first: what it names in the buckets is there then. Not copied: the log, the journal of erasures
and moves (it must be younger than any backup), and what was set aside.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from glob import escape
from pathlib import Path
from typing import Final

import duckdb

from infra.local import duckdb_warehouse, files, sqlite_file
from infra.local.journal import NAME as JOURNAL
from infra.local.journal import refuse_half_restored
from infra.local.private_files import keep_private
from infra.local.schema_version import refuse_newer
from infra.local.sqlite_file import DamagedStore
from infra.local.warehouse_file import NAME as WAREHOUSE

STORES: Final = ("documents.sqlite", "integrations.sqlite")
FOLDERS: Final = ("files", "transcripts", "clips", "evidence", "secrets")
NOTES: Final = ("demonstration",)
MANIFEST: Final = "backup.json"
VERSIONS: Final[Mapping[str, int]] = {
    "sqlite": sqlite_file.SCHEMA_VERSION,
    "warehouse": duckdb_warehouse.SCHEMA_VERSION,
    "files": files.SCHEMA_VERSION,
}
TRIES: Final = 5
ASIDE: Final = ".before-restore-"
STAYS: Final = frozenset({"runtime.lock", JOURNAL})


class NoBackup(RuntimeError):
    """A folder holds no whole backup, or one cannot be made there."""


def back_up(data: Path, to: Path) -> None:
    """Copies into a folder that is not there yet. Raises NoBackup, DamagedStore, HalfRestored."""
    refuse_half_restored(data)
    if not (data / STORES[0]).exists():
        raise NoBackup(f"{data} holds no platform's data")
    if to.exists():
        raise NoBackup(f"{to} is there already")
    keep_private(to)
    begun = datetime.now(UTC)  # what is erased while it is copied may be in it
    for name in STORES:
        _copy_sqlite(data / name, to / name)
    if (data / WAREHOUSE).exists():
        _copy_warehouse(data / WAREHOUSE, to / WAREHOUSE)
    for name in FOLDERS:
        if (data / name).exists():
            shutil.copytree(data / name, to / name, ignore=shutil.ignore_patterns("incoming"), symlinks=True)
    for name in NOTES:
        if (data / name).exists():
            shutil.copy2(data / name, to / name)
    made = {"made_at": begun.isoformat(timespec="milliseconds"), "versions": dict(VERSIONS)}
    (to / MANIFEST).write_text(json.dumps(made, indent=1), "utf-8")  # last: without it there is no backup
    keep_private(to)


def check_backup(backup: Path) -> str:
    """Returns when a backup was made. Raises NoBackup, NewerStore, DamagedStore."""
    if not (backup / MANIFEST).exists():
        raise NoBackup(f"{backup} holds no whole backup: {MANIFEST} is missing")
    made = json.loads((backup / MANIFEST).read_text("utf-8"))
    for name, version in made["versions"].items():
        refuse_newer(f"{backup} ({name})", version, VERSIONS.get(name, 0))
    for name in STORES:
        _inspect(backup / name)
    return str(made["made_at"])


def put_in_place(backup: Path, data: Path) -> None:
    """Puts a backup's files into the place of the present ones, and those beside the folder."""
    if present := [path for path in data.iterdir() if path.name not in STAYS]:
        aside = data.with_name(f"{data.name}{ASIDE}{datetime.now(UTC):%Y%m%dT%H%M%S.%f}")
        keep_private(aside)
        for path in present:
            path.rename(aside / path.name)
    for path in backup.iterdir():
        if path.is_dir():
            shutil.copytree(path, data / path.name)
        elif path.name != MANIFEST:
            shutil.copy2(path, data / path.name)
    keep_private(data)


def put_aside(data: Path) -> Sequence[Path]:
    """Returns where what was in a folder before it was restored lies, also where a restore was cut off."""
    return sorted(data.parent.glob(f"{escape(data.name)}{ASIDE}*"))


def _copy_sqlite(path: Path, to: Path) -> None:
    with closing(sqlite3.connect(path, timeout=30)) as source, closing(sqlite3.connect(to)) as copy:
        source.backup(copy, pages=2000, sleep=0.01)
        copy.execute("PRAGMA journal_mode = DELETE")
    _inspect(to)


def _inspect(path: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as opened:
            (version,) = opened.execute("PRAGMA user_version").fetchone()
            (found,) = opened.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        raise DamagedStore(f"{path} cannot be read: {error}") from error
    if found != "ok":
        raise DamagedStore(f"{path} is damaged: {found}")
    refuse_newer(path, version, sqlite_file.SCHEMA_VERSION)


def _copy_warehouse(path: Path, to: Path) -> None:
    """Copies the file, then its log, when no checkpoint came in between; opening the copy puts both together."""
    log, log_copy = path.with_name(f"{path.name}.wal"), to.with_name(f"{to.name}.wal")
    for _ in range(TRIES):
        before = path.stat().st_mtime_ns, path.stat().st_ino
        shutil.copyfile(path, to)
        log_copy.unlink(missing_ok=True)
        if log.exists():
            shutil.copyfile(log, log_copy)
        if (path.stat().st_mtime_ns, path.stat().st_ino) != before:
            continue
        try:
            with closing(duckdb.connect(str(to))) as copy:
                copy.execute("CHECKPOINT")
        except duckdb.Error:
            continue
        return
    to.unlink(missing_ok=True)
    log_copy.unlink(missing_ok=True)
    raise NoBackup(f"{path.name} changed {TRIES} times while it was copied; try again when less comes in")
