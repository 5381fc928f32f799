"""Makes a delivery of `discrepancy-changed` for each webhook that has subscribed to it.

Triggers: Pub/Sub push of `discrepancy-changed`.
Produces: a delivery per subscription, and its first task in `webhook-deliveries`.
Errors:   unreadable messages are quarantined and acknowledged; 503 has the message delivered again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.topic import topic_edge
from infra.wiring.environment import Environment, environment
from infra.wiring.subscriptions import subscriptions
from shared.platform.edges.internal import Delivery, InnerEdge


def discrepancy_webhooks(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work(delivery: Delivery) -> None:
        from shared.ratings.messages import DiscrepancyChanged
        from shared.subscriptions.usecases.facts import of_discrepancy

        subscriptions(on).telling.tell(of_discrepancy(delivery.read(DiscrepancyChanged)))

    return topic_edge(on, "discrepancy_webhooks", work)
