"""Opens what posts webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment

if TYPE_CHECKING:
    from infra.wiring.google_environment import GoogleEnvironment
    from shared.subscriptions.ports.receivers import Receivers


def receivers(on: Environment) -> Receivers:
    """Opens what posts webhooks."""
    return on.port("receivers", _google)


def _google(on: GoogleEnvironment) -> Receivers:
    from infra.web.receivers import HttpReceivers

    return HttpReceivers()
