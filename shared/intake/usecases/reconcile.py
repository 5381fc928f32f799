"""Reconciles every day that is over: whether the warehouse holds as many events as the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import get_args

import msgspec

from shared.kernel.log_events import LogEvent
from shared.observations.domain.observation import Kind
from shared.observations.records import Ledger
from shared.ports.ambient import Clock, Log
from shared.ports.warehouse import Warehouse

COUNTS = "checks.ledger_counts"
CHECK = "ledger_reconciliation"
FIRST_HOUR = 3
"""Of the day, UTC: by then yesterday's last messages have arrived."""
PAGE = 1000


@dataclass(frozen=True, slots=True)
class _Difference:
    """A row of the check."""

    day: date
    kind: str
    difference: int


class Reconcile:
    """Counts yesterday's events in the ledger once, and compares."""

    def __init__(self, ledger: Ledger, warehouse: Warehouse, clock: Clock, log: Log) -> None:
        self._ledger = ledger
        self._warehouse = warehouse
        self._clock = clock
        self._log = log

    def yesterday(self) -> int | None:
        """Returns how many (day, kind) differ; None when it is too early, or yesterday has been reconciled.

        A difference is logged as an error, with the day, the kind and by how much.
        """
        now = self._clock.now()
        day = now.date() - timedelta(days=1)
        if now.hour < FIRST_HOUR or self._counted(day):
            return None
        start = datetime.combine(day, time(), UTC)
        rows = [
            {
                "day": day.isoformat(),
                "kind": kind,
                "events": self._ledger.count(kind, start, start + timedelta(days=1), page=PAGE),
                "counted_at": now.isoformat(),
            }
            for kind in get_args(Kind)
        ]
        self._warehouse.load(COUNTS, rows)
        differences = msgspec.convert(self._warehouse.check(CHECK), list[_Difference])
        for row in differences:
            self._log.event(
                LogEvent.LEDGER_DIFFERS,
                "ERROR",
                day=row.day.isoformat(),
                kind=row.kind,
                difference=row.difference,
            )
        self._log.event(LogEvent.LEDGER_RECONCILED, day=day.isoformat(), differences=len(differences))
        return len(differences)

    def _counted(self, day: date) -> bool:
        sql = f"SELECT COUNT(*) AS counted FROM {COUNTS} WHERE day = @day"
        rows = self._warehouse.query(sql, {"day": day})
        return bool(rows[0]["counted"])
