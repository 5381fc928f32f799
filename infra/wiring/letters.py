"""Builds what delivers dead letters again: by itself, so that its function carries nothing else."""

from __future__ import annotations

from infra.wiring.environment import Environment
from infra.wiring.ports.dead_letters import dead_letters
from shared.operations.usecases.deliver_letter import DeliverLetter


def deliver_letter(on: Environment) -> DeliverLetter:
    """Makes the use case."""
    return DeliverLetter(dead_letters(on))
