"""Opens what verifies the recorder's webhook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment

if TYPE_CHECKING:
    from shared.ports.identity import WebhookSignatures


def webhook_signatures(on: Environment) -> WebhookSignatures | None:
    """Makes what verifies the recorder's webhook; None where none is set up."""
    key = on.connected.secret("gong-webhook-key") if on.connected.webhook_url else None
    if key is None:
        return None
    from infra.vendors.gong_webhook import GongSignatures

    return GongSignatures(key, on.clock)
