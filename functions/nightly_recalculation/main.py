"""Starts the night's run: every employee as of today.

Triggers: Cloud Scheduler.
Produces: the run's document and the first task, which shares it out; a second trigger of the same night joins it.
Errors:   503 has it triggered again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.schedule import schedule_edge
from infra.wiring.environment import Environment, environment
from infra.wiring.ratings import ratings
from shared.platform.edges.internal import InnerEdge, Outcome


def nightly_recalculation(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work() -> Outcome:
        return ratings(on).recalculate.start(started_by="schedule", nightly=True).model_dump(mode="json")

    return schedule_edge(on, "nightly_recalculation", work)
