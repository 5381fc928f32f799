"""Keeps the day on which a learner reached their milestone, whatever expires or is forgotten later.

Triggers: Pub/Sub push of `skill-changed`.
Produces: the day, in the learner's enrolment; the earliest that was found stands.
Errors:   unreadable messages are quarantined and acknowledged; 503 has the message delivered again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.topic import topic_edge
from infra.wiring.environment import Environment, environment
from infra.wiring.learning import learning
from shared.platform.edges.internal import Delivery, InnerEdge


def milestone_record(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work(delivery: Delivery) -> None:
        from shared.ratings.messages import SkillChanged

        fact = delivery.read(SkillChanged)
        if fact.sight != "employee":  # others do not see yet what has changed
            learning(on).milestones.follow(fact)

    return topic_edge(on, "milestone_record", work)
