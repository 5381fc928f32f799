"""Makes a new rating of a recorded observation.

In:   Pub/Sub push of `observation-recorded`.
Out:  the ratings document, and `skill-changed` when something changed, `discrepancy-changed` when practice and field
      began or ceased to disagree.
Not:  unreadable messages are quarantined and acknowledged; 503 has the message delivered again.
"""

from typing import Any

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.topic import topic_edge
from infra.wiring.environment import Environment, environment
from infra.wiring.ratings import ratings
from shared.kernel.reading import validated
from shared.platform.edges.internal import InnerEdge


def rating_update(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work(message: dict[str, Any]) -> None:
        from shared.observations.messages import ObservationRecorded

        ratings(on).ratings.update(validated(ObservationRecorded, message).employee_id)

    return topic_edge(on, "rating_update", work)
