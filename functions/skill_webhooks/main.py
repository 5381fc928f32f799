"""Makes a delivery of `skill-changed` for each webhook that has subscribed to it.

Triggers: Pub/Sub push of `skill-changed`.
Produces: a delivery per subscription, and its first task in `webhook-deliveries`.
Errors:   unreadable messages are quarantined and acknowledged; 503 has the message delivered again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.topic import topic_edge
from infra.wiring.environment import Environment, environment
from infra.wiring.subscriptions import subscriptions
from shared.platform.edges.internal import Delivery, InnerEdge


def skill_webhooks(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work(delivery: Delivery) -> None:
        from shared.ratings.messages import SkillChanged
        from shared.subscriptions.usecases.facts import of_skills

        subscriptions(on).telling.tell(of_skills(delivery.read(SkillChanged)))

    return topic_edge(on, "skill_webhooks", work)
