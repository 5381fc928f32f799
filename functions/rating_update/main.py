"""Makes a new rating of a recorded observation.

Triggers: Pub/Sub push of `observation-recorded`.
Produces: the ratings document, and `skill-changed` when something changed, `discrepancy-changed` when practice and
          field began or ceased to disagree.
Errors:   unreadable messages are quarantined and acknowledged; 503 has the message delivered again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.topic import topic_edge
from infra.wiring.environment import Environment, environment
from infra.wiring.ratings import ratings
from shared.kernel.log_events import LogEvent
from shared.platform.edges.internal import Delivery, InnerEdge


def rating_update(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work(delivery: Delivery) -> None:
        from shared.observations.messages import ObservationRecorded

        outcome = ratings(on).ratings.update(delivery.read(ObservationRecorded).employee_id)
        if outcome is not None and outcome.days_ahead:
            on.log.event(LogEvent.RATINGS_OF_THE_FUTURE, "ERROR", days=outcome.days_ahead)

    return topic_edge(on, "rating_update", work)
