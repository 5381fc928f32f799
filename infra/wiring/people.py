"""Builds the use cases about people."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from infra.wiring.environment import Environment
from infra.wiring.frameworks import frameworks
from infra.wiring.platform import platform
from infra.wiring.ports.bus import bus
from infra.wiring.ports.documents import documents

if TYPE_CHECKING:
    from shared.people.usecases.people import People


class PeopleUseCases:
    """Makes each use case of people when it is first asked for."""

    def __init__(self, on: Environment) -> None:
        self._on = on

    @cached_property
    def people(self) -> People:
        from shared.people.usecases.people import People

        on = self._on
        return People(
            documents(on),
            bus(on),
            frameworks(on).configuration,
            platform(on).audit,
            on.clock,
            on.services,
            on.administrators,
        )


def people(on: Environment) -> PeopleUseCases:
    """Returns the use cases of people on an environment."""
    return on.once(PeopleUseCases)
