"""Names what the app asks: the API's routes of a learner's own."""

from __future__ import annotations

from infra.wiring.environment import Environment
from shared.platform.edges.routes import Served


def served(on: Environment) -> list[Served]:
    """Returns the routes that are answered below /learn, with the session as the caller."""
    return []
