"""Opens where mails are kept in place of being sent, and says which ways beyond the portal there are."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from infra.declarations.integration_settings import given
from infra.wiring.environment import Environment

if TYPE_CHECKING:
    from infra.wiring.google_environment import GoogleEnvironment
    from shared.notifications.domain.channels import Channel
    from shared.notifications.ports.outbox import KeepingMail


def mail_outbox(on: Environment) -> KeepingMail | None:
    """Opens where mails are kept; None where they are sent."""
    return on.port("mail_outbox", _google)


def offered_channels(on: Environment) -> Collection[Channel]:
    """Returns the ways beyond the portal that are connected, without opening them."""
    settings = on.connected.settings
    found: list[Channel] = []
    if given(settings, "AUGMENT_SMTP_HOST") or mail_outbox(on) is not None:
        found.append("email")
    if given(settings, "AUGMENT_SLACK").lower() == "on":
        found.append("slack")
    if given(settings, "AUGMENT_WEB_PUSH").lower() == "on":
        found.append("push")
    return found


def _google(on: GoogleEnvironment) -> KeepingMail | None:
    return None
