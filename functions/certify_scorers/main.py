"""Brings every scorer's certificate up to date: how far its scores agree with people's, per competency.

Triggers: Cloud Scheduler, nightly.
Produces: certificates with their day's history; where a scorer agrees too little, parameters under which its unreviewed
          scores stop counting, and a recalculation.
Errors:   503 has it triggered again; doing it twice changes nothing.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.schedule import schedule_edge
from infra.wiring.environment import Environment, environment
from infra.wiring.reviews import reviews
from shared.platform.edges.internal import InnerEdge


def certify_scorers(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    return schedule_edge(on, "certify_scorers", lambda: reviews(on).certify.run())
