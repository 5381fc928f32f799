"""Answers one learner's messages in their order.

Triggers: a task with the inbox, named by no id of the learner's.
Produces: the coach's messages on WhatsApp, each known to be sent at most once; kept files as evidence.
Errors:   while another answers the same learner the task comes back when that must be over; 503 has it delivered again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.answering import answering
from infra.wiring.edges.task import task_edge
from infra.wiring.environment import Environment, environment
from shared.platform.edges.internal import Delivery, InnerEdge, Outcome


def coach_reply(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work(delivery: Delivery) -> Outcome:
        from shared.coaching.messages import InboxTask

        return answering(on).answer_inbox.answer(delivery.read(InboxTask))

    return task_edge(on, "coach_reply", work)
