"""Starts the night's comparison with the company's directory.

Triggers: Cloud Scheduler.
Produces: the task of the directory's first page; a second trigger of the same night joins it.
Errors:   503 has it triggered again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.schedule import schedule_edge
from infra.wiring.environment import Environment, environment
from infra.wiring.people import people
from shared.platform.edges.internal import InnerEdge, Outcome


def nightly_directory(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work() -> Outcome:
        return {"run": people(on).begin_synchronising.nightly()}

    return schedule_edge(on, "nightly_directory", work)
