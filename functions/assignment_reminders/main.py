"""Reminds people of what is not done, and tells managers where nothing of it is, before it is due.

Triggers: Cloud Scheduler, every quarter of an hour.
Produces: a notice for each assignment and stage, once; how many were told, in the answer.
Errors:   503 has it triggered again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.schedule import schedule_edge
from infra.wiring.enablement import enablement
from infra.wiring.environment import Environment, environment
from shared.platform.edges.internal import InnerEdge


def assignment_reminders(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    return schedule_edge(on, "assignment_reminders", lambda: enablement(on).remind.remind())
