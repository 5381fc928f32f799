"""Every embedded store says its schema's version, and a program refuses what a newer one has written."""

from __future__ import annotations

import hashlib
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from infra.local import duckdb_warehouse, files, sqlite_file
from infra.local.duckdb_warehouse import DuckDBWarehouse
from infra.local.files import LocalFiles
from infra.local.runtime import open_parts
from infra.local.schema_version import NewerStore
from infra.local.sqlite_documents import SqliteDocuments
from scripts.commands.__main__ import NEWER_STORE
from shared.ports.documents import Put
from tests.sql.stopped_clock import StoppedClock

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Store:
    """A store below a folder. use: opens it and writes something; read: its version; write: sets that, None for none"""

    known: int
    use: Callable[[Path], None]
    read: Callable[[Path], int]
    write: Callable[[Path, int | None], None]


def use_documents(folder: Path) -> None:
    with closing(SqliteDocuments(folder / "documents.sqlite")) as store:
        store.commit([Put("things/1", {"kept": True})])
        assert store.get("things/1") is not None


def read_documents(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "documents.sqlite")) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def write_documents(folder: Path, version: int | None) -> None:
    with closing(sqlite3.connect(folder / "documents.sqlite")) as connection:
        connection.execute(f"PRAGMA user_version = {version or 0}")


def use_warehouse(folder: Path) -> None:
    with closing(DuckDBWarehouse(folder / "warehouse.duckdb", StoppedClock())) as warehouse:
        assert warehouse.query("SELECT 1 AS one") == [{"one": 1}]


def read_warehouse(folder: Path) -> int:
    with closing(duckdb.connect(str(folder / "warehouse.duckdb"))) as connection:
        return int(connection.execute("SELECT version FROM embedded.schema_version").fetchall()[0][0])


def write_warehouse(folder: Path, version: int | None) -> None:
    with closing(duckdb.connect(str(folder / "warehouse.duckdb"))) as connection:
        if version is None:
            connection.execute("DROP TABLE embedded.schema_version")
        else:
            connection.execute("UPDATE embedded.schema_version SET version = ?", [version])


def use_files(folder: Path) -> None:
    store = LocalFiles(folder / "files")
    store.write("a/b", b"kept")
    assert (store.read("a/b"), store.list()) == (b"kept", ["a/b"])


def read_files(folder: Path) -> int:
    return int((folder / "files" / "schema_version").read_text("ascii"))


def write_files(folder: Path, version: int | None) -> None:
    place = folder / "files" / "schema_version"
    place.unlink() if version is None else place.write_text(f"{version}\n", "ascii")


STORES = {
    "documents": Store(sqlite_file.SCHEMA_VERSION, use_documents, read_documents, write_documents),
    "warehouse": Store(duckdb_warehouse.SCHEMA_VERSION, use_warehouse, read_warehouse, write_warehouse),
    "files": Store(files.SCHEMA_VERSION, use_files, read_files, write_files),
}
each_store = pytest.mark.parametrize("store", STORES.values(), ids=STORES)


def contents(folder: Path) -> dict[str, str]:
    """Digests of all files but SQLite's shared memory, which is nothing that is kept."""
    found = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(("-shm", "-wal")))
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


@each_store
def test_a_new_store_says_its_version(store: Store, tmp_path: Path) -> None:
    store.use(tmp_path)
    assert store.read(tmp_path) == store.known
    store.use(tmp_path)


@each_store
def test_one_of_before_versions_is_taken_over(store: Store, tmp_path: Path) -> None:
    store.use(tmp_path)
    store.write(tmp_path, None)
    store.use(tmp_path)
    assert store.read(tmp_path) == store.known


@each_store
def test_a_newer_one_is_refused_and_left_as_it_is(store: Store, tmp_path: Path) -> None:
    store.use(tmp_path)
    store.write(tmp_path, store.known + 1)
    before = contents(tmp_path)
    for _ in range(2):
        with pytest.raises(NewerStore, match=rf"schema version {store.known + 1}.+ up to {store.known}:.+newer"):
            store.use(tmp_path)
    assert contents(tmp_path) == before
    store.write(tmp_path, store.known)
    store.use(tmp_path)


def test_no_store_of_a_data_directory_is_without(tmp_path: Path) -> None:
    parts = open_parts(tmp_path)
    with closing(DuckDBWarehouse(tmp_path / "warehouse.duckdb", StoppedClock())):
        parts.close()
    folders = {path.parent.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("schema_version")}
    assert folders == {"files", "transcripts", "clips", "evidence"}
    for path in tmp_path.glob("*.sqlite"):
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA user_version").fetchone()[0] == sqlite_file.SCHEMA_VERSION, path.name
    assert {path.name for path in tmp_path.iterdir() if not path.name.endswith(("-shm", "-wal", ".wal"))} == {
        "documents.sqlite", "integrations.sqlite", "warehouse.duckdb",
        "files", "transcripts", "clips", "evidence", "secrets",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["documents", "warehouse"])
def test_a_command_says_both_versions_and_what_to_do(name: str, tmp_path: Path) -> None:
    store = STORES[name]
    store.use(tmp_path)
    store.write(tmp_path, 99)
    command = [
        sys.executable,
        "-m",
        "scripts.commands",
        "run",
        "--empty",
        "--once",
        "--port",
        "0",
        "--portal-port",
        "0",
    ]
    done = subprocess.run([*command, "--data", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == NEWER_STORE == 3
    said = re.sub(r"\s+", " ", done.stderr)
    assert said.startswith(f"scripts/run: {tmp_path}")
    assert f"has schema version 99, and this program knows versions up to {store.known}" in said
    assert "Start that program again, or give this one a copy of the data from before the update." in said
    assert "Traceback" not in done.stderr
