"""Keeps mails in place of sending them: the embedded default, whose pages are the portal's /outbox.

outbox/<the letter's key>   one mail, as it would have been sent
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from email.message import EmailMessage
from typing import Final

from infra.vendors.mail.composing import Sender, composed
from shared.kernel.field_values import FieldValue
from shared.kernel.reading import is_document_name
from shared.notifications.domain.kept_mail import KeptMail
from shared.notifications.domain.letter import Letter
from shared.notifications.ports.channel import Sent
from shared.ports.ambient import Clock
from shared.ports.documents import AlreadyExists, Create, Document, Documents, Query, Where

KEPT: Final = timedelta(days=30)
SENDER: Final = Sender("skills@localhost.localdomain")


class LocalMailOutbox:
    """Implements shared.notifications.ports.channel.Sending and shared.notifications.ports.outbox.KeepingMail."""

    repeats: int | None = None
    """A mail is known by its key: kept twice it is there once."""

    def __init__(self, documents: Documents, clock: Clock) -> None:
        self._documents = documents
        self._clock = clock

    def send(self, letter: Letter) -> Sent:
        now = self._clock.now()
        try:
            mail = composed(letter, SENDER, now)
        except ValueError:
            return Sent("address", "no_address")
        kept: dict[str, FieldValue] = {
            "employee_id": letter.employee_id,
            "subject": str(mail["Subject"]),
            "at": now,
            "text": _part(mail, "plain"),
            "html": _part(mail, "html"),
            "source": mail.as_bytes().decode("ascii", "replace"),
            "expires_at": now + KEPT,
        }
        with suppress(AlreadyExists):
            self._documents.commit([Create(f"outbox/{letter.key}", kept)])
        return Sent("arrived")

    def list(self, employee_id: str | None, *, limit: int) -> Sequence[KeptMail]:
        where = [] if employee_id is None else [Where("employee_id", "==", employee_id)]
        found = self._documents.query(Query("outbox", where, order_by=[("at", "desc")], limit=limit))
        return [_read(document) for document in found]

    def get(self, key: str) -> KeptMail | None:
        document = self._documents.get(f"outbox/{key}") if is_document_name(key) else None
        return None if document is None else _read(document)


def _part(mail: EmailMessage, subtype: str) -> str:
    part = mail.get_body((subtype,))
    return "" if part is None else str(part.get_content())


def _read(document: Document) -> KeptMail:
    data = document.data
    return KeptMail(
        document.id,
        data["employee_id"],
        data["subject"],
        data["at"],
        data["text"],
        data["html"],
        data["source"],
    )
