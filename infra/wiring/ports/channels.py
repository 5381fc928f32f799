"""Opens the ways beyond the portal that are connected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from infra.declarations.integration_settings import given
from infra.wiring.environment import Environment

if TYPE_CHECKING:
    from infra.vendors.mail.smtp import Security, SmtpMail
    from infra.wiring.google_environment import GoogleEnvironment
    from shared.notifications.domain.channels import Channel
    from shared.notifications.ports.channel import Sending
    from shared.notifications.ports.outbox import KeepingMail


def channels(on: Environment) -> Mapping[Channel, Sending]:
    """Opens what is connected: by channel, in the order in which people see them."""
    found: dict[Channel, Sending] = {}
    kept = mail_outbox(on)
    if given(on.connected.settings, "AUGMENT_SMTP_HOST"):
        found["email"] = on.once(smtp)
    elif kept is not None:
        found["email"] = kept
    return found


def mail_outbox(on: Environment) -> KeepingMail | None:
    """Opens where mails are kept in place of being sent; None where they are sent."""
    return on.port("mail_outbox", _google)


def smtp(on: Environment) -> SmtpMail:
    """Makes what sends mails. Raises ValueError naming a setting that cannot be read."""
    from infra.vendors.mail.composing import Sender
    from infra.vendors.mail.smtp import SmtpMail, SmtpServer

    settings = on.connected.settings
    port, sender = given(settings, "AUGMENT_SMTP_PORT"), given(settings, "AUGMENT_MAIL_FROM")
    if not port.isdigit():
        raise ValueError(f"AUGMENT_SMTP_PORT: {port!r} is no number")
    if not sender.partition("@")[2]:
        raise ValueError("AUGMENT_MAIL_FROM: mails need an address to come from")
    user, _, password = (on.connected.secret("smtp-access") or "").partition(":")
    host, security = given(settings, "AUGMENT_SMTP_HOST"), _security(given(settings, "AUGMENT_SMTP_SECURITY").lower())
    return SmtpMail(SmtpServer(host, int(port), security, user or None, password or None), Sender(sender), on.clock)


def _security(word: str) -> Security:
    known: Mapping[str, Security] = {"starttls": "starttls", "tls": "tls", "none": "none"}
    if word not in known:
        raise ValueError(f"AUGMENT_SMTP_SECURITY: {word!r} is none of {', '.join(known)}")
    return known[word]


def _google(on: GoogleEnvironment) -> KeepingMail | None:
    return None
