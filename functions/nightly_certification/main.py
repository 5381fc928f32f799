"""Starts the night's comparison of scorers with people.

Triggers: Cloud Scheduler.
Produces: the task of the first part; a second trigger of the same hour joins it.
Errors:   503 has it triggered again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.schedule import schedule_edge
from infra.wiring.environment import Environment, environment
from infra.wiring.reviews import reviews
from shared.platform.edges.internal import InnerEdge, Outcome


def nightly_certification(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work() -> Outcome:
        return {"begun_at": reviews(on).begin_certifying.nightly()}

    return schedule_edge(on, "nightly_certification", work)
