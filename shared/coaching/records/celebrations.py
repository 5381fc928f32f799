"""Keeps which milestones were celebrated. In the integrations' database:

coach_celebrations/<digest of person, framework and milestone>   by the answer to which message
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from shared.kernel.field_values import FieldValue
from shared.kernel.ids import digest
from shared.kernel.records import Record
from shared.ports.documents import Create, Documents, Transaction


class Celebration(Record, frozen=True, kw_only=True):
    """Says that somebody was told of a milestone. wamid: the message with whose answer"""

    employee_id: str
    framework_id: str
    milestone: str
    wamid: str
    at: datetime


class Celebrations:
    """Reads and writes celebrations.

    documents: the integrations' database
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def claim(self, celebration: Celebration) -> bool:
        """Tells whether a milestone is told of with the answer to this message: with the first that asks."""
        path = _path(celebration)

        def work(transaction: Transaction) -> bool:
            known = transaction.get(path)
            if known is not None:
                return Celebration.read(known).wamid == celebration.wamid
            transaction.write(Create(path, celebration.stored()))
            return True

        return self._documents.transact(work)


def celebration_id_of(said: Mapping[str, FieldValue]) -> str:
    """Returns under which id a celebration stands. Raises KeyError for what is none."""
    return digest("celebration", *(str(said[name]) for name in ("employee_id", "framework_id", "milestone")))


def _path(one: Celebration) -> str:
    return f"coach_celebrations/{celebration_id_of(one.stored())}"
