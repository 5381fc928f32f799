"""Opens the platform's own intake, for what posts observations to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment

if TYPE_CHECKING:
    from infra.wiring.google_environment import GoogleEnvironment
    from shared.ports.observations import Observations


def observations(on: Environment) -> Observations:
    """Opens the platform's own intake."""
    return on.port("observations", _google)


def _google(on: GoogleEnvironment) -> Observations:
    from infra.web.observations import HttpObservations

    address = on.url("ingest")

    return HttpObservations(lambda: address, on.own, address)
