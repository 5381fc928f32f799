"""Takes in Salesforce's change events, where somebody bridges them.

Triggers: Pub/Sub push of `sfdc-change-events`, an event in either shape that Salesforce's interfaces give it.
Produces: a hint and a task for each record that changed; or one for a whole kind, where some are left out.
Errors:   unreadable events are quarantined and acknowledged; 503 has the event delivered again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.crm import crm
from infra.wiring.edges.topic import topic_edge
from infra.wiring.environment import Environment, environment
from shared.platform.edges.internal import Delivery, InnerEdge, Outcome


def sfdc_changes(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work(delivery: Delivery) -> Outcome:
        from shared.crm.wire.change_event import hints_of

        return crm(on).take_hints.take("change_event", hints_of(delivery.content))

    return topic_edge(on, "sfdc_changes", work)
