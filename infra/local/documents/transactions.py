"""Transactions: optimistic, as Firestore's are. The reads see one snapshot, and the commit, alone under the write lock,
checks that every document and every query read still gives the same versions.

They do not wait for company as other commits do: whoever loses should know at once, and try again.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Sequence

from infra.local.documents.commits import raised_counter
from infra.local.documents.indexes import Excerpts
from infra.local.documents.queries import statement
from infra.local.documents.reads import Reads
from infra.local.documents.table import Key, key_of, version_text
from infra.local.documents.writes import apply, encoded
from infra.local.sqlite_file import SqliteFile
from shared.ports.documents import TRANSACTION_SECONDS, Document, Query, Write


class Attempt(Reads):
    """The port's `Transaction`, once: reads that remember what they found, and the writes to do if that still holds."""

    def __init__(self, connection: sqlite3.Connection, excerpts: Excerpts, seconds: float = TRANSACTION_SECONDS):
        super().__init__(connection, excerpts)
        self._ends = time.monotonic() + seconds
        self.writes: list[Write] = []
        self._found: dict[str, str | None] = {}
        self._queries: list[tuple[Query, list[tuple[str, str]]]] = []

    def get(self, path: str) -> Document | None:
        self._refuse_after_write()
        document = super().get(path)
        self._found[path] = document.version if document else None
        return document

    def get_many(self, paths: Iterable[str], fields: Sequence[str] | None = None) -> dict[str, Document]:
        self._refuse_after_write()
        wanted = list(paths)
        found = super().get_many(wanted, fields)
        for path in wanted:
            self._found[path] = found[path].version if path in found else None
        return found

    def query(self, query: Query) -> list[Document]:
        self._refuse_after_write()
        found = super().query(query)
        self._queries.append((query, [(document.id, document.version) for document in found]))
        return found

    def write(self, *writes: Write) -> None:
        self.writes.extend(writes)

    def reads_hold(self, connection: sqlite3.Connection) -> bool:
        """Tells whether every read would find the same versions now."""
        return all(_version(connection, key_of(path)) == version for path, version in self._found.items()) and all(
            _versions(connection, query) == found for query, found in self._queries
        )

    def commit(self, file: SqliteFile) -> bool:
        """Does the writes, and returns when they are on the disk; False if something read has changed, or the time is
        over. Raises as the port's `commit` does."""
        writes = encoded(self.writes)
        with file.transaction() as connection:
            if time.monotonic() > self._ends or not self.reads_hold(connection):
                return False
            apply(connection, writes, raised_counter(connection))
        file.wait()
        return True

    def _refuse_after_write(self) -> None:
        if self.writes:
            raise RuntimeError("a transaction reads before it writes")


def _version(connection: sqlite3.Connection, key: Key) -> str | None:
    row = connection.execute("SELECT version FROM documents WHERE collection = ? AND id = ?", key).fetchone()
    return version_text(row[0]) if row else None


def _versions(connection: sqlite3.Connection, query: Query) -> list[tuple[str, str]]:
    return [
        (identifier, version_text(version))
        for identifier, version in connection.execute(*statement(query, "id, version"))
    ]
