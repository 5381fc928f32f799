"""Builds the edge of a function that the call recorder's webhook reaches."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from infra.wiring.environment import Environment
from infra.wiring.platform import platform
from infra.wiring.ports.webhook_signatures import webhook_signatures
from shared.kernel.errors import Unauthenticated
from shared.platform.edges.internal import Outcome
from shared.platform.edges.webhook import WebhookEdge


def webhook_edge(on: Environment, function: str, work: Callable[[bytes], Outcome]) -> WebhookEdge:
    """Makes the edge. work: takes the body, once its signature is the recorder's; its result is told in the answer"""

    def verify(headers: Mapping[str, str], raw: bytes) -> None:
        signatures = on.once(webhook_signatures)
        if signatures is None:
            raise Unauthenticated("no webhook of the call recorder is set up here", field="Authorization")
        signatures.verify(headers, raw, on.connected.webhook_url)

    return WebhookEdge(function, verify, work, lambda: platform(on).quarantine, on.log)
