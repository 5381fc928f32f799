"""Keeps what the platform has told people.

notifications/<digest of the person and of what is told>   one notice
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from shared.kernel.pages import Page, Position, page_of
from shared.kernel.reading import is_document_name
from shared.kernel.records import Record
from shared.platform.domain.notice_kind import NoticeKind
from shared.ports.documents import AlreadyExists, Create, Documents, Merge, Query, Transaction, Where


class Notice(Record, frozen=True, kw_only=True):
    """One thing that one person was told.

    facts:   ids and words of the platform, never what was said
    carried: it has been seen to that it goes out beyond the portal, too
    """

    notification_id: str
    employee_id: str
    kind: NoticeKind
    at: datetime
    facts: Mapping[str, str]
    unread: bool
    read_at: datetime | None
    expires_at: datetime
    carried: bool = True


class NoticeRecords:
    """Reads and writes notices."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def add(self, notice: Notice) -> bool:
        """Writes a notice; False when there is one of that id."""
        try:
            self._documents.commit([Create(_path(notice.notification_id), notice.stored())])
        except AlreadyExists:
            return False
        return True

    def get(self, notification_id: str) -> Notice | None:
        """Returns a notice."""
        document = self._documents.get(_path(notification_id)) if is_document_name(notification_id) else None
        return None if document is None else Notice.read(document)

    def page(self, employee_id: str, now: datetime, *, limit: int, after: Position | None = None) -> Page[Notice]:
        """Returns a person's notices that are kept still, the newest first."""
        found = self._documents.query(
            Query(
                "notifications",
                where=[Where("employee_id", "==", employee_id)],
                order_by=[("at", "desc")],
                limit=limit + 1,
                after=after,
            )
        )
        page = page_of(Notice, found, limit, "at")
        return Page(tuple(notice for notice in page.items if notice.expires_at > now), page.next)

    def unread(self, employee_id: str, now: datetime, *, most: int) -> int:
        """Counts a person's notices that are kept still and not read, up to a number."""
        found = self._documents.query(
            Query(
                "notifications",
                where=[Where("employee_id", "==", employee_id), Where("unread", "==", True)],
                limit=most,
                fields=["expires_at"],
            )
        )
        return sum(document.data["expires_at"] > now for document in found)

    def uncarried(self, before: datetime, *, limit: int) -> list[str]:
        """Returns the ids of notices that were given before a moment and have not been carried."""
        found = self._documents.query(
            Query("notifications", where=[Where("carried", "==", False)], limit=limit, fields=["at"])
        )
        return [document.id for document in found if document.data["at"] < before]

    def mark_carried(self, notification_id: str) -> None:
        """Notes that a notice goes out beyond the portal; one that is gone stays gone."""

        def work(transaction: Transaction) -> None:
            if transaction.get(_path(notification_id)) is not None:
                transaction.write(Merge(_path(notification_id), {"carried": True}))

        self._documents.transact(work)

    def mark_read(self, notification_id: str, at: datetime) -> None:
        """Notes that a notice was read."""
        self._documents.commit([Merge(_path(notification_id), {"unread": False, "read_at": at})])


def _path(notification_id: str) -> str:
    return f"notifications/{notification_id}"
