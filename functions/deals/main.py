"""Takes in who works on a deal and what came of it, and answers what follows.

Triggers: POST /api/v1/{deal-assignments, deal-outcomes}, JSON, an ID token of the CRM's middleware.
Produces: 201 with the snapshot, the risk and what is assigned; 200 for what is known already; `deal-changed`.
Errors:   4xx problem details name the field; 503 asks to send the same again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.authentication import authentication
from infra.wiring.edges.every_path import answers_every_path
from infra.wiring.edges.traffic import traffic
from infra.wiring.enablement import enablement
from infra.wiring.environment import Environment, environment
from shared.enablement.api import telling
from shared.platform.edges.http import HttpEdge


@answers_every_path
def deals(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> HttpEdge:
    served = telling.served(lambda: enablement(on))
    return HttpEdge(served, authentication(on, "deals"), on.log, traffic(on))
