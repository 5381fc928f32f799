"""Takes a lesson out of teaching: what was answered of it stays, and what is answered late is marked as ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import Caller, require
from shared.kernel.errors import Conflict, NotFound
from shared.learning.records import LessonRecords, PublishedLesson
from shared.learning.usecases.lesson_views import whole
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.records.audit import AuditRecord
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock
from shared.ports.documents import Transaction

if TYPE_CHECKING:
    from shared.learning.contract import LessonView, WithdrawalBody


class WithdrawLesson:
    """Withdraws. A higher version that is published later is taught again."""

    def __init__(self, records: LessonRecords, configuration: Configuration, audit: Audit, clock: Clock) -> None:
        self._records = records
        self._configuration = configuration
        self._audit = audit
        self._clock = clock

    def withdraw(self, caller: Caller, lesson_id: str, body: WithdrawalBody) -> LessonView:
        """Withdraws what is taught now; one that is withdrawn stays so, with the first reason.

        Raises Forbidden, NotFound; Conflict while another lesson waits for it: nobody could begin that any more.
        """
        require(caller, "lessons.write")

        def work(transaction: Transaction) -> tuple[PublishedLesson, list[AuditRecord]]:
            found = self._records.current([lesson_id], transaction).get(lesson_id)
            if found is None:
                raise NotFound(f"there is no lesson {lesson_id[:60]!r}", field="lesson_id")
            if found.withdrawn_at is not None:
                return found, []
            self._require_nobody_waits(found, transaction)
            withdrawn = found.changed(
                withdrawn_at=self._clock.now(),
                withdrawn_by=caller.employee_id or caller.email,
                withdrawn_because=body.reason,
            )
            words = f"version {found.lesson.version}: {body.reason}"
            record = self._audit.draft(caller, AuditAction.LESSON_WITHDRAWN, subject=lesson_id, detail=words)
            self._audit.within(transaction, record)
            transaction.write(self._records.withdrawn(withdrawn))
            return withdrawn, [record]

        withdrawn, records = self._records.transact(work)
        self._audit.tell(records)
        return whole(withdrawn, self._configuration.framework(withdrawn.framework_id), answers=True)

    def _require_nobody_waits(self, found: PublishedLesson, transaction: Transaction) -> None:
        taught = self._records.of_framework(found.framework_id, transaction)
        waiting = [one.lesson.lesson_id for one in taught if found.lesson.lesson_id in one.lesson.prerequisites]
        if waiting:
            raise Conflict(
                f"{', '.join(waiting[:5])} comes after it; publish that without it, or withdraw that first",
                field="lesson_id",
            )
