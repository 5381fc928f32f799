"""Builds what fills the warehouse, and compares the ledger with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment
from infra.wiring.frameworks import frameworks
from infra.wiring.people import people
from infra.wiring.ports.bus import bus
from infra.wiring.ports.documents import documents
from infra.wiring.ports.warehouse import warehouse

if TYPE_CHECKING:
    from shared.operations.usecases.refresh_warehouse import RefreshWarehouse


def refresh_warehouse(on: Environment) -> RefreshWarehouse:
    """Makes what fills the warehouse's tables and reconciles the days that are over."""
    from shared.intake.usecases.reconcile import Reconcile
    from shared.observations.records import Ledger
    from shared.operations.usecases.note_first_hours import NoteFirstHours
    from shared.operations.usecases.refresh_warehouse import RefreshWarehouse
    from shared.ratings.records import RatingsRecords, RecalculationRecords
    from shared.ratings.usecases.count_likely_ready import CountLikelyReady

    opened = warehouse(on)
    reconcile = Reconcile(Ledger(documents(on)), opened, bus(on), on.clock, on.log)
    records = RatingsRecords(documents(on)), RecalculationRecords(documents(on))
    counting = CountLikelyReady(records, people(on).records, frameworks(on).configuration, opened, on.clock)
    first_hours = NoteFirstHours(opened, frameworks(on).configuration, on.clock)
    return RefreshWarehouse(opened, reconcile, counting, first_hours, on.log)
