"""Erases one person from every store, part by part.

In:   a task with `run_id`; whom it erases stands in the run.
Out:  documents, words, undelivered messages and rows without the person; the run's report; a task for the rest.
Not:  503 has the task delivered again, and it goes on where it was.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.task import task_edge
from infra.wiring.environment import Environment, environment
from infra.wiring.erasure import eraser
from shared.kernel.reading import validated
from shared.platform.edges.internal import InnerEdge


def erase_person(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work(payload: dict[str, Any]) -> Mapping[str, Any]:
        from shared.privacy.messages import ErasureTask

        return asdict(on.once(eraser).work(validated(ErasureTask, payload).run_id))

    return task_edge(on, "erase_person", work)
