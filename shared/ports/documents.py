"""Keeps live state: documents at paths, written in atomic batches.

A path is `collection/id` or deeper, always an even number of segments. An id may hold any character but "/".
Values are JSON values and timezone-aware datetimes (stored in UTC, to the microsecond).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol, TypeAlias, TypeVar

from shared.kernel.errors import AugmentError, Retryable
from shared.kernel.field_values import FieldValue

T = TypeVar("T")


TRANSACTION_SECONDS = 60
"""From the first read of a transaction: what is not committed by then runs again. Whoever puts moments in order can
rely on it."""


class AlreadyExists(AugmentError):
    """A Create found a document at its path; nothing of the batch was written."""

    def __init__(self, path: str = ""):
        super().__init__(f"{path or 'a document of the batch'} exists already")
        self.path = path


class PreconditionFailed(AugmentError):
    """A document changed, or is missing, since the version that a write names; nothing of the batch was written."""


class DocumentTooLarge(AugmentError):
    """A document would exceed one MiB, or a batch ten; nothing was written."""


class Contended(Retryable):
    """A transaction lost against others too often; try again later."""


class _DeleteField:
    def __repr__(self) -> str:
        return "DELETE_FIELD"


DELETE_FIELD: Final = _DeleteField()
"""In a Merge: removes the field."""
FieldChange: TypeAlias = "FieldValue | _DeleteField | Mapping[str, FieldChange]"
"""Types what a Merge does to a field."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document as read. version: opaque; of one document, a later version sorts after an earlier one."""

    path: str
    data: dict[str, Any]
    version: str

    @property
    def id(self) -> str:
        return self.path.rsplit("/", 1)[1]


@dataclass(frozen=True, slots=True)
class Create:
    """Write a document that must not exist yet (else AlreadyExists)."""

    path: str
    data: Mapping[str, FieldValue]


@dataclass(frozen=True, slots=True)
class Put:
    """Write a whole document, whatever was there; with `if_version` only if it still is that version."""

    path: str
    data: Mapping[str, FieldValue]
    if_version: str | None = None


@dataclass(frozen=True, slots=True)
class Merge:
    """Write some fields, nested maps merged key by key (keys are literal: dots mean nothing); lists are replaced.

    Creates the document when it is missing, unless `if_version` is given: then it must still be that version.
    An empty mapping as a value creates or leaves an empty map; DELETE_FIELD removes a field.
    """

    path: str
    data: Mapping[str, FieldChange]
    if_version: str | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove a document; a missing one is fine unless `if_version` is given."""

    path: str
    if_version: str | None = None


Write = Create | Put | Merge | Delete
Operator = Literal["==", "<", "<=", ">", ">=", "in", "array_contains"]


@dataclass(frozen=True, slots=True)
class Where:
    """A condition on a top-level field. A document without the field never matches."""

    field: str
    operator: Operator
    value: Any


@dataclass(frozen=True, slots=True)
class Query:
    """Documents directly in one collection.

    order_by:    (field, "asc" | "desc") pairs; documents without the field are left out; ties in the order of ids,
                 in the direction of the last field
    after:       the values of the order_by fields and the id of the last document of the page before
    fields:      read only these top-level fields (less to transfer); None reads all
    """

    collection: str
    where: Sequence[Where] = ()
    order_by: Sequence[tuple[str, Literal["asc", "desc"]]] = ()
    limit: int | None = None
    after: Sequence[Any] | None = None
    fields: Sequence[str] | None = None


class Reader(Protocol):
    """Reads of one point in time."""

    def get(self, path: str) -> Document | None: ...

    def get_many(self, paths: Iterable[str], fields: Sequence[str] | None = None) -> dict[str, Document]:
        """Returns the documents that exist, by path. fields: reads only these top-level ones; None reads all"""
        ...

    def query(self, query: Query) -> list[Document]: ...


class Transaction(Reader, Protocol):
    """Reads, then writes that happen together, or not at all, if nothing read has changed."""

    def write(self, *writes: Write) -> None: ...


class Documents(Reader, Protocol):
    """The store of live state. Every method may raise Retryable when the store cannot be reached."""

    def commit(self, writes: Sequence[Write]) -> None:
        """Writes everything or nothing. Raises AlreadyExists, PreconditionFailed, DocumentTooLarge, Retryable."""
        ...

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """Runs `work` with reads of one point in time; commits its writes if nothing it read has changed.

        Runs again on contention, and when the commit would come later than TRANSACTION_SECONDS after the first read, so
        `work` must have no other effect; raises Contended after several attempts.
        """
        ...

    def read_together(self, work: Callable[[Reader], T]) -> T:
        """Runs `work` with reads of one point in time, without locks."""
        ...

    def collections(self) -> list[str]:
        """Returns the names of the collections that stand at the root and hold something, sorted."""
        ...
