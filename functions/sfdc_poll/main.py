"""Finds what has changed in Salesforce, whether a message told of it or not, and has the deals read again.

Triggers: Cloud Scheduler, every quarter of an hour.
Produces: a task for each deal about which something has changed; the place where the next run begins.
Errors:   a kind that Salesforce refuses keeps no other back; a spent allowance ends the run, and the place is kept;
          503 has the run made again.
"""

from dataclasses import asdict

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.crm import crm
from infra.wiring.edges.schedule import schedule_edge
from infra.wiring.environment import Environment, environment
from shared.platform.edges.internal import InnerEdge, Outcome


def sfdc_poll(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work() -> Outcome:
        found = crm(on).poll()
        return {"configured": False} if found is None else {"configured": True, **asdict(found)}

    return schedule_edge(on, "sfdc_poll", work)
