"""Materialises the warehouse's tables, and reconciles the days that are over."""

from __future__ import annotations

from dataclasses import dataclass

from shared.frameworks.usecases.configuration import Configuration
from shared.intake.usecases.reconcile import Reconcile
from shared.ports.ambient import Clock
from shared.ports.warehouse import Row, Warehouse
from shared.ratings.usecases.count_likely_ready import CountLikelyReady

SETTINGS = "staging.review_settings"


@dataclass(frozen=True, slots=True)
class Refreshed:
    """The tables, in the order in which they were filled; how many counts differ, None when none were compared; for how
    many frameworks it was counted who is likely ready."""

    tables: list[str]
    differences: int | None
    counted: int


class RefreshWarehouse:
    """Brings staging and marts up to date."""

    def __init__(
        self,
        warehouse: Warehouse,
        reconcile: Reconcile,
        likely_ready: CountLikelyReady,
        configuration: Configuration,
        clock: Clock,
    ) -> None:
        self._warehouse = warehouse
        self._reconcile = reconcile
        self._likely_ready = likely_ready
        self._configuration = configuration
        self._clock = clock

    def run(self) -> Refreshed:
        """Counts who is likely ready, fills every table, then compares the ledger's counts with the warehouse's.

        Raises Retryable.
        """
        self._note_first_hours()
        counted = self._likely_ready.today()
        tables = self._warehouse.refresh()
        return Refreshed(tables, self._reconcile.days_over(), counted)

    def _note_first_hours(self) -> None:
        """Tells the warehouse for how long an employee alone sees a call's scores, where that is news to it."""
        hours = self._configuration.reviews().employee_first_hours
        known = self._warehouse.query(f"SELECT employee_first_hours FROM {SETTINGS} ORDER BY known_at DESC LIMIT 1")
        if not known or known[0]["employee_first_hours"] != hours:
            row: Row = {"employee_first_hours": hours, "known_at": self._clock.now().isoformat()}
            self._warehouse.load(SETTINGS, [row])
