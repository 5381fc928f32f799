"""Makes one field observation of a call per employee who spoke.

Triggers: a task with the call's record, the request it is about, and how often it has been put off.
Produces: the conversation in its bucket, observations in `ingest`, `call-analysed`; or a later task, if it is early.
Errors:   unreadable answers fail the call, for a person to see; 503 has the task delivered again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.call_analysis import call_analysis
from infra.wiring.edges.task import task_edge
from infra.wiring.environment import Environment, environment
from shared.platform.edges.internal import Delivery, InnerEdge, Outcome


def gong_call(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work(delivery: Delivery) -> Outcome:
        from shared.call_pipeline.messages import CallTask

        return call_analysis(on).import_call.run(delivery.read(CallTask)).told

    return task_edge(on, "gong_call", work)
