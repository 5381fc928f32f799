"""Asks for a message batch until it has ended, and posts what it brings.

Triggers: a task with the batch.
Produces: observations in `ingest`, `call-analysed`; calls that have to be asked for again are ready again.
Errors:   503 has the task delivered again; what was posted is known.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.call_analysis import call_analysis
from infra.wiring.edges.task import task_edge
from infra.wiring.environment import Environment, environment
from shared.platform.edges.internal import Delivery, InnerEdge, Outcome


def analysis_collect(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work(delivery: Delivery) -> Outcome:
        from shared.call_pipeline.messages import BatchTask

        task = delivery.read(BatchTask)
        return call_analysis(on).collect_batch.collect(task.batch_id, task.polls)

    return task_edge(on, "analysis_collect", work)
