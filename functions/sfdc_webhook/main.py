"""Takes in that records of Salesforce may have changed, and has them read again.

Triggers: POST /webhooks/salesforce, an outbound message (SOAP), or …/records, a flow's JSON, with the address's token.
Produces: a hint and a task for each record, then one acknowledgement for the whole message, or 202.
Errors:   a SOAP fault says what is wrong (4xx) or asks again (503); Salesforce sends the message again after either.
          A flow gets problem details.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.declarations.salesforce_settings import CRM_PATH
from infra.wiring.crm import crm
from infra.wiring.edges.authentication import authentication
from infra.wiring.edges.every_path import answers_every_path
from infra.wiring.edges.traffic import traffic
from infra.wiring.environment import Environment, environment
from infra.wiring.platform import platform
from shared.crm.api import callouts
from shared.crm.edges.by_path import SalesforceEdge
from shared.crm.edges.outbound_messages import OutboundMessageEdge
from shared.platform.edges.http import HttpEdge


@answers_every_path
def sfdc_webhook(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> SalesforceEdge:
    reached = crm(on)
    messages = OutboundMessageEdge(
        "sfdc_webhook", lambda: reached.sender, lambda: reached.take_hints, lambda: platform(on).quarantine, on.log
    )
    served = callouts.served(lambda: reached)
    flows = HttpEdge(served, authentication(on, "sfdc_webhook"), on.log, traffic(on))
    return SalesforceEdge(CRM_PATH, messages, flows)
