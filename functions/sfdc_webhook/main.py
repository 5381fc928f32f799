"""Takes in that records of Salesforce may have changed, and has them read again.

Triggers: POST /webhooks/salesforce, an outbound message (SOAP) with the token of the address.
Produces: a hint and a task for each record, then one acknowledgement for the whole message.
Errors:   a SOAP fault says what is wrong (4xx) or asks again (503); Salesforce sends the message again after either.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.crm import crm
from infra.wiring.environment import Environment, environment
from infra.wiring.platform import platform
from shared.crm.edges.outbound_messages import OutboundMessageEdge


def sfdc_webhook(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> OutboundMessageEdge:
    reached = crm(on)
    return OutboundMessageEdge(
        "sfdc_webhook", lambda: reached.sender, lambda: reached.take_hints, lambda: platform(on).quarantine, on.log
    )
