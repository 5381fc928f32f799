"""Takes in what learners write to the coach, and what WhatsApp tells of what the coach wrote.

Triggers: GET /webhooks/whatsapp, when the address is entered at WhatsApp; POST, JSON with the app's signature.
Produces: an inbox document per message, merged statuses and choices, and a task per learner, then 200.
Errors:   403 refuses another verify token, 401 another signature; a piece that cannot be read is quarantined and the
          rest taken; 503 asks again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.whatsapp import whatsapp_edge
from infra.wiring.environment import Environment, environment
from shared.coaching.edges.whatsapp_webhook import WhatsAppEdge


def whatsapp_coach(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> WhatsAppEdge:
    return whatsapp_edge(on, "whatsapp_coach")
