"""Counts for those who lead: open deals by their risk, and once a day what people prepared for them.

Triggers: Cloud Scheduler, hourly.
Produces: the totals that the page of the pipeline and its route show; of each day a row per activity in the warehouse.
Errors:   503 has it triggered again; counting twice changes nothing.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.schedule import schedule_edge
from infra.wiring.enablement import enablement
from infra.wiring.environment import Environment, environment
from infra.wiring.preparation_count import preparation_count
from shared.kernel.json_values import JsonObject
from shared.platform.edges.internal import InnerEdge


def pipeline_totals(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    return schedule_edge(on, "pipeline_totals", lambda: count(on))


def count(on: Environment) -> JsonObject:
    counted = enablement(on).count_pipeline.run()
    carried = preparation_count(on).today()
    return {"deals": counted.deals, "leaders": counted.leaders, "activities": carried}
