"""Shows mails that were kept in place of being sent: to whom they are for, and to administrators all."""

from __future__ import annotations

from collections.abc import Sequence

from shared.kernel.access import Caller, is_own, require
from shared.kernel.errors import Forbidden, NotFound
from shared.notifications.domain.kept_mail import KeptMail
from shared.notifications.ports.outbox import KeepingMail
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit

MOST: int = 100


class ShowOutbox:
    """Reads the embedded platform's outbox."""

    def __init__(self, outbox: KeepingMail | None, audit: Audit) -> None:
        self._outbox = outbox
        self._audit = audit

    def list(self, caller: Caller) -> Sequence[KeptMail]:
        """Returns the newest mails. Raises NotFound where mails are sent."""
        require(caller, "notifications.read")
        everybody = "operations.read" in caller.permissions
        mails = self._kept().list(None if everybody else caller.employee_id or "", limit=MOST)
        self._audit.read(caller, AuditAction.NOTIFICATIONS_READ, [one.employee_id for one in mails])
        return mails

    def show(self, caller: Caller, key: str) -> KeptMail:
        """Returns one mail. Raises NotFound, Forbidden."""
        require(caller, "notifications.read")
        mail = self._kept().get(key)
        if mail is None:
            raise NotFound("there is no such mail", field="key")
        if not is_own(caller, mail.employee_id) and "operations.read" not in caller.permissions:
            raise Forbidden("a mail is for whom it was sent to")
        self._audit.read(caller, AuditAction.NOTIFICATIONS_READ, [mail.employee_id])
        return mail

    def _kept(self) -> KeepingMail:
        if self._outbox is None:
            raise NotFound("mails are sent here, and none is kept")
        return self._outbox
