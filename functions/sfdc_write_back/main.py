"""Shows on the opportunity in Salesforce how ready its deal is and what is open for it, where that is wanted.

Triggers: Pub/Sub push of `deal-changed`, also when something was done of its preparation.
Produces: up to three configured fields of the opportunity, where they hold something else.
Errors:   what Salesforce refuses is reported and shown again with the deal's next change; 503 has the message delivered
          again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.topic import topic_edge
from infra.wiring.environment import Environment, environment
from infra.wiring.write_back import write_back
from shared.platform.edges.internal import Delivery, InnerEdge, Outcome


def sfdc_write_back(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work(delivery: Delivery) -> Outcome:
        from shared.enablement.messages import DealChanged

        return {"done": write_back(on, delivery.read(DealChanged).deal_id)}

    return topic_edge(on, "sfdc_write_back", work)
