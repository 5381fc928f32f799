"""Spreads a request to analyse a period's calls again.

Triggers: a task with the run.
Produces: a task for every call of the period.
Errors:   503 has the task delivered again; a call is asked for once.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.call_pipeline import call_pipeline
from infra.wiring.edges.task import task_edge
from infra.wiring.environment import Environment, environment
from shared.platform.edges.internal import Delivery, InnerEdge, Outcome


def reanalyse_calls(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work(delivery: Delivery) -> Outcome:
        from shared.call_pipeline.messages import ReanalysisTask

        return {"calls": call_pipeline(on).spread_reanalysis.spread(delivery.read(ReanalysisTask).run_id)}

    return task_edge(on, "reanalyse_calls", work)
