"""Starts a round over the learners whom the coach may nudge.

Triggers: Cloud Scheduler, every half hour.
Produces: the task of the first page of learners; a second trigger of the same half hour joins it.
Errors:   503 has it triggered again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.coaching import coaching
from infra.wiring.edges.schedule import schedule_edge
from infra.wiring.environment import Environment, environment
from shared.platform.edges.internal import InnerEdge, Outcome


def begin_nudges(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work() -> Outcome:
        return {"run": coaching(on).begin_nudges.begin()}

    return schedule_edge(on, "begin_nudges", work)
