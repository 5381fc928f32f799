"""Delivers one dead letter again: the only function that may call others in the place of their topics and queues.

Triggers: a task with `letter_id`, which the portal and the API make of a person's decision.
Produces: the delivery; a letter that its receiver refuses again stays, with the new reason.
Errors:   503 has the task delivered again; a letter that is gone is done.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.task import task_edge
from infra.wiring.environment import Environment, environment
from infra.wiring.letters import deliver_letter
from shared.platform.edges.internal import Delivery, InnerEdge, Outcome


def replay_letter(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work(delivery: Delivery) -> Outcome:
        from shared.operations.messages import LetterTask

        return on.once(deliver_letter).deliver(delivery.read(LetterTask).letter_id)

    return task_edge(on, "replay_letter", work)
