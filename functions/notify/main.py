"""Carries what people are told beyond the portal: by e-mail and Slack, as each of them chose, once.

Triggers: a task: a notice to make deliveries of, a delivery to attempt, or what was kept for the day's summary.
Produces: deliveries with their outcome; later tasks for what must wait; a paused channel and a notice of that.
Errors:   what the other side does is an outcome and no error; 503 has the task delivered again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.task import task_edge
from infra.wiring.environment import Environment, environment
from infra.wiring.notify import notifying
from shared.platform.edges.internal import Delivery, InnerEdge


def notify(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work(delivery: Delivery) -> None:
        from shared.notifications.messages import NotifyTask

        notifying(on).take_step(delivery.read(NotifyTask))

    return task_edge(on, "notify", work)
