"""Opens what asks whether the data of the embedded platform are whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment

if TYPE_CHECKING:
    from shared.ports.ambient import Probe


def storage_probe(on: Environment) -> Probe | None:
    """Opens the probe; None on Google Cloud, where the stores look after themselves."""
    return on.port("storage", lambda _: None)
