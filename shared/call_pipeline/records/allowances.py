"""Names what is stored of a call recorder's limits: one document per company and recorder, which every asker shares."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar

from shared.call_pipeline.domain.allowance import Allowance
from shared.kernel.records import Record
from shared.ports.documents import Documents, Put, Transaction

T = TypeVar("T")


class AllowanceRecord(Record, frozen=True, kw_only=True):
    """An allowance as it is stored. day: in ISO 8601"""

    day: str
    used: int
    free_from: datetime


class Allowances:
    """Reads and writes one allowance in transactions.

    documents: the integrations' database; path: of the document
    """

    def __init__(self, documents: Documents, path: str) -> None:
        self._documents = documents
        self._path = path

    def change(self, work: Callable[[Allowance | None], tuple[T, Allowance | None]]) -> T:
        """Changes the allowance: `work` takes it (None before the first request) and gives a result, and the allowance
        to write, None to leave it. Returns the result. Raises Contended."""

        def transact(transaction: Transaction) -> T:
            document = transaction.get(self._path)
            result, left = work(None if document is None else _allowance(AllowanceRecord.read(document)))
            if left is not None:
                stored = AllowanceRecord(day=left.day.isoformat(), used=left.used, free_from=left.free_from)
                transaction.write(Put(self._path, stored.stored()))
            return result

        return self._documents.transact(transact)


def _allowance(record: AllowanceRecord) -> Allowance:
    return Allowance(date.fromisoformat(record.day), record.used, record.free_from)
