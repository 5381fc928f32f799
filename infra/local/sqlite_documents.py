"""Live state in one SQLite file: the embedded default of the `Documents` port.

    documents/table.py         the table: a document is a row, with its data as JSON text
    documents/values.py        what that text looks like
    documents/indexes.py       the indexes that the pipeline declares
    documents/queries.py       a query as SQL
    documents/reads.py         reading documents
    documents/writes.py        the writes of a commit, with their preconditions
    documents/commits.py       how commits come into the file, many at a time
    documents/transactions.py  reads and writes that happen together
    sqlite_file.py             connections, the lock of the writers
    durability.py              the wait for the disk

Each thread reads through a connection of its own, commits go through one for all; in WAL mode, readers and writers do
not wait for each other.

A commit returns when it is on the disk. On a solid-state disk a sync costs 0.4 ms, but commits share it: an accepted
event is a promise to the sender, and this keeps it through a power cut. With `durable=False` kill -9 still loses
nothing, a power cut may cost the file.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

from infra.local.documents.commits import Commit, Commits
from infra.local.documents.indexes import Excerpts, Indexes, declare
from infra.local.documents.reads import Reads
from infra.local.documents.table import SCHEMA
from infra.local.documents.transactions import Attempt
from infra.local.documents.writes import encoded
from infra.local.sqlite_file import SqliteFile, store_errors
from shared.ports.documents import TRANSACTION_SECONDS, Contended, Document, Query, Reader, Transaction, Write

T = TypeVar("T")

ATTEMPTS: Final = 12
"""Of a transaction, before it gives up as Contended."""


class SqliteDocuments:
    """The `Documents` port on a SQLite file.

    indexes, excerpts: as the pipeline declares them; an index that is no longer declared is dropped
    """

    def __init__(
        self,
        place: Path | SqliteFile,
        *,
        indexes: Indexes | None = None,
        excerpts: Excerpts | None = None,
        durable: bool = True,
        sleep: Callable[[float], None] = time.sleep,
    ):
        """Takes as `place` the file, or the path of one of its own; durable: of the latter"""
        self._excerpts = excerpts or {}
        with store_errors("document store"):
            self.file = place if isinstance(place, SqliteFile) else SqliteFile(place, durable=durable)
            self.file.declare(SCHEMA)
            with self.file.transaction() as connection:
                declare(connection, indexes or {}, self._excerpts)
        self._connection = self.file.connection
        self._commits = Commits(self.file)
        self._sleep = sleep
        self.transaction_seconds: float = TRANSACTION_SECONDS

    def close(self) -> None:
        """Closes the file."""
        self.file.close()

    def get(self, path: str) -> Document | None:
        with store_errors("document store", self.file):
            return self._reads().get(path)

    def get_many(self, paths: Iterable[str], fields: Sequence[str] | None = None) -> dict[str, Document]:
        with store_errors("document store", self.file):
            return self._reads().get_many(paths, fields)

    def query(self, query: Query) -> list[Document]:
        with store_errors("document store", self.file):
            return self._reads().query(query)

    def collections(self) -> list[str]:
        with store_errors("document store", self.file):
            found = self._connection().execute(
                "SELECT DISTINCT collection FROM documents WHERE instr(collection, '/') = 0 ORDER BY collection"
            )
            return [str(name) for (name,) in found]

    def commit(self, writes: Sequence[Write]) -> None:
        if writes:
            self._refuse_inside_work()
            self._commits.do(Commit(encoded(writes)))

    def commit_along(self, writes: Sequence[Write], along: Callable[[sqlite3.Connection], None]) -> None:
        """Commits writes together with what `along` puts into the file; it is not called when they are refused."""
        self._refuse_inside_work()
        self._commits.do(Commit(encoded(writes), along))

    def transact(self, work: Callable[[Transaction], T]) -> T:
        self._refuse_inside_work()
        for number in range(ATTEMPTS):
            if number:
                self._sleep(random.uniform(0, min(0.1, 0.001 * 2**number)))
            with self._snapshot() as connection:
                attempt = Attempt(connection, self._excerpts, self.transaction_seconds)
                result = work(attempt)
            with store_errors("document store", self.file):
                if not attempt.writes or attempt.commit(self.file):
                    return result
        raise Contended(f"a transaction lost {ATTEMPTS} times against others")

    def read_together(self, work: Callable[[Reader], T]) -> T:
        if self._connection().in_transaction:
            return work(self._reads())
        with self._snapshot() as connection:
            return work(Reads(connection, self._excerpts))

    def _reads(self) -> Reads:
        return Reads(self._connection(), self._excerpts)

    @contextmanager
    def _snapshot(self) -> Iterator[sqlite3.Connection]:
        """Yields the thread's connection; until the end, what it reads is of one point in time."""
        connection = self._connection()
        with store_errors("document store", self.file):
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("ROLLBACK")

    def _refuse_inside_work(self) -> None:
        if self._connection().in_transaction:
            raise RuntimeError("a commit inside a transaction's work: hand its writes to the transaction")
