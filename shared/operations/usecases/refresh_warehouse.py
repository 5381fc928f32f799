"""Materialises the warehouse's tables, and reconciles the days that are over."""

from __future__ import annotations

from dataclasses import dataclass

from shared.intake.usecases.reconcile import Reconcile
from shared.kernel.log_events import LogEvent
from shared.operations.usecases.note_first_hours import NoteFirstHours
from shared.ports.ambient import Log
from shared.ports.warehouse import TooMuchToRead, Warehouse
from shared.ratings.usecases.count_likely_ready import CountLikelyReady


@dataclass(frozen=True, slots=True)
class Refreshed:
    """The tables, in the order in which they were filled; how many counts differ, None when none were compared; for how
    many frameworks it was counted who is likely ready; the tables that keep what they had, since filling them would
    read more than the limit."""

    tables: list[str]
    differences: int | None
    counted: int
    refused: list[str]


class RefreshWarehouse:
    """Brings staging and marts up to date."""

    def __init__(
        self,
        warehouse: Warehouse,
        reconcile: Reconcile,
        likely_ready: CountLikelyReady,
        first_hours: NoteFirstHours,
        log: Log,
    ) -> None:
        self._warehouse = warehouse
        self._reconcile = reconcile
        self._likely_ready = likely_ready
        self._first_hours = first_hours
        self._log = log

    def run(self) -> Refreshed:
        """Counts who is likely ready, fills every table, then compares the ledger's counts with the warehouse's.

        Raises Retryable.
        """
        self._first_hours.note()
        counted = self._likely_ready.today()
        tables, refused = self._filled()
        return Refreshed(tables, self._reconcile.days_over(), counted, refused)

    def _filled(self) -> tuple[list[str], list[str]]:
        """Returns the tables that were filled, and those that were refused: each alerts, and stops no other."""
        try:
            return self._warehouse.refresh(), []
        except TooMuchToRead as error:
            for table in error.refused:
                self._log.event(LogEvent.WAREHOUSE_REFUSED, "ERROR", table=table)
            return list(error.filled), list(error.refused)
