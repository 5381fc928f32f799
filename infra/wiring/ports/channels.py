"""Opens the ways beyond the portal that are connected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from infra.declarations.integration_settings import given
from infra.wiring.environment import Environment
from infra.wiring.ports.mail_outbox import mail_outbox, offered_channels
from infra.wiring.ports.web_push import web_push

if TYPE_CHECKING:
    from infra.vendors.mail.smtp import Security, SmtpMail
    from infra.vendors.slack import Slack
    from shared.notifications.domain.channels import Channel
    from shared.notifications.ports.channel import Sending


def channels(on: Environment) -> Mapping[Channel, Sending]:
    """Opens what is connected, by channel."""
    return {channel: _opened(on, channel) for channel in offered_channels(on)}


def _opened(on: Environment, channel: Channel) -> Sending:
    if channel == "slack":
        return on.once(slack)
    if channel == "push":
        return on.once(web_push)
    kept = mail_outbox(on)
    return on.once(smtp) if kept is None or given(on.connected.settings, "AUGMENT_SMTP_HOST") else kept


def slack(on: Environment) -> Slack:
    """Makes what sends to Slack. Raises ValueError naming a setting that cannot be read."""
    from infra.vendors.slack import Slack

    settings = on.connected.settings
    return Slack(on.connected.secret("slack-access"), given(settings, "AUGMENT_SLACK_URL"))


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
