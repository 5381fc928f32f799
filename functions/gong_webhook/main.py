"""Takes in the recorder's message that a call has finished.

Triggers: POST /webhooks/gong, JSON, with the recorder's signed token about exactly this body and this address.
Produces: 202 with what became of it: a queued call, a test, or nobody of ours in it.
Errors:   401 says what about the token is wrong; 4xx name the field, and the input is quarantined; 503 asks again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.discovery import discovery
from infra.wiring.edges.webhook import webhook_edge
from infra.wiring.environment import Environment, environment
from shared.platform.edges.internal import Outcome
from shared.platform.edges.webhook import WebhookEdge


def gong_webhook(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> WebhookEdge:
    def work(raw: bytes) -> Outcome:
        from shared.conversations.wire.gong_calls import TestCall, parse_webhook

        call = parse_webhook(raw)
        if isinstance(call, TestCall):
            return {"test": True}
        return discovery(on).finished_call.take(call)

    return webhook_edge(on, "gong_webhook", work)
