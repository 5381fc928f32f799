"""Shows mails that the embedded platform keeps in place of sending them."""

from __future__ import annotations

from functions.portal.shell.visit import Foreign, Page, Reply, Visit
from infra.wiring.environment import Environment
from infra.wiring.notifications import notifications
from shared.notifications.domain.kept_mail import KeptMail


def list_mails(on: Environment, visit: Visit) -> Reply:
    mails = notifications(on).outbox.list(visit.caller)
    return Page("outbox/outbox.html", {"mails": mails}, "notifications")


def show_mail(on: Environment, visit: Visit, key: str) -> Reply:
    """Shows a mail: its lines as they would have been sent, or with `as=html` what a mail program makes of it."""
    mail = notifications(on).outbox.show(visit.caller, key)
    if visit.query.get("as") == "html":
        return Foreign(mail.html)
    return present(mail)


def present(mail: KeptMail) -> Page:
    headers = mail.source.partition("\r\n\r\n")[0]
    return Page("outbox/mail.html", {"mail": mail, "headers": headers}, "notifications")
