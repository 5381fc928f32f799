"""Sends the calls that are ready in a message batch, at half the price.

Triggers: the schedule.
Produces: batches at the vendor, and a task for each that collects it.
Errors:   503 has it run again; what was gathered and not sent is sent then.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.call_analysis import call_analysis
from infra.wiring.edges.schedule import schedule_edge
from infra.wiring.environment import Environment, environment
from shared.platform.edges.internal import InnerEdge, Outcome


def analysis_submit(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work() -> Outcome:
        submitting = call_analysis(on).submit_batches
        return {"configured": False} if submitting is None else submitting.submit()

    return schedule_edge(on, "analysis_submit", work)
