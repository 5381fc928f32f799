"""Moves one person to another id in every store, part by part.

Triggers: a task with `run_id`; who is moved stands in the run.
Produces: documents, words' owners and rows under the new id; the person's facts anew; a task for the rest.
Errors:   503 has the task delivered again, and it goes on where it was.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.task import task_edge
from infra.wiring.environment import Environment, environment
from infra.wiring.moving import mover
from shared.platform.edges.internal import Delivery, InnerEdge, Outcome


def move_person(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work(delivery: Delivery) -> Outcome:
        from shared.identities.messages import MoveTask

        return on.once(mover).work(delivery.read(MoveTask).run_id)

    return task_edge(on, "move_person", work)
