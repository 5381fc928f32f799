"""Tells one person what the platform has to tell, in the portal, over the API, and from there beyond.

The same fact to the same person is one notice, however often it is told: a repeated act tells nobody twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from shared.kernel.access import Caller, require
from shared.kernel.errors import Forbidden, NotFound, Retryable
from shared.kernel.ids import digest
from shared.kernel.pages import Page, Position
from shared.platform.domain.notice_kind import NoticeKind
from shared.platform.records.notices import Notice, NoticeRecords
from shared.ports.ambient import Clock
from shared.ports.documents import Documents
from shared.ports.messages import TaskQueue

if TYPE_CHECKING:
    from shared.platform.contract import Notification

KEPT = timedelta(days=365)
QUEUE, FUNCTION = "notifications", "notify"
LEFT_BEHIND = timedelta(minutes=2)
"""A notice that nobody has carried by then was left by a process that died."""
MOST_LEFT_BEHIND = 500
COUNTED = 100
"""The number of unread ones is counted up to here."""


class Notifications:
    """Tells, lists and marks as read."""

    def __init__(self, documents: Documents, tasks: TaskQueue, clock: Clock) -> None:
        self._notices = NoticeRecords(documents)
        self._tasks = tasks
        self._clock = clock

    def tell(self, employee_id: str, kind: NoticeKind, facts: Mapping[str, str], *, once: str) -> bool:
        """Tells a person; False when that is known already. What goes beyond the portal is `notify`'s.

        facts: ids, roles and times as text, by name; once: what makes this notice the same as another one
        """
        now = self._clock.now()
        notice = Notice(
            notification_id=digest("notification", employee_id, kind, once),
            employee_id=employee_id,
            kind=kind,
            at=now,
            facts=dict(facts),
            unread=True,
            read_at=None,
            expires_at=now + KEPT,
            carried=False,
        )
        if not self._notices.add(notice):
            return False
        with suppress(Retryable):  # what is told is told: the sweep has it carried
            self._carry(notice.notification_id)
        return True

    def sweep(self) -> int:
        """Has carried what a crash has left; returns how many notices that were. Raises Retryable."""
        left = self._notices.uncarried(self._clock.now() - LEFT_BEHIND, limit=MOST_LEFT_BEHIND)
        for notification_id in left:
            self._carry(notification_id)
        return len(left)

    def _carry(self, notification_id: str) -> None:
        step = {"step": "notice", "name": notification_id}
        self._tasks.enqueue(QUEUE, FUNCTION, step, name=f"notice-{notification_id}")

    def list(
        self, caller: Caller, employee_id: str, *, limit: int = 50, after: Position | None = None
    ) -> Page[Notification]:
        """Returns a person's own notices, the newest first. Raises Forbidden for others'."""
        _require_own(caller, employee_id)
        return self._notices.page(employee_id, self._clock.now(), limit=limit, after=after).each(_shown)

    def unread(self, caller: Caller, employee_id: str) -> int:
        """Counts what the person has not read, 100 at most. Raises Forbidden for others'."""
        _require_own(caller, employee_id)
        return self._notices.unread(employee_id, self._clock.now(), most=COUNTED)

    def mark_read(self, caller: Caller, employee_id: str, notification_id: str) -> Notification:
        """Marks one as read; the first time stands. Raises Forbidden, NotFound."""
        _require_own(caller, employee_id)
        notice = self._notices.get(notification_id)
        if notice is None or notice.employee_id != employee_id:
            raise NotFound(f"there is no notification {notification_id[:60]!r} of yours", field="notification_id")
        if notice.read_at is not None:
            return _shown(notice)
        now = self._clock.now()
        self._notices.mark_read(notification_id, now)
        return _shown(notice.changed(unread=False, read_at=now))


def _shown(notice: Notice) -> Notification:
    from shared.platform.contract import Notification

    return Notification.model_validate(notice, from_attributes=True)


def _require_own(caller: Caller, employee_id: str) -> None:
    require(caller, "notifications.read")
    if caller.employee_id != employee_id:
        raise Forbidden("notifications are for the person alone")
