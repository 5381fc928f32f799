"""Builds the gate before the language model, apart from its client: who only looks at the gate carries no client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment
from infra.wiring.ports.integrations import integrations

if TYPE_CHECKING:
    from shared.analysts.usecases.model_gate import ModelGate


def model_gate(on: Environment) -> ModelGate:
    """Makes what keeps the gate before the language model."""
    from shared.analysts.records import Outages
    from shared.analysts.usecases.model_gate import ModelGate

    return ModelGate(Outages(integrations(on)), on.clock)
