"""Assigns without a deal what a changed skill asks for.

Triggers: Pub/Sub push of `skill-changed`.
Produces: an assignment, and a notice for the person; nothing while rules are off.
Errors:   unreadable messages are quarantined and acknowledged; 503 has the message delivered again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.topic import topic_edge
from infra.wiring.enablement import enablement
from infra.wiring.environment import Environment, environment
from shared.platform.edges.internal import Delivery, InnerEdge


def skill_assignments(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work(delivery: Delivery) -> None:
        from shared.ratings.messages import SkillChanged

        fact = delivery.read(SkillChanged)
        if fact.sight != "employee":  # others do not see yet what has changed
            enablement(on).for_skills.follow(fact.employee_id)

    return topic_edge(on, "skill_assignments", work)
