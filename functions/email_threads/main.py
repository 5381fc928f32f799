"""Takes in exported e-mail threads.

Triggers: POST /api/v1/email-threads, JSON, an ID token of an integration.
Produces: 202 with the thread's record and who is scored; 200 for an export that is known.
Errors:   4xx problem details name the field; what is rejected is kept nowhere; 503 asks to send the same again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.call_threads import call_threads
from infra.wiring.edges.authentication import authentication
from infra.wiring.edges.every_path import answers_every_path
from infra.wiring.edges.traffic import traffic
from infra.wiring.environment import Environment, environment
from shared.call_pipeline.api import threads
from shared.platform.edges.http import HttpEdge


@answers_every_path
def email_threads(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> HttpEdge:
    served = threads.served(lambda: call_threads(on))
    return HttpEdge(served, authentication(on, "email_threads"), on.log, traffic(on))
