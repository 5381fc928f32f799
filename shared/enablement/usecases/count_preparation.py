"""Carries what people were to prepare, and what they did of it, into the warehouse once a day.

Of each activity the newest count stands; one that is long past keeps the last one. The day is noted when all of it is
there: what dies midway is carried once more, the same activities with a newer count. A deal that is held out has no
activity: it is carried as such, so that whoever compares sees both sides.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from shared.deals.records import DealRecords
from shared.enablement.records import Assignment, AssignmentRecords, TrialDeal, TrialRecords
from shared.ports.ambient import Clock
from shared.ports.warehouse import Row, Warehouse

TABLE: Final = "staging.preparation_counted"
BACK: Final = timedelta(days=35)
"""After its due day an assignment is looked at for so long: what is done later than that is done for another deal."""
AT_ONCE: Final = 5_000
"""Rows that are carried at a time."""
PAGE: Final = 300


class CountPreparation:
    """Reads assignments by their due days, and the deals of a trial."""

    def __init__(
        self,
        assignments: AssignmentRecords,
        trials: TrialRecords,
        deals: DealRecords,
        warehouse: Warehouse,
        clock: Clock,
    ) -> None:
        self._assignments = assignments
        self._trials = trials
        self._deals = deals
        self._warehouse = warehouse
        self._clock = clock

    def today(self) -> int:
        """Returns how many activities and held-out deals it carried; 0 once it has, by the day in UTC.

        Raises Retryable.
        """
        now = self._clock.now()
        before = self._assignments.carried_at()
        if before is not None and before.date() == now.date():
            return 0
        carried = 0
        rows: list[Row] = []
        for row in self._rows(now):
            rows.append(row)
            if len(rows) == AT_ONCE:
                self._warehouse.load(TABLE, rows)
                carried, rows = carried + len(rows), []
        if rows:
            self._warehouse.load(TABLE, rows)
        self._assignments.note_carried(now)
        return carried + len(rows)

    def _rows(self, now: datetime) -> Iterator[Row]:
        for page in self._assignments.due_since(now - BACK, limit=PAGE):
            drawn = self._trials.many(one.deal_id for one in page if one.deal_id)
            for one in page:
                yield from _of_assignment(one, drawn.get(one.deal_id or ""), now)
        for held in self._trials.withheld_since(now - BACK, limit=PAGE):
            deals = self._deals.many(one.deal_id for one in held)
            for trial in held:
                deal = deals.get(trial.deal_id)
                if deal is not None:
                    yield {
                        "assignment_id": f"held_out/{trial.deal_id}",
                        "content_id": "",
                        "employee_id": deal.employee_id,
                        "deal_id": trial.deal_id,
                        "arm": "held_out",
                        "reason": "deal",
                        "kind": "",
                        "state": "held_out",
                        "assigned_at": trial.drawn_at.isoformat(),
                        "meeting_at": deal.deal.meeting.at.isoformat() if deal.deal.meeting else None,
                        "counted_at": now.isoformat(),
                    }


def _of_assignment(one: Assignment, drawn: TrialDeal | None, now: datetime) -> Iterator[Row]:
    for do in one.activities:
        yield {
            "assignment_id": one.assignment_id,
            "content_id": do.content_id,
            "employee_id": one.employee_id,
            "deal_id": one.deal_id,
            "arm": "none" if drawn is None else drawn.arm,
            "reason": one.trigger,
            "kind": do.activity_type,
            "state": one.state,
            "assigned_at": one.created_at.isoformat(),
            "due_at": one.due_at.isoformat(),
            "meeting_at": (one.meeting_at or one.due_at).isoformat(),
            "done_at": do.done_at.isoformat() if do.done_at else None,
            "helped": do.relevant,
            "counted_at": now.isoformat(),
        }
