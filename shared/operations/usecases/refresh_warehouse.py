"""Materialises the warehouse's tables, and reconciles the day that is over."""

from __future__ import annotations

from dataclasses import dataclass

from shared.intake.usecases.reconcile import Reconcile
from shared.ports.warehouse import Warehouse


@dataclass(frozen=True, slots=True)
class Refreshed:
    """The tables, in the order in which they were filled; how many counts differ, None when none were compared."""

    tables: list[str]
    differences: int | None


class RefreshWarehouse:
    """Brings staging and marts up to date."""

    def __init__(self, warehouse: Warehouse, reconcile: Reconcile) -> None:
        self._warehouse = warehouse
        self._reconcile = reconcile

    def run(self) -> Refreshed:
        """Fills every table, then compares the ledger's counts with the warehouse's. Raises Retryable."""
        tables = self._warehouse.refresh()
        return Refreshed(tables, self._reconcile.yesterday())
