"""Builds the administration of skills, rules and unmapped words."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from infra.wiring.environment import Environment
from infra.wiring.frameworks import frameworks
from infra.wiring.platform import platform
from infra.wiring.ports.bus import bus
from infra.wiring.ports.documents import documents
from infra.wiring.ratings import ratings

if TYPE_CHECKING:
    from shared.taxonomy.usecases.held_scores import HeldScores
    from shared.taxonomy.usecases.skills import Skills


class TaxonomyUseCases:
    """Makes each use case of taxonomy when it is first asked for."""

    def __init__(self, on: Environment) -> None:
        self._on = on

    @cached_property
    def skills(self) -> Skills:
        from shared.taxonomy.usecases.skills import Skills

        on = self._on
        return Skills(
            documents(on), bus(on), frameworks(on).configuration, ratings(on).recalculate, platform(on).audit, on.clock
        )

    @cached_property
    def held_scores(self) -> HeldScores:
        from shared.taxonomy.usecases.held_scores import HeldScores

        on = self._on
        return HeldScores(documents(on), frameworks(on).configuration, self.skills, platform(on).audit)


def taxonomy(on: Environment) -> TaxonomyUseCases:
    """Returns the use cases of taxonomy on an environment."""
    return on.once(TaxonomyUseCases)
