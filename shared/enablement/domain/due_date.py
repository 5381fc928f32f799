"""Says until when somebody prepares: the working day before the meeting, at five in the afternoon, where they are."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

CLOSE: Final = time(17)
DAY: Final = timedelta(days=1)
MOST_DAYS_OFF: Final = 30
"""In a row; a calendar with more has no working days."""
WEEKEND: Final = frozenset({5, 6})


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """When somebody works. holidays: days off; weekends: also work days, where an organisation counts them"""

    zone: ZoneInfo
    holidays: Container[date] = frozenset()
    weekends: bool = False

    def works_on(self, day: date) -> bool:
        """Tells whether a day is a working day."""
        return day not in self.holidays and (self.weekends or day.weekday() not in WEEKEND)


def due_before(meeting: datetime, now: datetime, calendar: WorkCalendar) -> datetime:
    """Returns the end of the working day before a meeting, in UTC; the meeting's beginning where that is past already.

    The day of the meeting is the one where the person is.
    """
    day = meeting.astimezone(calendar.zone).date() - DAY
    for _ in range(MOST_DAYS_OFF):
        if calendar.works_on(day):
            break
        day -= DAY
    due = datetime.combine(day, CLOSE, calendar.zone).astimezone(UTC)
    return due if due > now else meeting.astimezone(UTC)
