"""Finds stored documents that no list can show, since they are left out of every one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.kernel.errors import UnreadableRecord
from shared.kernel.ids import digest
from shared.kernel.log_events import LogEvent
from shared.kernel.records import Record
from shared.ports.ambient import Log
from shared.ports.documents import Documents, Query

MOST_READ = 100
"""Of each collection the newest: the check runs every quarter of an hour."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One collection. order: the field that its lists are in the order of"""

    collection: str
    record: type[Record]
    order: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Holds a store, and what is kept in it."""

    documents: Documents
    kinds: Sequence[Kind]

    def log_unreadable(self, log: Log) -> None:
        """Logs each document that cannot be read, without its id, which may be a person's."""
        for kind in self.kinds:
            for document in self.documents.query(
                Query(kind.collection, order_by=[(kind.order, "desc")], limit=MOST_READ)
            ):
                try:
                    kind.record.read(document)
                except UnreadableRecord:
                    record = digest("record", document.path)
                    log.event(LogEvent.RECORD_UNREADABLE, "ERROR", collection=kind.collection, record=record)
