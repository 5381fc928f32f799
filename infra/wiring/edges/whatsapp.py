"""Builds the edge of a function that WhatsApp's webhook reaches."""

from __future__ import annotations

from infra.wiring.coaching import coaching
from infra.wiring.environment import Environment
from infra.wiring.platform import platform
from infra.wiring.ports.messenger import number_id, webhook_sender
from shared.coaching.edges.whatsapp_webhook import WhatsAppEdge


def whatsapp_edge(on: Environment, function: str) -> WhatsAppEdge:
    """Makes the edge."""
    return WhatsAppEdge(
        function,
        lambda: webhook_sender(on),
        lambda: coaching(on).take_in,
        lambda: platform(on).quarantine,
        (on.clock, on.log),
        number_id(on),
    )
