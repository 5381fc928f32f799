"""Makes one validation event of each quick check that a learner has finished.

Triggers: Pub/Sub push of `answers-recorded`.
Produces: validation events in `ingest`, which knows each again; the day of a milestone that the answers complete.
Errors:   unreadable messages are quarantined and acknowledged; 503 has the message delivered again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.topic import topic_edge
from infra.wiring.environment import Environment, environment
from infra.wiring.learning import learning
from shared.platform.edges.internal import Delivery, InnerEdge


def learning_record(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work(delivery: Delivery) -> None:
        from shared.learning.messages import AnswersRecorded

        fact = delivery.read(AnswersRecorded)
        learning(on).checks.record(fact)
        learning(on).milestones.note(fact.employee_id)  # a question about a hazard may have been what was missing

    return topic_edge(on, "learning_record", work)
