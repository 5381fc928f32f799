"""Takes in validation events, field observations and learning activities, one or a list.

Triggers: POST /api/v1/{validation-events, field-observations, learning-activities}, JSON, an integration's ID token.
Produces: 201 with ratings before and after and what to do next; 200 for a known event; 207 for a list.
Errors:   4xx problem details name the field, and the input is quarantined; 503 asks to send the same again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.authentication import authentication
from infra.wiring.edges.every_path import answers_every_path
from infra.wiring.edges.traffic import traffic
from infra.wiring.environment import Environment, environment
from infra.wiring.intake import intake
from shared.intake.api import api as histories
from shared.intake.api import recording
from shared.platform.edges.http import HttpEdge


@answers_every_path
def ingest(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> HttpEdge:
    """Serves the recording routes; a history's address is answered with its methods."""
    served = recording.served(lambda: intake(on))
    return HttpEdge(served, authentication(on, "ingest"), on.log, traffic(on), elsewhere=histories.routes)
