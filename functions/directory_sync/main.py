"""Brings names, managers and activity of known people from the company's directory, a page of it at a time.

Triggers: a task with the night and the page.
Produces: employee records, `employee-changed`; the task of the next page.
Errors:   503 has the task delivered again; doing it twice changes nothing.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.task import task_edge
from infra.wiring.environment import Environment, environment
from infra.wiring.synchronisation import synchronisation
from shared.platform.edges.internal import Delivery, InnerEdge, Outcome


def directory_sync(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work(delivery: Delivery) -> Outcome:
        from shared.people.messages import DirectoryTask

        counts = synchronisation(on).page(delivery.read(DirectoryTask))
        return {"configured": False} if counts is None else counts

    return task_edge(on, "directory_sync", work)
