"""Reads a deal from the CRM, with all that belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.crm.domain.deal_mapping import DEAL, EVENT, HISTORY, OF_DEAL, PARENTS, ROLE, SPLIT, TEAM, DealMapping
from shared.crm.wire.opportunity import FoundDeal, RecordsOfDeal, read_deal
from shared.deals.wire.salesforce_ids import DEALS_BEGIN, eighteen
from shared.ports.crm import CrmRecord, CrmRecords, Cursor, Scalar

FIELDS: Final = {
    TEAM: ("User.Email", "TeamMemberRole"),
    SPLIT: ("SplitOwner.Email", "SplitPercentage", "SplitType.DeveloperName"),
    ROLE: ("ContactId", "Contact.Name", "Contact.Title", "Role", "IsPrimary"),
    EVENT: ("StartDateTime", "IsAllDayEvent", "Type", "Subject"),
    HISTORY: ("StageName", "CreatedDate"),
}


LATE: Final = timedelta(minutes=10)
"""By which a change may be committed after its own time."""


@dataclass(frozen=True, slots=True)
class ChangedRecord:
    """A record that has changed. deal_id: of the deal that it is, or belongs to; None: it belongs to none"""

    record_id: str
    deal_id: str | None
    modified: datetime


@dataclass(frozen=True, slots=True)
class Changed:
    """A page of changes. cursor: where the next page begins; None: there is none"""

    records: tuple[ChangedRecord, ...]
    cursor: Cursor | None


class ReadDeal:
    """Reads deals. Every method may raise CrmRefused, Retryable."""

    def __init__(self, crm: CrmRecords, mapping: DealMapping) -> None:
        self._crm = crm
        self._mapping = mapping

    def read(self, record_id: str, now: datetime) -> FoundDeal | None:
        """Returns a deal as it is; None where the CRM does not have it, or not any more."""
        mapping = self._mapping
        deal = self._crm.read(DEAL, [record_id], mapping.fields).get(record_id)
        if not isinstance(deal, CrmRecord):
            return None
        who = {"field": None, "team": TEAM, "splits": SPLIT}[mapping.engineer.by]
        records = RecordsOfDeal(
            deal,
            engineers=self._of(record_id, who),
            roles=self._of(record_id, None if mapping.personas else ROLE),
            events=self._of(record_id, None if mapping.meeting else EVENT),
            history=self._of(record_id, HISTORY if mapping.history else None),
        )
        return read_deal(records, mapping, now)

    def deal_of(self, kind: str, record_id: str) -> str | None:
        """Returns the deal that a record belongs to; None where it belongs to none, or is not there."""
        parent = PARENTS.get(kind)
        found = self._crm.read(kind, [record_id], [parent]).get(record_id) if parent else None
        return None if found is None or parent is None else _deal_id(found.fields.get(parent))

    def changed(self, kind: str, place: Cursor) -> Changed:
        """Returns what has changed of a kind since a place, a page of it: also what was taken away."""
        parent = "Id" if kind == DEAL else PARENTS.get(kind)
        page = self._crm.changed_since(kind, [parent or "Id"], place)
        found = [
            ChangedRecord(one.id, one.id if kind == DEAL else _deal_id(one.fields.get(parent or "")), one.modified)
            for one in page.records
        ]
        return Changed(tuple(found), page.cursor)

    def nearly_spent(self) -> bool:
        """Tells whether what is left of the CRM's allowance should be left to others."""
        usage = self._crm.usage()
        return usage is not None and usage.nearly_spent

    def _of(self, record_id: str, kind: str | None) -> Sequence[CrmRecord]:
        if kind is None:
            return ()
        return self._crm.children(kind, PARENTS.get(kind, OF_DEAL), [record_id], FIELDS[kind])


def _deal_id(value: Scalar) -> str | None:
    whole = eighteen(value) if isinstance(value, str) else None
    return whole if whole is not None and whole.startswith(DEALS_BEGIN) else None
