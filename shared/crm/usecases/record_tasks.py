"""Queues the reading of records: each task is named by what it is about, so that a repeated one adds nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from shared.crm.domain.deal_mapping import DEAL
from shared.crm.messages import RecordTask
from shared.crm.records import StoredHint
from shared.kernel.ids import digest
from shared.ports.crm import Cursor
from shared.ports.messages import TaskQueue

QUEUE: Final = "crm-records"
FUNCTION: Final = "sfdc_record"
FURTHEST: Final = timedelta(days=28)
"""Cloud Tasks takes no task for later than in 30 days; what is read before its meeting queues the next."""


class RecordTasks:
    """Queues tasks. Every method may raise Retryable."""

    def __init__(self, tasks: TaskQueue) -> None:
        self._tasks = tasks

    def follow(self, hints: Iterable[StoredHint], since: dict[str, datetime | None]) -> int:
        """Queues one task for each record that hints are about; how many are new.

        since: of a hint about any record of a kind, by its id, from when on
        """
        latest: dict[tuple[str, str | None], list[StoredHint]] = {}
        for hint in hints:
            latest.setdefault((hint.kind, hint.record_id), []).append(hint)
        queued = 0
        for (kind, record_id), some in latest.items():
            hinted_at = max(one.received_at for one in some)
            begin = None if record_id else min(since.get(one.hint_id) or one.received_at for one in some)
            task = RecordTask(kind=kind, record_id=record_id, hinted_at=hinted_at, since=begin)
            queued += self._enqueue(task, *sorted(one.hint_id for one in some))
        return queued

    def deals(self, deal_ids: Iterable[str], hinted_at: datetime, because: str) -> int:
        """Queues the reading of some deals, since another record hints at them; how many are new."""
        tasks = [RecordTask(kind=DEAL, record_id=one, hinted_at=hinted_at) for one in sorted(set(deal_ids))]
        return sum(self._enqueue(task, because, hinted_at.isoformat()) for task in tasks)

    def next_page(self, task: RecordTask, after: Cursor) -> None:
        """Queues the next page of what has changed."""
        following = task.model_copy(update={"since": after.modified, "after": after.id})
        self._enqueue(following, after.modified.isoformat(), after.id, task.hinted_at.isoformat())

    def at_meeting(self, deal_id: str, begins: datetime, now: datetime) -> None:
        """Queues the reading of a deal for when its meeting begins, since another one is the next then."""
        moment = min(begins, now + FURTHEST)
        task = RecordTask(kind=DEAL, record_id=deal_id, hinted_at=moment)
        self._enqueue(task, "meeting", begins.isoformat(), f"{moment:%Y-%m-%d}", run_at=moment)

    def _enqueue(self, task: RecordTask, *named: str, run_at: datetime | None = None) -> bool:
        name = digest("crm", task.kind, task.record_id or "", *named)
        payload = task.model_dump(mode="json", exclude_defaults=True)
        return self._tasks.enqueue(QUEUE, FUNCTION, payload, name=name, run_at=run_at)
