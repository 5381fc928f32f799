"""Builds health, dead letters, replay and activity."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from infra.wiring.call_pipeline import call_pipeline
from infra.wiring.environment import Environment
from infra.wiring.health import health
from infra.wiring.intake import intake
from infra.wiring.people import people
from infra.wiring.platform import platform
from infra.wiring.ports.dead_letters import dead_letters
from infra.wiring.ports.documents import documents
from infra.wiring.privacy import privacy

if TYPE_CHECKING:
    from shared.operations.usecases.activity import Activity
    from shared.operations.usecases.health import Health
    from shared.platform.usecases.audit import Audit
    from shared.platform.usecases.quarantine import Quarantine, TakeIn
    from shared.ports.messages import DeadLetters


class OperationsUseCases:
    """Makes each use case of operations when it is first asked for."""

    def __init__(self, on: Environment) -> None:
        self._on = on

    @cached_property
    def health(self) -> Health:
        """Tells what the last check found."""
        return health(self._on, {})

    @cached_property
    def activity(self) -> Activity:
        from shared.operations.usecases.activity import Activity

        on = self._on
        return Activity(documents(on), people(on).in_sight, privacy(on).first_sight)

    @property
    def dead_letters(self) -> DeadLetters:
        return dead_letters(self._on)

    @property
    def audit(self) -> Audit:
        return platform(self._on).audit

    @property
    def quarantine(self) -> Quarantine:
        return platform(self._on).quarantine

    @cached_property
    def take_in(self) -> Mapping[str, TakeIn]:
        """For quarantined input, by its source, what takes it in again."""
        from shared.operations.usecases.taking_in import take_in

        on = self._on
        return take_in(lambda: intake(on).events, lambda: self.quarantine, lambda: call_pipeline(on).reanalyse_call)


def operations(on: Environment) -> OperationsUseCases:
    """Returns the use cases of operations on an environment."""
    return on.once(OperationsUseCases)
