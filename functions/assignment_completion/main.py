"""Closes assignments that a reported session, lesson or exam has completed.

Triggers: Pub/Sub push of `observation-recorded`.
Produces: the assignment, with what is done and by which event; closed where all is done; `deal-changed` again for who
          follows its deal.
Errors:   unreadable messages are quarantined and acknowledged; 503 has the message delivered again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.topic import topic_edge
from infra.wiring.enablement import enablement
from infra.wiring.environment import Environment, environment
from shared.platform.edges.internal import Delivery, InnerEdge


def assignment_completion(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work(delivery: Delivery) -> None:
        from shared.observations.messages import ObservationRecorded

        enablement(on).completing.observe(delivery.read(ObservationRecorded))

    return topic_edge(on, "assignment_completion", work)
