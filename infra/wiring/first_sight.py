"""Builds what lets the employee see a call's scores first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment
from infra.wiring.frameworks import frameworks
from infra.wiring.ports.documents import documents

if TYPE_CHECKING:
    from shared.privacy.usecases.first_sight import FirstSight


def first_sight(on: Environment) -> FirstSight:
    """Makes what tells which scores are not open for a caller yet."""
    from shared.observations.records import Ledger
    from shared.privacy.usecases.first_sight import FirstSight
    from shared.reviews.records import ReviewRecords

    live, configuration = documents(on), frameworks(on).configuration
    return FirstSight(Ledger(live), ReviewRecords(live), configuration, on.clock)
