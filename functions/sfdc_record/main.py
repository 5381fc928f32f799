"""Reads one record of Salesforce again, and tells on what it is now.

Triggers: a task with the record's kind and id, and when it was hinted at.
Produces: the deal with its plan, outcome or release, and `deal-changed`; or tasks for the deals that it is part of.
Errors:   where Salesforce refuses us the record waits until somebody has mended that; 503 has the task delivered again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.crm import crm
from infra.wiring.edges.task import task_edge
from infra.wiring.environment import Environment, environment
from shared.platform.edges.internal import Delivery, InnerEdge, Outcome


def sfdc_record(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work(delivery: Delivery) -> Outcome:
        from shared.crm.messages import RecordTask

        return crm(on).follow_record.follow(delivery.read(RecordTask))

    return task_edge(on, "sfdc_record", work)
