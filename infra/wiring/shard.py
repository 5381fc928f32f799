"""Builds the recalculation of a shard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment
from infra.wiring.frameworks import frameworks
from infra.wiring.ports.bus import bus
from infra.wiring.ports.documents import documents
from infra.wiring.ratings import ratings

if TYPE_CHECKING:
    from shared.ratings.usecases.recalculate_shard import RecalculateShard


def shard(on: Environment) -> RecalculateShard:
    """Makes the recalculation of many employees at once."""
    from shared.ratings.usecases.rate_members import RateMembers
    from shared.ratings.usecases.rebuild_state import RebuildState
    from shared.ratings.usecases.recalculate_shard import RecalculateShard

    configuration = frameworks(on).configuration
    rebuilding = RebuildState(documents(on), configuration, on.log)
    members = RateMembers(documents(on), rebuilding, ratings(on).ratings, configuration)
    return RecalculateShard(documents(on), members, bus(on), on.clock, on.log)
