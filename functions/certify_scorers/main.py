"""Brings every scorer's certificate up to date: how far its scores agree with people's, per competency.

Triggers: a task with the night and the part.
Produces: calls noted that were analysed twice, and the task of the next part; at the end certificates with their day's
          history; where a scorer agrees too little, parameters under which its unreviewed scores stop counting, and a
          recalculation.
Errors:   503 has the task delivered again; doing it twice changes nothing.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.task import task_edge
from infra.wiring.environment import Environment, environment
from infra.wiring.reviews import reviews
from shared.platform.edges.internal import Delivery, InnerEdge, Outcome


def certify_scorers(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work(delivery: Delivery) -> Outcome:
        from shared.reviews.messages import CertificationTask

        done = reviews(on).certify.part(delivery.read(CertificationTask))
        return {"asked_for": done.part} if isinstance(done, CertificationTask) else done

    return task_edge(on, "certify_scorers", work)
