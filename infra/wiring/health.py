"""Builds the health check, apart from what people do about its findings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from infra.wiring.environment import Environment
from infra.wiring.ports.dead_letters import dead_letters
from infra.wiring.ports.documents import documents

if TYPE_CHECKING:
    from shared.operations.usecases.check_health import CheckHealth
    from shared.ports.ambient import Probe


def health(on: Environment, probes: Mapping[str, Probe | None]) -> CheckHealth:
    """Makes the health check. probes: what is asked, by integration"""
    from shared.operations.usecases.check_health import AskIntegrations, CheckHealth

    outside = AskIntegrations(probes, on.connected.secrets_set)
    return CheckHealth(documents(on), dead_letters(on), outside, on.clock, on.log)
