"""Builds what compares the ledger with the warehouse, apart from the acceptance of events, which needs no warehouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment
from infra.wiring.ports.documents import documents
from infra.wiring.ports.warehouse import warehouse

if TYPE_CHECKING:
    from shared.intake.usecases.reconcile import Reconcile


def reconciliation(on: Environment) -> Reconcile:
    """Makes what compares a day's events in the ledger with those in the warehouse."""
    from shared.intake.usecases.reconcile import Reconcile
    from shared.observations.records import Ledger

    return Reconcile(Ledger(documents(on)), warehouse(on), on.clock, on.log)
