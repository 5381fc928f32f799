"""Reconciles every day that is over: what the ledger has and the warehouse lacks is published again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import get_args

import msgspec

from shared.intake.usecases.event_message import TOPIC, message_again
from shared.kernel.log_events import LogEvent
from shared.observations.domain.observation import Kind
from shared.observations.records import Ledger
from shared.ports.ambient import Clock, Log
from shared.ports.messages import Bus
from shared.ports.warehouse import Row, Warehouse

COUNTS = "checks.ledger_counts"
CHECK = "ledger_reconciliation"
FIRST_HOUR = 3
"""Of the day, UTC: by then yesterday's last messages have arrived."""
PAGE = 1000
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Difference:
    """A row of the check. repaired: how many events of that day were published again before"""

    day: date
    kind: Kind
    staged_events: int
    repaired: int


class Reconcile:
    """Counts each day's events in the ledger, and mends where the warehouse has another number."""

    def __init__(self, ledger: Ledger, warehouse: Warehouse, bus: Bus, clock: Clock, log: Log) -> None:
        self._ledger = ledger
        self._warehouse = warehouse
        self._bus = bus
        self._clock = clock
        self._log = log

    def days_over(self) -> int | None:
        """Counts every day since the last counted one; returns how many (day, kind) differed, None when it is too
        early, or yesterday has been counted.

        Where the warehouse lacks events they are published again. What that does not explain, or has not mended since
        the last time, is logged as an error: once for each size of it.
        """
        now = self._clock.now()
        if now.hour < FIRST_HOUR or not (days := self._uncounted(now.date())):
            return None
        self._warehouse.load(COUNTS, [self._counted(day, kind, now) for day in days for kind in get_args(Kind)])
        differences = msgspec.convert(self._warehouse.check(CHECK), list[_Difference], strict=False)
        for row in differences:
            self._mend(row, now)
        self._log.event(LogEvent.LEDGER_RECONCILED, day=days[-1].isoformat(), differences=len(differences))
        return len(differences)

    def _uncounted(self, today: date) -> list[date]:
        """Returns the days after the last counted one until yesterday; yesterday where none ever was."""
        sql = f"SELECT MAX(day) AS day FROM {COUNTS} WHERE day < @today"
        last = self._warehouse.query(sql, {"today": today})[0]["day"]
        first = last + ONE_DAY if isinstance(last, date) else today - ONE_DAY
        return [first + number * ONE_DAY for number in range((today - first).days)]

    def _counted(self, day: date, kind: Kind, now: datetime) -> Row:
        start, end = _bounds(day)
        return _row(day, kind, self._ledger.count(kind, start, end, page=PAGE), now)

    def _mend(self, row: _Difference, now: datetime) -> None:
        """Publishes what the warehouse lacks of a day, and counts the day anew: meanwhile people may have been erased,
        or moved, in both."""
        found = published = 0
        for page in self._ledger.received(row.kind, *_bounds(row.day), page=PAGE):
            there = self._staged(row.kind, page[-1][1], page[0][1])
            lacking = [event_id for event_id, _ in page if event_id not in there]
            messages = [message_again(text) for text in self._ledger.messages(lacking)]
            if messages:
                self._bus.publish(TOPIC, messages)
            found += len(page)
            published += len(messages)
        surplus = row.staged_events + published - found
        counted = _row(row.day, row.kind, found, now)
        self._warehouse.load(COUNTS, [{**counted, "surplus": surplus, "repaired": published}])
        said = {"day": row.day.isoformat(), "kind": row.kind}
        if published:
            self._log.event(LogEvent.LEDGER_REPAIRED, "WARNING", **said, events=published)
        if surplus or (published and row.repaired):
            self._log.event(LogEvent.LEDGER_DIFFERS, "ERROR", **said, difference=surplus - published)

    def _staged(self, kind: Kind, first: datetime, last: datetime) -> set[object]:
        """Returns the ids that the warehouse has of a kind, of those received between two moments."""
        rows = self._warehouse.query(
            "SELECT event_id FROM staging.observation_recorded"
            " WHERE kind = @kind AND received_at >= @first AND received_at <= @last",
            {"kind": kind, "first": first, "last": last},
        )
        return {row["event_id"] for row in rows}


def _bounds(day: date) -> tuple[datetime, datetime]:
    start = datetime.combine(day, time(), UTC)
    return start, start + ONE_DAY


def _row(day: date, kind: Kind, events: int, now: datetime) -> dict[str, str | int]:
    return {"day": day.isoformat(), "kind": kind, "events": events, "counted_at": now.isoformat()}
