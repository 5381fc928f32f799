"""Takes in the recorder's message that a call has finished.

In:   POST /webhooks/gong, JSON, with the recorder's signed token about exactly this body and this address.
Out:  202 with what became of it: a queued call, a test, or nobody of ours in it.
Not:  401 says what about the token is wrong; 4xx name the field, and the input is quarantined; 503 asks for it again.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.discovery import discovery
from infra.wiring.environment import Environment, environment
from infra.wiring.platform import platform
from infra.wiring.ports.webhook_signatures import webhook_signatures
from shared.kernel.errors import Unauthenticated
from shared.platform.edges.webhook import WebhookEdge


def gong_webhook(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> WebhookEdge:
    def verify(headers: Mapping[str, str], raw: bytes) -> None:
        signatures = on.once(webhook_signatures)
        if signatures is None:
            raise Unauthenticated("no webhook of the call recorder is set up here", field="Authorization")
        signatures.verify(headers, raw, on.connected.webhook_url)

    def work(raw: bytes) -> Mapping[str, Any]:
        from shared.conversations.wire.gong_calls import TestCall, parse_webhook

        call = parse_webhook(raw)
        if isinstance(call, TestCall):
            return {"test": True}
        return asdict(discovery(on).finished_call.take(call))

    return WebhookEdge("gong_webhook", verify, work, lambda: platform(on).quarantine, on.log)
