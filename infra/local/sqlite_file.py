"""One SQLite file with what its users share: connections, the turn to write, and the wait for the disk.

Each thread reads through a connection of its own. Commits go through one connection (`writing`), by whoever has
`writer` in hand: what a connection keeps in memory of the file holds only until another one has written.
"""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from infra.local.durability import SyncedLog
from infra.local.schema_version import NewerStore, refuse_newer
from infra.local.stored_json import Unreadable
from shared.kernel.errors import Retryable

SCHEMA_VERSION: Final = 1
"""Of all tables in the file, kept as SQLite's `user_version`; see schema_version.py for when it is raised."""
CHECKPOINT_PAGES: Final = 4000
"""Of the write-ahead log (32 MB): a checkpoint then copies what many commits have changed once. It syncs the file while
the writer waits."""


LEAST_FREE_BYTES: Final = 256_000_000
"""On the disk: with less nothing is written any more, so that what is there can still be read, copied and moved."""
LOOKS_SECONDS: Final = 1.0
"""Between two looks at the free space."""
EMPTYING_TRIES: Final = 40
REFUSED_SECONDS: Final = 60
"""After so long whoever was refused may ask again: a person has to do something meanwhile."""
RESTORE: Final = "stop the platform, and bring back a backup (./scripts/restore)"


class DamagedStore(RuntimeError):
    """A file is no database any more."""


class SqliteFile:
    """The file at `path`, made if it is not there. Raises NewerStore for one that a newer program has written,
    DamagedStore for what is no database.

    durable: a commit is waited for until it is on the disk (`wait`); without, kill -9 still loses nothing, but nothing
             is ever waited for, and a power cut may cost the file
    writer:  writers of this process queue here, where waking up is immediate; SQLite's own waiting sleeps in steps
    writing: the connection of commits; only with `writer` in hand
    damage:  what SQLite found wrong with the file; from then on nothing is written into it
    """

    def __init__(self, path: Path, *, durable: bool = True):
        self.path = path
        self.writer = threading.Lock()
        self._synced = SyncedLog(path) if durable else None
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._opening = threading.Lock()
        self._looked = 0.0
        self._full: str | None = None
        self.damage: str | None = None
        self._inspecting: sqlite3.Connection | None = None
        path.parent.mkdir(parents=True, exist_ok=True)
        self.writing = self._opened()
        if _version(self.writing) < SCHEMA_VERSION:
            self.writing.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def connection(self) -> sqlite3.Connection:
        """Returns the calling thread's own."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._opened()
        return connection

    def declare(self, schema: str) -> None:
        """Makes tables that there are not yet; others may be committing on the same connection."""
        with self.writer:
            self.writing.executescript(schema)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Yields the connection of commits in a transaction, committed at the end, or undone after an error."""
        with self.writer:
            if refusal := self.refusal():
                raise Retryable(refusal, after_seconds=REFUSED_SECONDS)
            connection = self.writing
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def wait(self) -> None:
        """Returns when what was committed before is on the disk. Raises Retryable."""
        if self._synced is not None:
            self._synced.wait()

    def refusal(self) -> str | None:
        """Returns why nothing is written, and what to do; None where all is well."""
        if self.damage is not None:
            return f"{self.path.name} is damaged, and nothing is written into it: {RESTORE}"
        if time.monotonic() - self._looked > LOOKS_SECONDS:
            self._looked, self._full = time.monotonic(), too_full(self.path)
        return self._full

    def inspect(self) -> str | None:
        """Has SQLite look at every page; what is wrong, which is remembered, or None, also where it is cut short."""
        try:
            self._inspecting = self.connection()
            (found,) = self._inspecting.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.DatabaseError as error:
            if _code(error) == sqlite3.SQLITE_INTERRUPT:
                return self.damage
            if not _is_damage(error):
                raise
            found = str(error)
        finally:
            self._inspecting = None
        if found != "ok":
            self.damage = str(found)
        return self.damage

    def stop_inspecting(self) -> None:
        """Cuts short what another thread inspects."""
        if (inspecting := self._inspecting) is not None:
            inspecting.interrupt()

    def empty_log(self) -> bool:
        """Moves what the write-ahead log holds into the file, and empties it: what was deleted is then in neither.
        False where readers would not let go."""
        with self.writer:
            for _ in range(EMPTYING_TRIES):
                (busy, *_) = self.writing.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                if not busy:
                    return True
                time.sleep(0.05)
        return False

    def rewrite(self) -> bool:
        """Writes the file anew, and empties the log: `secure_delete` overwrites what is deleted, and not the copies
        that SQLite leaves in a page when it moves rows to another. Writers wait for it, about two seconds for 100 MB.

        False where readers would not let go. Raises Retryable where the disk has no room for a second copy.
        """
        with self.writer, store_errors(self.path.name, self):
            if refusal := self.refusal() or no_room_for_a_copy(self.path):
                raise Retryable(refusal, after_seconds=REFUSED_SECONDS)
            self.writing.execute("VACUUM")
        return self.empty_log()

    def close(self) -> None:
        """Closes every thread's connection."""
        with self._opening:
            for connection in self._connections:
                connection.close()
            self._connections.clear()
            self._local = threading.local()
        if self._synced is not None:
            self._synced.close()

    def _opened(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, isolation_level=None, timeout=10, check_same_thread=False)
        try:
            refuse_newer(self.path, _version(connection), SCHEMA_VERSION)
            connection.execute("PRAGMA page_size = 8192")
            connection.execute(f"PRAGMA synchronous = {'NORMAL' if self._synced else 'OFF'}")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("PRAGMA cache_size = -16000")
            connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        except NewerStore:
            connection.close()
            raise
        except sqlite3.DatabaseError as error:
            connection.close()
            if not _is_damage(error):
                raise
            raise DamagedStore(f"{self.path} is damaged ({error}): {RESTORE}") from error
        with self._opening:
            self._connections.append(connection)
        return connection


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def too_full(path: Path) -> str | None:
    """Returns that the disk of a file has no room left, or cannot be asked, and what to do; None where it has."""
    try:
        free = shutil.disk_usage(path.parent).free
    except OSError as error:
        return f"the disk of {path.parent.name}/ does not answer ({error}), and nothing is written: look at it"
    if free >= LEAST_FREE_BYTES:
        return None
    return (
        f"the disk has {free // 1_000_000} MB left, and nothing is written below {LEAST_FREE_BYTES // 1_000_000}: make "
        f"room beside {path.parent.name}/ (old backups, its log.jsonl, warehouse.duckdb.damaged-*), or move it to a "
        "larger disk; nothing needs to be restarted"
    )


