"""Says when somebody is reminded of what is not done, and when their manager is told that nothing is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from shared.enablement.domain.due_date import WorkCalendar, workday_after, workday_before

MORNING: Final = time(9)
GRACE: Final = timedelta(hours=4)
"""Between a reminder and the manager's notice."""


@dataclass(frozen=True, slots=True)
class Steps:
    """Holds the moments, in UTC. escalate_at: None where that leaves nobody time"""

    remind_at: datetime
    escalate_at: datetime | None


def steps(assigned_at: datetime, due: datetime, share: float, calendar: WorkCalendar) -> Steps:
    """Returns when a person is reminded, once a share of the time is gone, and when their manager is told: on the
    morning of the working day before it is due, and some hours after the reminder at least.

    What falls on a day off waits for the next working morning, where it is not due by then.
    """
    remind = _working(assigned_at + (due - assigned_at) * share, calendar)
    remind = remind if remind < due else assigned_at + (due - assigned_at) * share
    before = workday_before(due, MORNING, calendar)
    escalate = max(before, remind + GRACE)
    return Steps(remind, escalate if escalate < due else None)


def _working(at: datetime, calendar: WorkCalendar) -> datetime:
    day = at.astimezone(calendar.zone).date()
    return at if calendar.works_on(day) else workday_after(at, MORNING, calendar)
