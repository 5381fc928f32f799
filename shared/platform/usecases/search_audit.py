"""Searches the audit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from shared.kernel.access import Caller, require
from shared.kernel.pages import Page, Position
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.records.audit import AuditRecords

if TYPE_CHECKING:
    from shared.platform.contract import AuditItem


class SearchAudit:
    """Shows who saw whom, and who changed what, to those who may know."""

    def __init__(self, records: AuditRecords, present_id: Callable[[str], str]) -> None:
        """Takes `present_id`: the id that a person has now, by any that they have or had; of what is none, itself"""
        self._records = records
        self._present_id = present_id

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
    ) -> Page[AuditItem]:
        """Returns the records to which all that is given applies, the newest first. actor, subject: people by any id
        that they have or had. Raises Forbidden."""
        from shared.platform.contract import AuditItem

        require(caller, "audit.read")
        found = self._records.page(
            actor=actor and self._present_id(actor),
            subject=subject and self._present_id(subject),
            action=action,
            since=since,
            until=until,
            limit=limit,
            after=after,
        )
        return found.each(lambda record: AuditItem.model_validate(record, from_attributes=True))
