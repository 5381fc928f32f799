"""One SQLite file with what its users share: connections, the turn to write, and the wait for the disk.

Each thread reads through a connection of its own. Commits go through one connection (`writing`), by whoever has
`writer` in hand: what a connection keeps in memory of the file holds only until another one has written.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from infra.local.durability import SyncedLog
from infra.local.schema_version import NewerStore, refuse_newer
from shared.kernel.errors import Retryable

SCHEMA_VERSION: Final = 1
"""Of all tables in the file, kept as SQLite's `user_version`; see schema_version.py for when it is raised."""
CHECKPOINT_PAGES: Final = 4000
"""Of the write-ahead log (32 MB): a checkpoint then copies what many commits have changed once. It syncs the file while
the writer waits."""


class SqliteFile:
    """The file at `path`, made if it is not there. Raises NewerStore for one that a newer program has written.

    durable: a commit is waited for until it is on the disk (`wait`); without, kill -9 still loses nothing, but nothing
             is ever waited for, and a power cut may cost the file
    writer:  writers of this process queue here, where waking up is immediate; SQLite's own waiting sleeps in steps
    writing: the connection of commits; only with `writer` in hand
    """

    def __init__(self, path: Path, *, durable: bool = True):
        self.path = path
        self.writer = threading.Lock()
        self._synced = SyncedLog(path) if durable else None
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._opening = threading.Lock()
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

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Yields the connection of commits in a transaction, committed at the end, or undone after an error."""
        with self.writer:
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
        except NewerStore:
            connection.close()
            raise
        connection.execute("PRAGMA page_size = 8192")
        connection.execute(f"PRAGMA synchronous = {'NORMAL' if self._synced else 'OFF'}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA cache_size = -16000")
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        with self._opening:
            self._connections.append(connection)
        return connection


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


@contextmanager
def store_errors(store: str) -> Iterator[None]:
    """Raises SQLite's own troubles (busy, disk full, unreadable) as Retryable; programming errors as they are."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in _TEMPORARY:
            raise Retryable(f"the {store} is not available: {error}") from error
        raise


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
