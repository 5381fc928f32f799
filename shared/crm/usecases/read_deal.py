"""Reads a deal from the CRM, with all that belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.crm.domain.deal_mapping import DEAL, EVENT, HISTORY, OF_DEAL, PARENTS, ROLE, SPLIT, TEAM, DealMapping
from shared.crm.wire.opportunity import FoundDeal, RecordsOfDeal, read_deal
from shared.ports.crm import CrmRecord, CrmRecords, Cursor

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
class Changed:
    """A page of changes. deals: that changed, or have got a record; records: of another kind, that changed

    cursor: where the next page begins; None: there is none
    """

    deals: frozenset[str]
    records: tuple[str, ...]
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
        return found.text(parent) if isinstance(found, CrmRecord) and parent else None

    def changed(self, kind: str, since: datetime, after: str) -> Changed:
        """Returns what has changed of a kind, a page of it. after: the last record of that moment that is known; empty:
        none, and what is committed late is looked for a while before it"""
        parent = PARENTS.get(kind)
        place = Cursor(since, after) if after else Cursor(since - LATE)
        page = self._crm.changed_since(kind, [parent or "Id"], place)
        if kind == DEAL:
            return Changed(frozenset(one.id for one in page.records), (), page.cursor)
        found = [one.text(parent) for one in page.records if isinstance(one, CrmRecord) and parent]
        return Changed(frozenset(one for one in found if one), tuple(one.id for one in page.records), page.cursor)

    def _of(self, record_id: str, kind: str | None) -> Sequence[CrmRecord]:
        if kind is None:
            return ()
        return self._crm.children(kind, PARENTS.get(kind, OF_DEAL), [record_id], FIELDS[kind])
