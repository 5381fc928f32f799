"""Carries out what was planned for a deal: what is assigned, what is withdrawn, and who is told.

Triggers: Pub/Sub push of `deal-changed`.
Produces: an assignment with its due date, and notices for the person and their manager.
Errors:   unreadable messages are quarantined and acknowledged; 503 has the message delivered again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.topic import topic_edge
from infra.wiring.enablement import enablement
from infra.wiring.environment import Environment, environment
from shared.platform.edges.internal import Delivery, InnerEdge


def jit_trigger(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work(delivery: Delivery) -> None:
        from shared.enablement.messages import DealChanged

        enablement(on).carry_out.follow(delivery.read(DealChanged).deal_id)

    return topic_edge(on, "jit_trigger", work)
