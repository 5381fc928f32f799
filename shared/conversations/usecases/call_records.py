"""Call records: what the platform knows and has done about each call or e-mail thread. Never a word that was said.

A record lives in the integrations' database, `calls/<source>-<call id>`, and moves through its states
(see shared.conversations.domain.call_state).

`analysis` counts the requests to analyse the call, 0 for the first. A task that is about an earlier request than the
record's has nothing to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.conversations.domain.recorded_call import RecordedCall
from shared.kernel.errors import NotFound
from shared.ports.ambient import Clock
from shared.ports.documents import AlreadyExists, Create, Document, Documents, Put, Query, Transaction, Where


def record_id(source: str, call_id: str) -> str:
    """A call's name in the platform."""
    return f"{source}-{call_id}"


class CallRecords:
    """The records."""

    def __init__(self, documents: Documents, clock: Clock) -> None:
        """documents: the integrations' database"""
        self._documents = documents
        self._clock = clock

    def discover(self, source: str, call: RecordedCall, employees: Sequence[str]) -> dict[str, Any] | None:
        """Notes a call that nobody knew; None when it was known already."""
        record = self.blank(source, call.call_id, call.started) | {
            "scheduled_at": call.scheduled,
            "url": call.url,
            "title": call.title,
            "duration_seconds": call.duration_seconds,
            "employees": sorted(employees),
        }
        return record if self.create(record) else None

    def blank(self, source: str, call_id: str, started: datetime) -> dict[str, Any]:
        """A new record's fields."""
        now = self._clock.now()
        return {
            "record_id": record_id(source, call_id),
            "source": source,
            "call_id": call_id,
            "state": "discovered",
            "started_at": started,
            "scheduled_at": None,
            "discovered_at": now,
            "updated_at": now,
            "url": None,
            "title": None,
            "duration_seconds": 0,
            "employees": [],
            "participants": [],
            "deal": {"deal_id": None, "account_name": None, "how": "unmatched"},
            "deal_link": "unmatched",
            "context": {},
            "analysis": 0,
            "route": None,
            "batch_id": None,
            "rounds": 0,
            "tries": 0,
            "scorer": None,
            "usage": None,
            "cost_usd": None,
            "observations": [],
            "last_error": None,
        }

    def create(self, record: Mapping[str, Any]) -> bool:
        """Writes a new record; False when there is one."""
        try:
            self._documents.commit([Create(f"calls/{record['record_id']}", record)])
        except AlreadyExists:
            return False
        return True

    def get(self, identity: str) -> dict[str, Any]:
        """A record. Raises NotFound."""
        document = self._documents.get(f"calls/{identity}")
        if document is None:
            raise NotFound(f"there is no call {identity[:80]!r}; calls are named <source>-<its id>", field="call_id")
        return dict(document.data)

    def find(self, identities: Iterable[str]) -> dict[str, dict[str, Any]]:
        """The records that exist, by their ids."""
        found = self._documents.get_many([f"calls/{identity}" for identity in identities])
        return {document.id: dict(document.data) for document in found.values()}

    def change(
        self, identity: str, work: Callable[[dict[str, Any]], Mapping[str, Any] | None]
    ) -> tuple[dict[str, Any], bool]:
        """Changes a record in a transaction: `work` takes it and gives the changed fields, or None to leave it.

        The record afterwards, and whether it changed. Raises NotFound.
        """

        def transact(transaction: Transaction) -> tuple[dict[str, Any], bool]:
            document = transaction.get(f"calls/{identity}")
            if document is None:
                raise NotFound(f"there is no call {identity[:80]!r}", field="call_id")
            changes = work(dict(document.data))
            if changes is None:
                return dict(document.data), False
            record = {**document.data, **changes, "updated_at": self._clock.now()}
            transaction.write(Put(f"calls/{identity}", record))
            return record, True

        return self._documents.transact(transact)

    def page(
        self,
        *,
        employee_id: str | None = None,
        state: str | None = None,
        deal_link: str | None = None,
        source: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 50,
        after: tuple[datetime, str] | None = None,
    ) -> tuple[list[dict[str, Any]], tuple[datetime, str] | None]:
        """Records, the latest call first, and where to continue. Of employee_id, state and deal_link at most one."""
        where: list[Where] = []
        if employee_id is not None:
            where.append(Where("employees", "array_contains", employee_id))
        where += [
            Where(name, "==", value)
            for name, value in (("state", state), ("deal_link", deal_link), ("source", source))
            if value is not None
        ]
        if since is not None:
            where.append(Where("started_at", ">=", since))
        if until is not None:
            where.append(Where("started_at", "<", until))
        found = self._documents.query(
            Query("calls", where=where, order_by=[("started_at", "desc")], limit=limit + 1, after=after)
        )
        return _page(found, limit)


def _page(found: Sequence[Document], limit: int) -> tuple[list[dict[str, Any]], tuple[datetime, str] | None]:
    items = [dict(document.data) for document in found[:limit]]
    more = len(found) > limit
    return items, (found[limit - 1].data["started_at"], found[limit - 1].id) if more else None
