"""Nudges learners: once a day each, about what presses most; and hands who is silent for a week to their mentor.

Triggers: a task with the round and the learner whom the page is behind.
Produces: a message of the coach's, or a notice where WhatsApp does not carry it; the task of the next page.
Errors:   503 has the task delivered again; doing it twice tells nobody twice.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.coaching import coaching
from infra.wiring.edges.task import task_edge
from infra.wiring.environment import Environment, environment
from shared.platform.edges.internal import Delivery, InnerEdge, Outcome


def coach_nudges(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work(delivery: Delivery) -> Outcome:
        from shared.coaching.messages import NudgeTask

        return coaching(on).nudging.page(delivery.read(NudgeTask))

    return task_edge(on, "coach_nudges", work)
