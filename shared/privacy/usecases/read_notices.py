"""Reads a person's notices, with the names of the people and calls that they tell of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.conversations.domain.call_name import CallName, record_id
from shared.conversations.records import CallRecords
from shared.kernel.access import Caller
from shared.kernel.pages import Page, Position
from shared.people.records import EmployeeRecords
from shared.platform.usecases.notices import Notifications

if TYPE_CHECKING:
    from shared.platform.contract import Notification


@dataclass(frozen=True, slots=True)
class NamedNotices:
    """names: of people, by id; calls: those that still exist, by record id"""

    page: Page[Notification]
    names: Mapping[str, str]
    calls: Mapping[str, CallName]


class ReadNotices:
    """Shows notices to whom they are for: of an own call, or of reading own calls."""

    def __init__(self, notices: Notifications, employees: EmployeeRecords, calls: CallRecords) -> None:
        self._notices = notices
        self._employees = employees
        self._calls = calls

    def own(self, caller: Caller, *, after: Position | None = None) -> NamedNotices:
        """Returns the caller's own notices, the newest first. Raises Forbidden."""
        page = self._notices.list(caller, caller.employee_id or "", after=after)
        facts = [notice.facts for notice in page.items]
        names = self._employees.names({one[key] for one in facts for key in ("by", "to") if key in one})
        calls = self._calls.names({record_id(one["source"], one["call_id"]) for one in facts if "call_id" in one})
        return NamedNotices(page, names, calls)
