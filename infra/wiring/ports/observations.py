"""Opens the platform's own intake, for what posts observations to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment

if TYPE_CHECKING:
    from infra.web.observations import HttpObservations
    from infra.wiring.google_environment import GoogleEnvironment
    from shared.ports.observations import Observations, Validations


def observations(on: Environment) -> Observations:
    """Opens the platform's own intake."""
    return on.port("observations", _google)


def validations(on: Environment) -> Validations:
    """Opens the platform's own intake, for results of validation activities."""
    return on.port("observations", _google)


def _google(on: GoogleEnvironment) -> HttpObservations:
    from infra.web.observations import HttpObservations

    # By the API's public address, like any integration: `ingest` itself answers the load balancer alone.
    return HttpObservations(lambda: on.api_url, on.own, on.api_url)
