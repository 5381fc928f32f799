"""Assigns without a deal what the night finds: a validation that ends soon, practice that falls.

Triggers: Pub/Sub push of `ratings-snapshotted`.
Produces: an assignment, and a notice for the person; nothing while rules are off.
Errors:   unreadable messages are quarantined and acknowledged; 503 has the message delivered again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.topic import topic_edge
from infra.wiring.enablement import enablement
from infra.wiring.environment import Environment, environment
from shared.platform.edges.internal import Delivery, InnerEdge


def nightly_assignments(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work(delivery: Delivery) -> None:
        from shared.ratings.messages import RatingsSnapshotted

        fact = delivery.read(RatingsSnapshotted)
        enablement(on).for_skills.follow(fact.employee_id)

    return topic_edge(on, "nightly_assignments", work)
