"""Searches the audit."""

from __future__ import annotations

from datetime import datetime

from shared.kernel.access import Caller, require
from shared.kernel.pages import Page, Position
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.records.audit import AuditRecord, AuditRecords


class SearchAudit:
    """Shows who saw whom, and who changed what, to those who may know."""

    def __init__(self, records: AuditRecords) -> None:
        self._records = records

    def search(
        self,
        caller: Caller,
        *,
        actor: str | None = None,
        subject: str | None = None,
        action: AuditAction | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 50,
        after: Position | None = None,
    ) -> Page[AuditRecord]:
        """Returns the records to which all that is given applies, the newest first. Raises Forbidden."""
        require(caller, "audit.read")
        return self._records.page(
            actor=actor, subject=subject, action=action, since=since, until=until, limit=limit, after=after
        )
