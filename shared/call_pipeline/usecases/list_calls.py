"""Lists calls: the own ones, a person's, or all in the caller's sight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.call_pipeline.contract import CallItem
from shared.call_pipeline.usecases.call_items import CallItems
from shared.call_pipeline.usecases.call_sight import sees_all
from shared.conversations.domain.call_state import How, State
from shared.conversations.records import CallRecords
from shared.kernel.access import Caller, require
from shared.kernel.pages import Page, Position
from shared.people.usecases.open_profile import OpenProfile
from shared.platform.domain.audit_actions import AuditAction


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Says which calls are wanted: of a person, in a state, linked to a deal so, of [since, until); each that is given
    narrows the others."""

    employee_id: str | None = None
    state: State | None = None
    deal_link: How | None = None
    since: datetime | None = None
    until: datetime | None = None


class ListCalls:
    """Lists calls, the latest first."""

    def __init__(self, records: CallRecords, people: OpenProfile, items: CallItems) -> None:
        self._records = records
        self._people = people
        self._items = items

    def page(
        self, caller: Caller, wanted: CallFilter, *, limit: int = 50, after: Position | None = None
    ) -> Page[CallItem]:
        """Returns a page of calls. Who does not see everyone's calls sees the own ones, or names a person.

        Raises NotFound and Forbidden about the person; Forbidden for who may see nobody's.
        """
        require(caller, "histories.read")
        employee_id = wanted.employee_id
        if employee_id is None and not sees_all(caller):
            employee_id = caller.employee_id
        if employee_id is not None:
            self._people.open(caller, employee_id, page="calls")
        found = self._records.page(
            employee_id=employee_id,
            state=wanted.state,
            deal_link=wanted.deal_link,
            since=wanted.since,
            until=wanted.until,
            limit=limit,
            after=after,
        )
        items = tuple(self._items.items(caller, found.items))
        self._items.note(caller, AuditAction.CALLS_LISTED, items, noted={employee_id})
        return Page(items, found.next)
