"""Erases one person from every store, part by part.

Triggers: a task with `run_id`; whom it erases stands in the run.
Produces: documents, words, undelivered messages and rows without the person; the run's report; a task for the rest.
Errors:   503 has the task delivered again, and it goes on where it was.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.task import task_edge
from infra.wiring.environment import Environment, environment
from infra.wiring.erasure import eraser
from shared.platform.edges.internal import Delivery, InnerEdge, Outcome


def erase_person(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work(delivery: Delivery) -> Outcome:
        from shared.privacy.messages import ErasureTask

        return on.once(eraser).work(delivery.read(ErasureTask).run_id)

    return task_edge(on, "erase_person", work)
