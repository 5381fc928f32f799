"""Builds the edge of a function that brings one call or thread forward: from its record to its observations."""

from __future__ import annotations

from dataclasses import asdict

from infra.wiring.call_analysis import call_analysis
from infra.wiring.edges.task import task_edge
from infra.wiring.environment import Environment
from shared.platform.edges.internal import Delivery, InnerEdge, Outcome


def call_edge(on: Environment, function: str) -> InnerEdge:
    """Makes the edge; its answer tells what has become of the record."""

    def work(delivery: Delivery) -> Outcome:
        from shared.call_pipeline.messages import CallTask

        task = delivery.read(CallTask)
        imported = call_analysis(on).import_call.run(
            task.record_id, analysis=task.analysis, route=task.route, attempt=task.attempt
        )
        return {name: value for name, value in asdict(imported).items() if value}

    return task_edge(on, function, work)
