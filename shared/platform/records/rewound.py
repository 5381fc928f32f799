"""Reads a store as it was at an earlier moment, for whoever computes from it what was shown then.

Each collection that is asked for has a rewinder, which stands beside its records and knows what they keep of former
times. Without one a collection cannot be read: what is of now would pass for what was known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Never, TypeVar

from shared.ports.documents import Document, Query, Reader, Transaction, Write

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StoppedClock:
    """Shows one moment for ever."""

    at: datetime

    def now(self) -> datetime:
        """Returns that moment."""
        return self.at


class Rewinder:
    """Reads one collection as it was. reader: the store as it is; at: the moment, itself included"""

    def __init__(self, reader: Reader, at: datetime) -> None:
        self._reader = reader
        self._at = at

    def get(self, path: str) -> Document | None:
        """Returns a document as it was; None where there was none."""
        found = self._reader.get(path)
        return None if found is None else self._then(found)

    def get_many(self, paths: Iterable[str], fields: Sequence[str] | None = None) -> dict[str, Document]:
        """Returns those of some documents that there were, by path."""
        found = {path: self._then(document) for path, document in self._reader.get_many(paths, fields).items()}
        return {path: document for path, document in found.items() if document is not None}

    def query(self, query: Query) -> list[Document]:
        """Returns what a query would have found."""
        raise TypeError(f"{query.collection} of an earlier moment cannot be queried")

    def _then(self, document: Document) -> Document | None:
        raise TypeError(f"{document.path} of an earlier moment cannot be read")


class RewoundDocuments:
    """The `Documents` port, as it was at a moment, for reading alone. rewinders: by collection"""

    def __init__(
        self, live: Reader, at: datetime, rewinders: Mapping[str, Callable[[Reader, datetime], Rewinder]]
    ) -> None:
        self._rewinders = {name: make(live, at) for name, make in rewinders.items()}

    def get(self, path: str) -> Document | None:
        """Returns a document as it was; None where there was none."""
        return self._of(path).get(path)

    def get_many(self, paths: Iterable[str], fields: Sequence[str] | None = None) -> dict[str, Document]:
        """Returns those of some documents of one collection that there were, by path."""
        asked = list(paths)
        return self._of(asked[0]).get_many(asked, fields) if asked else {}

    def query(self, query: Query) -> list[Document]:
        """Returns what a query would have found."""
        return self._of(query.collection).query(query)

    def read_together(self, work: Callable[[Reader], T]) -> T:
        """Runs `work`: what was does not change."""
        return work(self)

    def commit(self, writes: Sequence[Write]) -> Never:
        """Refuses to write."""
        raise TypeError("what was cannot be written")

    def transact(self, work: Callable[[Transaction], T]) -> Never:
        """Refuses to write."""
        raise TypeError("what was cannot be written")

    def collections(self) -> list[str]:
        """Returns the names of what can be read."""
        return sorted(self._rewinders)

    def _of(self, path: str) -> Rewinder:
        name = path.split("/", 1)[0]
        if name not in self._rewinders:
            raise TypeError(f"{name} of an earlier moment cannot be read")
        return self._rewinders[name]
