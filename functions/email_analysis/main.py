"""One e-mail thread becomes one field observation per employee who wrote.

In:   a task with the thread's record.
Out:  observations in `ingest`, `call-analysed`.
Not:  503 has the task delivered again; what was posted is known.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.call_analysis import call_analysis
from infra.wiring.edges.task import task_edge
from infra.wiring.environment import Environment, environment
from shared.kernel.reading import validated
from shared.platform.edges.internal import InnerEdge


def email_analysis(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work(payload: dict[str, Any]) -> Mapping[str, Any]:
        from shared.call_pipeline.messages import CallTask

        task = validated(CallTask, payload)
        imported = call_analysis(on).import_call.run(
            task.record_id, analysis=task.analysis, route=task.route, attempt=task.attempt
        )
        return {name: value for name, value in asdict(imported).items() if value}

    return task_edge(on, "email_analysis", work)
