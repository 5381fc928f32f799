"""Makes one field observation of an e-mail thread per employee who wrote.

Triggers: a task with the thread's record.
Produces: observations in `ingest`, `call-analysed`.
Errors:   503 has the task delivered again; what was posted is known.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.call_analysis import call_analysis
from infra.wiring.edges.task import task_edge
from infra.wiring.environment import Environment, environment
from shared.platform.edges.internal import Delivery, InnerEdge, Outcome


def email_analysis(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work(delivery: Delivery) -> Outcome:
        from shared.call_pipeline.messages import CallTask

        return call_analysis(on).import_call.run(delivery.read(CallTask)).told

    return task_edge(on, "email_analysis", work)
