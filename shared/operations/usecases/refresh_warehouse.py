"""Materialises the warehouse's tables, and reconciles the days that are over."""

from __future__ import annotations

from dataclasses import dataclass

from shared.intake.usecases.reconcile import Reconcile
from shared.ports.warehouse import Warehouse
from shared.ratings.usecases.count_likely_ready import CountLikelyReady


@dataclass(frozen=True, slots=True)
class Refreshed:
    """The tables, in the order in which they were filled; how many counts differ, None when none were compared; for how
    many frameworks it was counted who is likely ready."""

    tables: list[str]
    differences: int | None
    counted: int


class RefreshWarehouse:
    """Brings staging and marts up to date."""

    def __init__(self, warehouse: Warehouse, reconcile: Reconcile, likely_ready: CountLikelyReady) -> None:
        self._warehouse = warehouse
        self._reconcile = reconcile
        self._likely_ready = likely_ready

    def run(self) -> Refreshed:
        """Counts who is likely ready, fills every table, then compares the ledger's counts with the warehouse's.

        Raises Retryable.
        """
        counted = self._likely_ready.today()
        tables = self._warehouse.refresh()
        return Refreshed(tables, self._reconcile.days_over(), counted)
