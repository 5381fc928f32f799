"""Notifications: what the platform tells one person, shown in the portal and over the API. In-app only.

    notifications/<digest of the person and of what is told>
        employee_id, kind, at, facts (ids and words of the platform, never what was said), unread, read_at, expires_at

The same fact to the same person is one notification, however often it is told: a repeated act tells nobody twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from shared.kernel.access import Caller, require
from shared.kernel.errors import Forbidden, NotFound
from shared.kernel.ids import digest
from shared.kernel.reading import is_document_name
from shared.ports.ambient import Clock
from shared.ports.documents import AlreadyExists, Create, Documents, Merge, Query, Where

Kind = Literal[
    "transcript.opened",
    "grant.given",
    "grant.revoked",
    "escalation.raised",
    "escalation.revoked",
]
Position = tuple[datetime, str]

KEPT = timedelta(days=365)
COUNTED = 100
"""The number of unread ones is counted up to here."""


class Notifications:
    """Tells, lists and marks as read."""

    def __init__(self, documents: Documents, clock: Clock) -> None:
        self._documents = documents
        self._clock = clock

    def tell(self, employee_id: str, kind: Kind, facts: Mapping[str, str], *, once: str) -> bool:
        """Tells a person; False when that is known already.

        facts: ids, roles and times as text, by name; once: what makes this notification the same as another one
        """
        notification_id = digest("notification", employee_id, kind, once)
        now = self._clock.now()
        document = {
            "notification_id": notification_id,
            "employee_id": employee_id,
            "kind": kind,
            "at": now,
            "facts": dict(facts),
            "unread": True,
            "read_at": None,
            "expires_at": now + KEPT,
        }
        try:
            self._documents.commit([Create(f"notifications/{notification_id}", document)])
        except AlreadyExists:
            return False
        return True

    def list(
        self, caller: Caller, employee_id: str, *, limit: int = 50, after: Position | None = None
    ) -> tuple[list[dict[str, Any]], Position | None]:
        """A person's own notifications, the newest first, and where to continue. Raises Forbidden for others'."""
        _require_own(caller, employee_id)
        found = self._documents.query(
            Query(
                "notifications",
                where=[Where("employee_id", "==", employee_id)],
                order_by=[("at", "desc")],
                limit=limit + 1,
                after=after,
            )
        )
        now = self._clock.now()
        items = [document.data for document in found[:limit] if document.data["expires_at"] > now]
        last = found[limit - 1].data if len(found) > limit else None
        return items, (last["at"], last["notification_id"]) if last else None

    def unread(self, employee_id: str) -> int:
        """How many the person has not read, 100 at most."""
        found = self._documents.query(
            Query(
                "notifications",
                where=[Where("employee_id", "==", employee_id), Where("unread", "==", True)],
                limit=COUNTED,
                fields=["expires_at"],
            )
        )
        now = self._clock.now()
        return sum(document.data["expires_at"] > now for document in found)

    def mark_read(self, caller: Caller, employee_id: str, notification_id: str) -> dict[str, Any]:
        """Marks one as read; the first time stands. Raises Forbidden, NotFound."""
        _require_own(caller, employee_id)
        known = is_document_name(notification_id)
        document = self._documents.get(f"notifications/{notification_id}") if known else None
        if document is None or document.data["employee_id"] != employee_id:
            raise NotFound(f"there is no notification {notification_id[:60]!r} of yours", field="notification_id")
        if document.data["read_at"] is not None:
            return document.data
        change = {"unread": False, "read_at": self._clock.now()}
        self._documents.commit([Merge(document.path, change)])
        return {**document.data, **change}


def _require_own(caller: Caller, employee_id: str) -> None:
    require(caller, "notifications.read")
    if caller.employee_id != employee_id:
        raise Forbidden("notifications are for the person alone")
