"""Says until when somebody prepares: the working day before the meeting, at five in the afternoon, where they are."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

CLOSE: Final = time(17)
DAY: Final = timedelta(days=1)
MOST_DAYS_OFF: Final = 30
"""In a row; a calendar with more has no working days."""
WEEKEND: Final = frozenset({5, 6})


@dataclass(frozen=True, slots=True)
class DaysOff:
    """Holds when a country does not work. weekend: days of the week, Monday being 0"""

    holidays: Container[date] = frozenset()
    weekend: Container[int] = WEEKEND


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """When somebody works. holidays: days off; weekends: also work days, where an organisation counts them

    weekend: which days of the week these are
    """

    zone: tzinfo
    holidays: Container[date] = frozenset()
    weekends: bool = False
    weekend: Container[int] = WEEKEND

    def works_on(self, day: date) -> bool:
        """Tells whether a day is a working day."""
        return day not in self.holidays and (self.weekends or day.weekday() not in self.weekend)


def due_on(day: date, calendar: WorkCalendar) -> datetime:
    """Returns until when something is due on a day, in UTC: five in the afternoon."""
    return datetime.combine(day, CLOSE, calendar.zone).astimezone(UTC)


def due_after(workdays: int, now: datetime, calendar: WorkCalendar) -> datetime:
    """Returns until when something is due after some working days, in UTC: five in the afternoon of the last one."""
    day = now.astimezone(calendar.zone).date()
    for _ in range(workdays):
        day = _next(day, DAY, calendar)
    return due_on(day, calendar)


def workday_after(at: datetime, when: time, calendar: WorkCalendar) -> datetime:
    """Returns a time of the first working day after a moment's, in UTC."""
    day = _next(at.astimezone(calendar.zone).date(), DAY, calendar)
    return datetime.combine(day, when, calendar.zone).astimezone(UTC)


def workday_before(at: datetime, when: time, calendar: WorkCalendar) -> datetime:
    """Returns a time of the last working day before a moment's, in UTC."""
    day = _next(at.astimezone(calendar.zone).date(), -DAY, calendar)
    return datetime.combine(day, when, calendar.zone).astimezone(UTC)


def _next(day: date, step: timedelta, calendar: WorkCalendar) -> date:
    """Returns the next working day in a direction; where there is none within a month, the day a month away."""
    for _ in range(MOST_DAYS_OFF):
        day += step
        if calendar.works_on(day):
            break
    return day


def due_before(meeting: datetime, now: datetime, calendar: WorkCalendar) -> datetime:
    """Returns the end of the working day before a meeting, in UTC; the meeting's beginning where that is past already.

    The day of the meeting is the one where the person is.
    """
    due = due_on(_next(meeting.astimezone(calendar.zone).date(), -DAY, calendar), calendar)
    return due if due > now else meeting.astimezone(UTC)
