"""Counts what a piece of work reads and writes, over any store of documents: the figure that a cloud bills."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from shared.ports.documents import Document, Documents, Query, Reader, Transaction, Write

T = TypeVar("T")


@dataclass(slots=True)
class Counted:
    """How many documents a piece of work read and wrote: what a store bills. trips: how often it asked"""

    trips: int = 0
    reads: int = 0
    writes: int = 0
    by_path: dict[str, int] = field(default_factory=dict)


def counting(documents: Documents) -> CountingDocuments:
    """Returns the same store, with `counted` beside it."""
    return CountingDocuments(documents)


class CountingDocuments:
    """The `Documents` port over another one, counting in `counted`, from all threads.

    A get counts one read whether the document exists or not, a query one per document and at least one; every attempt
    of a transaction counts its reads, and its writes count when it has committed. A deletion counts as a write.
    """

    def __init__(self, documents: Documents):
        self._documents = documents
        self._lock = threading.Lock()
        self.counted = Counted()

    def get(self, path: str) -> Document | None:
        document = self._documents.get(path)
        self._read([path])
        return document

    def get_many(self, paths: Iterable[str], fields: Sequence[str] | None = None) -> dict[str, Document]:
        wanted = list(dict.fromkeys(paths))
        found = self._documents.get_many(wanted, fields)
        self._read(wanted)
        return found

    def query(self, query: Query) -> list[Document]:
        found = self._documents.query(query)
        self._read([document.path for document in found] or [query.collection])
        return found

    def commit(self, writes: Sequence[Write]) -> None:
        self._documents.commit(writes)
        self._wrote(writes)

    def transact(self, work: Callable[[Transaction], T]) -> T:
        attempts: list[_CountingTransaction] = []

        def counted_work(transaction: Transaction) -> T:
            attempts.append(_CountingTransaction(transaction, self._read))
            return work(attempts[-1])

        result = self._documents.transact(counted_work)
        self._wrote(attempts[-1].written)
        return result

    def read_together(self, work: Callable[[Reader], T]) -> T:
        return self._documents.read_together(lambda reader: work(_CountingReader(reader, self._read)))

    def collections(self) -> list[str]:
        return self._documents.collections()

    def _read(self, paths: Sequence[str]) -> None:
        with self._lock:
            self.counted.trips += 1
            self.counted.reads += len(paths)
            for path in paths:
                self.counted.by_path[path] = self.counted.by_path.get(path, 0) + 1

    def _wrote(self, writes: Sequence[Write]) -> None:
        with self._lock:
            self.counted.writes += len(writes)
            for write in writes:
                self.counted.by_path[write.path] = self.counted.by_path.get(write.path, 0) + 1


class _CountingReader:
    def __init__(self, reader: Reader, count: Callable[[Sequence[str]], None]):
        self._reader = reader
        self._count = count

    def get(self, path: str) -> Document | None:
        document = self._reader.get(path)
        self._count([path])
        return document

    def get_many(self, paths: Iterable[str], fields: Sequence[str] | None = None) -> dict[str, Document]:
        wanted = list(dict.fromkeys(paths))
        found = self._reader.get_many(wanted, fields)
        self._count(wanted)
        return found

    def query(self, query: Query) -> list[Document]:
        found = self._reader.query(query)
        self._count([document.path for document in found] or [query.collection])
        return found


class _CountingTransaction(_CountingReader):
    def __init__(self, transaction: Transaction, count: Callable[[Sequence[str]], None]):
        super().__init__(transaction, count)
        self._transaction = transaction
        self.written: list[Write] = []

    def write(self, *writes: Write) -> None:
        self._transaction.write(*writes)
        self.written += writes
