"""Posts one fact to one webhook, signed as Standard Webhooks says.

Triggers: a task with the delivery, which attempt it is, and how often it has looked for a free place.
Produces: the attempt's outcome; a later task while it has not arrived; a paused subscription and a notice to its owner.
Errors:   what the receiver does is an outcome and no error; 503 has the task delivered again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.task import task_edge
from infra.wiring.environment import Environment, environment
from infra.wiring.subscriptions import subscriptions
from shared.platform.edges.internal import Delivery, InnerEdge, Outcome


def webhook_delivery(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work(delivery: Delivery) -> Outcome:
        from shared.subscriptions.messages import DeliveryTask

        return subscriptions(on).deliver.attempt(delivery.read(DeliveryTask))

    return task_edge(on, "webhook_delivery", work)
