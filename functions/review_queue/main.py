"""Opens and closes reviews of analysts' scores.

Triggers: Pub/Sub push of `observation-recorded`.
Produces: the review's document, where a person should look at scores of the call, or has.
Errors:   unreadable messages are quarantined and acknowledged; 503 has the message delivered again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.topic import topic_edge
from infra.wiring.environment import Environment, environment
from infra.wiring.reviews import reviews
from shared.platform.edges.internal import Delivery, InnerEdge


def review_queue(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work(delivery: Delivery) -> None:
        from shared.observations.messages import ObservationRecorded

        reviews(on).review_items.observe(delivery.read(ObservationRecorded))

    return topic_edge(on, "review_queue", work)
