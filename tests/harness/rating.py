"""Updates ratings on a store, where a whole platform would measure too much."""

from __future__ import annotations

from shared.frameworks.usecases.configuration import Configuration
from shared.ports.ambient import Clock
from shared.ports.documents import Documents
from shared.ports.messages import Bus
from shared.ratings.records import RatingsRecords
from shared.ratings.usecases.publish_pending import PublishPending
from shared.ratings.usecases.update_rating import UpdateRatings


def updating(documents: Documents, bus: Bus, configuration: Configuration, clock: Clock) -> UpdateRatings:
    """Returns what rates one employee."""
    return UpdateRatings(documents, PublishPending(RatingsRecords(documents), bus, clock), configuration, clock)
