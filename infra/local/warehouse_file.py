"""Opens the warehouse's file; one that cannot be read is moved aside, and a new one filled from the live state.

What the live state keeps comes again: events, people, decided reviews, versions of frameworks, calls, the audit, and
with the next recalculation everybody's ratings. How ratings moved before, and which pages were viewed, is in backups
only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

import duckdb

from infra.local.duckdb_warehouse import DuckDBWarehouse, RawMessage
from shared.call_pipeline.usecases.tell_of_call import TellOfCall
from shared.conversations.records import CallRecord
from shared.frameworks.records import FrameworkVersion
from shared.intake.usecases.event_message import TOPIC as EVENTS
from shared.intake.usecases.event_message import message_again
from shared.kernel.log_events import LogEvent
from shared.observations.records import ToldEntry
from shared.people.records import Employee, EmployeeRecords
from shared.people.usecases.write_employees import WriteEmployees
from shared.platform.records.audit import AuditRecord
from shared.platform.records.document_pages import pages_of
from shared.platform.records.tombstones import Tombstones
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock, Ids, Log
from shared.ports.documents import Document, Documents, Query
from shared.ports.messages import Message
from shared.reviews.records import Review
from shared.reviews.usecases.follow_decision import TOPIC as DECISIONS
from shared.reviews.usecases.follow_decision import told_of_decision
from shared.taxonomy.usecases.follow_publication import TOPIC as VERSIONS
from shared.taxonomy.usecases.follow_publication import told_of_version

NAME: Final = "warehouse.duckdb"
PAGE: Final = 1000


def open_warehouse(directory: Path, clock: Clock, log: Log) -> DuckDBWarehouse:
    """Opens the file, or a new one in the place of what DuckDB cannot read. Raises NewerStore."""
    path = directory / NAME
    try:
        return DuckDBWarehouse(path, clock)
    except duckdb.Error as error:
        if "lock" in str(error).lower():  # another process has it open
            raise
        aside = set_aside(path)
        log.event(LogEvent.WAREHOUSE_DAMAGED, "CRITICAL", kept_as=aside.name, cause=type(error).__name__)
        return DuckDBWarehouse(path, clock)


def set_aside(path: Path) -> Path:
    """Moves a file, and its log, out of the way; where it is now."""
    aside = path.with_name(f"{path.name}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%S}")
    for ending in (".wal", ""):
        if (found := path.with_name(path.name + ending)).exists():
            found.rename(aside.with_name(aside.name + ending))
    return aside


class _IntoWarehouse:
    """The `Bus` port to the warehouse alone: everybody else has been told."""

    def __init__(self, warehouse: DuckDBWarehouse, clock: Clock) -> None:
        self._warehouse = warehouse
        self._clock = clock

    def publish(self, topic: str, messages: Sequence[Message]) -> None:
        now = self._clock.now()
        raw = [RawMessage(uuid4().hex, now, one.text or one.data, one.attributes) for one in messages]
        self._warehouse.ingest_raw(topic, raw)


class FillWarehouse:
    """Tells an empty warehouse what the live state keeps."""

    def __init__(self, live: Documents, integrations: Documents, warehouse: DuckDBWarehouse, clock: Clock, ids: Ids):
        self._live = live
        self._integrations = integrations
        self._warehouse = warehouse
        self._bus = _IntoWarehouse(warehouse, clock)
        employees, tombstones = EmployeeRecords(live), Tombstones(live)
        self._people = WriteEmployees(employees, tombstones, self._bus, clock)
        self._audit = Audit(live, self._bus, clock, ids)

    def is_due(self) -> bool:
        """Tells whether the ledger has events, and the warehouse has never been told of any, or not of all.

        A filling that was cut off begins again: what is told twice counts once.
        """
        if self._warehouse.is_filling():
            return True
        raw = self._warehouse.query("SELECT COUNT(*) AS number FROM raw.observation_recorded")
        return not raw[0]["number"] and bool(self._live.query(Query("events", limit=1)))

    def fill(self) -> dict[str, int]:
        """Fills it; how many documents of each collection it was told of."""
        self._warehouse.begin_filling()
        told = {
            "events": self._each(self._live, "events", self._events),
            "employees": self._each(self._live, "employees", self._employees),
            "audit": self._each(self._live, "audit", lambda found: self._audit.tell(list(AuditRecord.readable(found)))),
            "reviews": self._each(self._live, "reviews", self._reviews),
            "framework_versions": self._each(self._live, "framework_versions", self._versions),
            "calls": self._each(self._integrations, "calls", self._calls),
        }
        self._warehouse.refresh()
        self._warehouse.end_filling()
        return told

    @staticmethod
    def _each(store: Documents, collection: str, tell: Callable[[Sequence[Document]], object]) -> int:
        number = 0
        for found in pages_of(store, Query(collection, limit=PAGE)):
            tell(found)
            number += len(found)
        return number

    def _events(self, found: Sequence[Document]) -> None:
        self._bus.publish(EVENTS, [message_again(one.message) for one in ToldEntry.readable(found)])

    def _employees(self, found: Sequence[Document]) -> None:
        self._people.publish(list(Employee.readable(found)))

    def _calls(self, found: Sequence[Document]) -> None:
        telling = TellOfCall(self._bus)
        for one in CallRecord.readable(found):
            telling.publish(one)

    def _reviews(self, found: Sequence[Document]) -> None:
        decided = [(one, one.decision) for one in Review.readable(found)]
        self._bus.publish(DECISIONS, [told_of_decision(one, how) for one, how in decided if how is not None])

    def _versions(self, found: Sequence[Document]) -> None:
        self._bus.publish(VERSIONS, [told_of_version(one) for one in FrameworkVersion.readable(found)])
