"""Builds what carries preparation into the warehouse, apart: no other function of enablement stands on a warehouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment
from infra.wiring.ports.documents import documents
from infra.wiring.ports.warehouse import warehouse

if TYPE_CHECKING:
    from shared.enablement.usecases.count_preparation import CountPreparation


def preparation_count(on: Environment) -> CountPreparation:
    """Makes the use case."""
    from shared.deals.records import DealRecords
    from shared.enablement.records import AssignmentRecords, TrialRecords
    from shared.enablement.usecases.count_preparation import CountPreparation

    kept = documents(on)
    return CountPreparation(AssignmentRecords(kept), TrialRecords(kept), DealRecords(kept), warehouse(on), on.clock)
