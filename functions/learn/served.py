"""Names what the app asks: the API's routes of a learner's own."""

from __future__ import annotations

from infra.wiring.environment import Environment
from infra.wiring.evidence import evidence
from shared.evidence.api import api as evidence_api
from shared.platform.edges.routes import Served


def served(on: Environment) -> list[Served]:
    """Returns the routes that are answered below /learn, with the session as the caller."""
    return [*evidence_api.served(lambda: evidence(on))]