def no_room_for_a_copy(path: Path) -> str | None:
    """Returns that a file cannot be written anew for want of room, and what to do; None where it can."""
    needed = 2 * path.stat().st_size + LEAST_FREE_BYTES
    if shutil.disk_usage(path.parent).free >= needed:
        return None
    return (
        f"{path.name} is written anew after an erasure, for which its disk needs {needed // 1_000_000} MB: make room "
        f"beside {path.parent.name}/; nothing needs to be restarted"
    )


@contextmanager
def store_errors(store: str, file: SqliteFile | None = None) -> Iterator[None]:
    """Raises SQLite's own troubles (busy, disk full, unreadable) as Retryable; programming errors as they are.

    file: remembers that it is damaged
    """
    try:
        yield
    except Unreadable as error:
        if file is not None:
            file.damage = f"a document cannot be read: {error}"
        raise Retryable(f"the {store} is damaged: {RESTORE}", after_seconds=REFUSED_SECONDS) from error
    except sqlite3.DatabaseError as error:
        if _is_damage(error):
            if file is not None:
                file.damage = str(error)
            raise Retryable(f"the {store} is damaged: {RESTORE}", after_seconds=REFUSED_SECONDS) from error
        if isinstance(error, sqlite3.OperationalError) and _code(error) in _TEMPORARY:
            raise Retryable(f"the {store} is not available: {error}") from error
        raise


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    """Tells whether SQLite found damage, in pages or in a document, or Python did in what SQLite gave it: bytes that
    are no text have no code."""
    unread = isinstance(error, sqlite3.OperationalError) and not hasattr(error, "sqlite_errorcode")
    return unread or str(error) == "malformed JSON" or _code(error) in _DAMAGED


def _code(error: sqlite3.DatabaseError) -> int:
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code & 0xFF


_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


_TEMPORARY: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
    }
)
