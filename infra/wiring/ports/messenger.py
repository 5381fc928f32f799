"""Opens WhatsApp: whose webhooks are taken, and what writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from infra.declarations.integration_settings import given
from infra.wiring.environment import Environment
from shared.coaching.domain.webhook_sender import WebhookSender

if TYPE_CHECKING:
    from infra.vendors.whatsapp import UserField, WhatsApp
    from shared.coaching.ports.messenger import Messenger

ACCESS: Final = "whatsapp-access"
"""The secret with which the coach writes."""


def webhook_sender(on: Environment) -> WebhookSender:
    """Returns whose webhooks are taken; the secrets are read each time, so that one may take another's place."""
    secrets = on.connected.secret("whatsapp-app-secret") or ""
    tokens = on.connected.secret("whatsapp-verify-token") or ""
    return WebhookSender(tuple(secrets.split()), tuple(tokens.split()))


def number_id(on: Environment) -> str | None:
    """Returns the id of the number that is ours; None where none is named."""
    return given(on.connected.settings, "AUGMENT_WHATSAPP_NUMBER_ID") or None


def is_connected(on: Environment) -> bool:
    """Tells whether the coach can write: there are a number and a token.

    A function that may not read the token goes by what the health check noted of it last; before the first it is not.
    """
    if number_id(on) is None:
        return False
    if on.connected.reads(ACCESS):
        return on.connected.may_have(ACCESS)
    from infra.wiring.ports.documents import documents
    from shared.operations.records import HealthRecords

    checked = HealthRecords(documents(on)).latest()
    return checked is not None and checked.secrets.get(ACCESS, False)


def messenger(on: Environment) -> Messenger | None:
    """Opens what writes; None where WhatsApp is not connected."""
    return None if on.connected.secret(ACCESS) is None or number_id(on) is None else on.once(whatsapp)


def whatsapp(on: Environment) -> WhatsApp:
    """Makes WhatsApp's client. Raises ValueError for a setting that cannot be read."""
    from infra.vendors.whatsapp import WhatsApp

    settings = on.connected.settings
    field = given(settings, "AUGMENT_WHATSAPP_USER_FIELD")
    fields: dict[str, UserField] = {"to": "to", "recipient": "recipient"}
    if field not in fields:
        raise ValueError(f"AUGMENT_WHATSAPP_USER_FIELD: {field!r} is neither recipient nor to")
    token = on.connected.secret(ACCESS) or ""
    return WhatsApp(token, number_id(on) or "", given(settings, "AUGMENT_WHATSAPP_URL"), fields[field])
