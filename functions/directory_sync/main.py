"""Brings names, managers and activity of known people from the company's directory.

Triggers: Cloud Scheduler, nightly.
Produces: employee records, `employee-changed`.
Errors:   503 has it triggered again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.schedule import schedule_edge
from infra.wiring.environment import Environment, environment
from infra.wiring.synchronisation import synchronisation
from shared.platform.edges.internal import InnerEdge, Outcome


def directory_sync(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work() -> Outcome:
        counts = synchronisation(on).nightly()
        return {"configured": False} if counts is None else counts

    return schedule_edge(on, "directory_sync", work)
