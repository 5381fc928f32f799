"""Keeps who has agreed that the coach writes to them, and to which text. In the integrations' database:

coach_agreements/<digest of the number>   whose number it is, as they told us, and since when until when they agree
"""

from __future__ import annotations

from datetime import datetime

from shared.coaching.domain.inbound import phone_key
from shared.coaching.records.inbox import inbox_of
from shared.kernel.records import Record
from shared.ports.documents import Documents, Put, Query, Reader, Transaction, Where


class CoachAgreement(Record, frozen=True, kw_only=True):
    """Says that somebody agrees. text_version: of what they were shown; recorded_by: who noted it"""

    phone: str
    employee_id: str
    text_version: int
    given_at: datetime
    recorded_by: str
    withdrawn_at: datetime | None = None

    @property
    def in_force(self) -> bool:
        """Tells whether they still agree."""
        return self.withdrawn_at is None


class CoachAgreements:
    """Reads and writes who agrees.

    documents: the integrations' database
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def of_phone(self, phone: str, reader: Reader | None = None) -> CoachAgreement | None:
        """Returns who gave a number as theirs."""
        found = (reader or self._documents).get(_path(phone))
        return None if found is None else CoachAgreement.read(found)

    def of(self, employee_id: str) -> list[CoachAgreement]:
        """Returns the numbers that somebody gave, whether or not they still agree."""
        query = Query("coach_agreements", [Where("employee_id", "==", employee_id)], limit=20)
        return sorted(CoachAgreement.readable(self._documents.query(query)), key=lambda one: one.given_at)

    def newest(self, limit: int) -> list[bool]:
        """Returns of the newest agreements whether each is still in force; nothing of whose they are."""
        fields = ["given_at", "withdrawn_at"]
        query = Query("coach_agreements", order_by=[("given_at", "desc")], limit=limit, fields=fields)
        return [one.data.get("withdrawn_at") is None for one in self._documents.query(query)]

    def put(self, transaction: Transaction, agreement: CoachAgreement) -> None:
        """Writes one within a transaction."""
        transaction.write(Put(_path(agreement.phone), agreement.stored()))


def _path(phone: str) -> str:
    return f"coach_agreements/{inbox_of(phone_key(phone))}"
