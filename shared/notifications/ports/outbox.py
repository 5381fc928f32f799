"""Keeps mails that are not sent anywhere, to look at: the embedded platform's mailbox of everybody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from shared.notifications.domain.kept_mail import KeptMail
from shared.notifications.ports.channel import Sending


class KeepingMail(Sending, Protocol):
    """Keeps mails, and reads what was kept."""

    def list(self, employee_id: str | None, *, limit: int) -> Sequence[KeptMail]:
        """Returns the newest mails to one person, or to everybody."""
        ...

    def get(self, key: str) -> KeptMail | None:
        """Returns one mail."""
        ...
