"""Builds the configuration in force, and the records behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment, Wiring, wired
from infra.wiring.ports.documents import documents

if TYPE_CHECKING:
    from shared.frameworks.records import FrameworkRecords
    from shared.frameworks.usecases.configuration import Configuration


class FrameworksUseCases(Wiring):
    """Makes each use case of frameworks when it is first asked for."""

    @wired
    def configuration(self) -> Configuration:
        from shared.frameworks.usecases.configuration import Configuration

        return Configuration(documents(self._on), self._on.clock)

    @wired
    def records(self) -> FrameworkRecords:
        from shared.frameworks.records import FrameworkRecords

        return FrameworkRecords(documents(self._on))


def frameworks(on: Environment) -> FrameworksUseCases:
    """Returns the use cases of frameworks on an environment."""
    return on.once(FrameworksUseCases)
