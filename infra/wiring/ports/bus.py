"""Opens the bus: Pub/Sub, or the embedded queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment

if TYPE_CHECKING:
    from infra.wiring.google_environment import GoogleEnvironment
    from shared.ports.messages import Bus


def bus(on: Environment) -> Bus:
    """Opens the bus."""
    return on.port("bus", _google)


def _google(on: GoogleEnvironment) -> Bus:
    from infra.gcp.pubsub import PubSubBus

    return PubSubBus(on.project)
