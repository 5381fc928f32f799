"""Keeps what is known about input that could not be taken in; its raw bytes are in a bucket, under the same id.

quarantine/<hash of the source and the bytes>   one input, however often it was received
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from shared.kernel.errors import Rejected
from shared.kernel.pages import Page, Position, page_of
from shared.kernel.records import Record
from shared.ports.documents import Documents, Merge, Put, Query

CALL = "gong_call"
"""The source of what a recorder has answered about one call; such an item names the call's record."""


class QuarantinedInput(Record, frozen=True, kw_only=True):
    """One input that was rejected.

    source: the operation or subscription that rejected it; record_id: of the call that it is about
    """

    quarantine_id: str
    source: str
    reason: str
    field: str | None
    record_id: str | None = None
    state: Literal["open", "replayed", "discarded"]
    received_at: datetime
    times_received: int
    sent_by: str
    expires_at: datetime


class QuarantineRecords:
    """Reads and writes what is known about quarantined input."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, quarantine_id: str) -> QuarantinedInput | None:
        """Returns what is known about one input."""
        document = self._documents.get(_path(quarantine_id))
        return None if document is None else QuarantinedInput.read(document)

    def page(self, *, limit: int = 50, after: Position | None = None) -> Page[QuarantinedInput]:
        """Returns inputs in every state, the newest first."""
        found = self._documents.query(
            Query("quarantine", order_by=[("received_at", "desc")], limit=limit + 1, after=after)
        )
        return page_of(QuarantinedInput, found, limit, "received_at")

    def put(self, item: QuarantinedInput) -> None:
        """Writes an input's whole record."""
        self._documents.commit([Put(_path(item.quarantine_id), item.stored())])

    def settle(self, quarantine_id: str, state: Literal["replayed", "discarded"]) -> None:
        """Notes what has become of an input."""
        self._documents.commit([Merge(_path(quarantine_id), {"state": state})])

    def refuse_again(self, quarantine_id: str, error: Rejected) -> None:
        """Notes why an input was rejected this time."""
        self._documents.commit([Merge(_path(quarantine_id), {"reason": error.detail[:500], "field": error.field})])


def _path(quarantine_id: str) -> str:
    return f"quarantine/{quarantine_id}"
