"""Builds reviews and certificates."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from infra.wiring.conversations import conversations
from infra.wiring.environment import Environment
from infra.wiring.frameworks import frameworks
from infra.wiring.intake import intake
from infra.wiring.people import people
from infra.wiring.platform import platform
from infra.wiring.ports.bus import bus
from infra.wiring.ports.documents import documents
from infra.wiring.ratings import ratings

if TYPE_CHECKING:
    from shared.reviews.usecases.certify import Certify
    from shared.reviews.usecases.review_queue import ReviewQueue
    from shared.reviews.usecases.reviews import Reviews
    from shared.reviews.usecases.settings import Settings


class ReviewsUseCases:
    """Makes each use case of reviews when it is first asked for."""

    def __init__(self, on: Environment) -> None:
        self._on = on

    @cached_property
    def review_items(self) -> ReviewQueue:
        from shared.reviews.usecases.review_queue import ReviewQueue

        on = self._on
        return ReviewQueue(documents(on), frameworks(on).configuration, on.log)

    @cached_property
    def reviews(self) -> Reviews:
        from shared.reviews.usecases.reviews import Reviews

        on = self._on
        return Reviews(
            documents(on),
            bus(on),
            frameworks(on).configuration,
            intake(on).events,
            people(on).records,
            conversations(on).deals,
            platform(on).audit,
            on.clock,
            on.log,
        )

    @cached_property
    def settings(self) -> Settings:
        from shared.reviews.usecases.settings import Settings

        on = self._on
        return Settings(documents(on), frameworks(on).configuration, platform(on).audit)

    @cached_property
    def certify(self) -> Certify:
        from shared.reviews.usecases.certify import Certify

        on = self._on
        return Certify(
            documents(on), frameworks(on).configuration, ratings(on).recalculate, platform(on).audit, on.clock, on.log
        )


def reviews(on: Environment) -> ReviewsUseCases:
    """Returns the use cases of reviews on an environment."""
    return on.once(ReviewsUseCases)
