"""Builds the health check, apart from what people do about its findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment
from infra.wiring.ports.dead_letters import dead_letters
from infra.wiring.ports.documents import documents
from infra.wiring.ports.probes import probes

if TYPE_CHECKING:
    from shared.operations.usecases.check_health import CheckHealth


def health(on: Environment) -> CheckHealth:
    """Makes the health check."""
    from shared.operations.usecases.check_health import AskIntegrations, CheckHealth

    outside = AskIntegrations(probes(on), on.connected.secrets_set)
    return CheckHealth(documents(on), dead_letters(on), outside, on.clock, on.log)
