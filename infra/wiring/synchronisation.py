"""Builds the comparison with the company's directory, the part of people that asks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment
from infra.wiring.people import people
from infra.wiring.ports.directory import directory

if TYPE_CHECKING:
    from shared.people.usecases.synchronise_people import SynchronisePeople


def synchronisation(on: Environment) -> SynchronisePeople:
    """Makes the nightly comparison with the directory that is connected."""
    return people(on).synchronise(directory(on))
