"""Roots every stored record: a frozen type that a document is read into and written from.

A capability's `records.py` names the fields and paths of its documents, and nobody else does. Fields of a document
that a record does not know are left alone by a Merge and dropped by a Put.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, Generic, Protocol, Self, TypeVar

import msgspec

from shared.kernel.errors import UnreadableRecord
from shared.kernel.field_values import FieldValue

T = TypeVar("T")


class Stored(Protocol):
    """A document as a store returns it."""

    @property
    def path(self) -> str: ...

    @property
    def id(self) -> str: ...

    @property
    def data(self) -> Mapping[str, Any]: ...


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One document's content. Fields are in the order in which they are stored."""

    @classmethod
    def read(cls, document: Stored) -> Self:
        """Reads a document's content. Raises UnreadableRecord for what is no such record."""
        try:
            return converted(document.data, cls)
        except msgspec.ValidationError:
            # Its words would quote what is stored.
            raise UnreadableRecord(document.path) from None

    @classmethod
    def readable(cls, documents: Iterable[Stored]) -> Iterator[Self]:
        """Yields those of some documents that can be read: a damaged one keeps no other back."""
        for document in documents:
            with suppress(UnreadableRecord):
                yield cls.read(document)

    @classmethod
    def by_id(cls, documents: Iterable[Stored]) -> dict[str, Self]:
        """Returns those of some documents of one collection that can be read, by their ids."""
        return {document.id: record for document in documents for record in cls.readable([document])}

    def stored(self) -> dict[str, FieldValue]:
        """Returns what is written: plain values, moments as they are, days as text."""
        plain: dict[str, FieldValue] = _listed(msgspec.to_builtins(self, builtin_types=(datetime,)))
        return plain

    def changed(self, **fields: Any) -> Self:
        """Returns the record with other values in some fields."""
        return msgspec.structs.replace(self, **fields)


_read_before: set[type[Any]] = set()
_first_reading = Lock()


def converted(data: Mapping[str, Any], kind: type[T]) -> T:
    """Returns a document's content as a record. Raises msgspec.ValidationError.

    msgspec works out a type when it first reads one. Two threads that do so at once, of one type or of two that hold a
    third one, bring the process down; so every type is first read by one thread at a time.
    """
    if kind in _read_before:
        return msgspec.convert(data, kind)
    with _first_reading:
        found = msgspec.convert(data, kind)
        _read_before.add(kind)
        return found


def _listed(value: Any) -> Any:
    """Turns tuples into lists, which stores take: a tuple is what makes a record immutable."""
    if isinstance(value, dict):
        return {name: _listed(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_listed(item) for item in value]
    return value


R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Versioned(Generic[R]):
    """A record as read. stamp: the store's version of its document, for a write that must not overtake another"""

    record: R
    stamp: str
