"""Runs the pipeline's schedules by the clock, in UTC.

Asking for a run and remembering it is one transaction of the queue, so a restart neither repeats nor forgets one: what
came due while the process was down runs once, at the next start, for the latest of the times it missed. A schedule seen
for the first time begins with its next time.

The evaluator of five-field cron expressions is our own: the pure-Python libraries for it either drag in a
time-zone stack for what is thirty lines in UTC, or are unmaintained.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from infra.declarations.pipeline import Schedule
from infra.local.queue import LocalQueue
from shared.kernel.log_events import LogEvent
from shared.ports.ambient import Log

_FIELDS: Final = (("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12), ("weekday", 0, 7))
_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


@dataclass(frozen=True, slots=True)
class Cron:
    """A cron expression: which minutes, hours, days, months and weekdays (0 is Sunday).

    When both days and weekdays are restricted, either is enough, as cron has always had it.
    """

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either_day: bool

    @classmethod
    def parse(cls, expression: str) -> Cron:
        """Parses five fields of numbers, names, `*`, ranges, lists and steps. Raises ValueError."""
        parts = expression.split()
        if len(parts) != 5:
            raise ValueError(f"{expression!r} has {len(parts)} fields; minute, hour, day, month and weekday are needed")
        minutes, hours, days, months, weekdays = (
            _values(part, name, low, high) for part, (name, low, high) in zip(parts, _FIELDS, strict=True)
        )
        return cls(
            minutes,
            hours,
            days,
            months,
            frozenset(day % 7 for day in weekdays),
            either_day=not parts[2].startswith("*") and not parts[4].startswith("*"),
        )

    def after(self, moment: datetime) -> datetime:
        """Finds the first time that matches after `moment`. Raises ValueError if there is none within eight years."""
        time = moment.astimezone(UTC).replace(second=0, microsecond=0) + timedelta(minutes=1)
        limit = time + timedelta(days=8 * 366)
        while time < limit:
            if time.month not in self.months or not self._day_matches(time):
                time = time.replace(hour=0, minute=0) + timedelta(days=1)
            elif time.hour not in self.hours:
                time = time.replace(minute=0) + timedelta(hours=1)
            elif time.minute not in self.minutes:
                time += timedelta(minutes=1)
            else:
                return time
        raise ValueError("this expression matches no day")

    def _day_matches(self, time: datetime) -> bool:
        by_day, by_weekday = time.day in self.days, time.isoweekday() % 7 in self.weekdays
        return by_day or by_weekday if self.either_day else by_day and by_weekday


def _values(part: str, name: str, low: int, high: int) -> frozenset[int]:
    values: set[int] = set()
    for item in part.split(","):
        span, slash, step_text = item.partition("/")
        step = _number(step_text, name, 1, high) if slash else 1
        if span == "*":
            first, last = low, high
        else:
            start, dash, end = span.partition("-")
            first = _number(start, name, low, high)
            last = _number(end, name, low, high) if dash else (high if slash else first)
        if last < first:
            raise ValueError(f"{name}: {item!r} runs backwards")
        values.update(range(first, last + 1, step))
    return frozenset(values)


def _number(text: str, name: str, low: int, high: int) -> int:
    names = {"month": (_MONTHS, 1), "weekday": (_WEEKDAYS, 0)}.get(name)
    if names and text.upper() in names[0]:
        return names[0].index(text.upper()) + names[1]
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise ValueError(f"{name}: {text!r} is not a number from {low} to {high}")
    return int(text)


MARK_AHEAD_SECONDS: Final = 3600
"""How far before the clock a mark may lie, after the clock was set back a little."""


class Scheduler:
    """Puts each run that is due into the queue; a thread of its own looks as often as needed."""

    def __init__(self, queue: LocalQueue, schedules: list[Schedule], log: Log, *, now: Callable[[], float] = time.time):
        self._queue = queue
        self._crons = {schedule.name: Cron.parse(schedule.cron) for schedule in schedules}
        self._log = log
        self._now = now
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="scheduler", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(5)

    def tick(self) -> list[str]:
        """Asks for every run that is due by now; the names of the schedules that it started."""
        if freed := self._queue.clock_came_back():
            self._log.event(LogEvent.DELIVERY_RECOVERED, "WARNING", deliveries=freed)
        now = self._now()
        started = []
        for name, cron in self._crons.items():
            mark = self._queue.schedule_mark(name)
            if mark is None:
                self._queue.run_schedule(name, now, start=False)
                continue
            if mark > now + MARK_AHEAD_SECONDS:
                self._queue.void_mark(name, now)
                self._log.event(LogEvent.SCHEDULE_MARK_VOID, "ERROR", schedule=name, days=int((mark - now) / 86_400))
                continue
            due = _latest(cron, mark, now)
            if due is not None and self._queue.run_schedule(name, due):
                self._log.event(LogEvent.SCHEDULE_STARTED, schedule=name, due=int(due))
                started.append(name)
        return started

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self.tick()
            except Exception as error:
                self._log.event(LogEvent.SCHEDULE_FAILED, "ERROR", error=type(error).__name__)
            # A little past the next whole minute.
            self._stopped.wait(60 - self._now() % 60 + 0.05)


def _latest(cron: Cron, mark: float, now: float) -> float | None:
    """Finds the last time after `mark` and up to `now` that the expression matches; None if there is none."""
    due = cron.after(datetime.fromtimestamp(mark, UTC)).timestamp()
    if due > now:
        return None
    # After a long pause of a frequent schedule, stepping from the mark would take long: begin a while ago instead.
    for hours in (1, 24, 24 * 32):
        start = now - hours * 3600
        if start > due and (recent := cron.after(datetime.fromtimestamp(start, UTC)).timestamp()) <= now:
            due = recent
            break
    while (later := cron.after(datetime.fromtimestamp(due, UTC)).timestamp()) <= now:
        due = later
    return due
