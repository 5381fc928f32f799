"""Makes a delivery of `review-decided` for each webhook that has subscribed to it.

Triggers: Pub/Sub push of `review-decided`.
Produces: a delivery per subscription, and its first task in `webhook-deliveries`.
Errors:   unreadable messages are quarantined and acknowledged; 503 has the message delivered again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.topic import topic_edge
from infra.wiring.environment import Environment, environment
from infra.wiring.subscriptions import subscriptions
from shared.platform.edges.internal import Delivery, InnerEdge


def review_webhooks(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work(delivery: Delivery) -> None:
        from shared.reviews.messages import ReviewDecided
        from shared.subscriptions.usecases.facts import of_review

        subscriptions(on).telling.tell(of_review(delivery.read(ReviewDecided)))

    return topic_edge(on, "review_webhooks", work)
