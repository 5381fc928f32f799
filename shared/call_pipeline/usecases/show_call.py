"""Shows one call and what became of it."""

from __future__ import annotations

from collections.abc import Callable

from shared.call_pipeline.contract import CallItem
from shared.call_pipeline.usecases.call_items import CallItems
from shared.call_pipeline.usecases.call_sight import CallSight
from shared.conversations.records import CallRecord, CallRecords
from shared.kernel.access import Caller, require
from shared.kernel.preconditions import Expect
from shared.platform.domain.audit_actions import AuditAction


class ShowCall:
    """Shows calls one by one."""

    def __init__(self, records: CallRecords, sight: CallSight, items: CallItems) -> None:
        self._records = records
        self._sight = sight
        self._items = items

    def show(self, caller: Caller, record_id: str) -> CallItem:
        """Returns a call; leaves an audit record. Raises NotFound, and Forbidden for who sees none of its employees."""
        require(caller, "histories.read")
        record = self._records.get(record_id)
        self._sight.check_seen(caller, record)
        (item,) = self._items.items(caller, [record])
        self._items.note(caller, AuditAction.CALL_VIEWED, [item], detail=record_id)
        return item

    def as_seen(self, caller: Caller, expect: Expect | None) -> Callable[[CallRecord], None] | None:
        """Returns what raises Outdated for a record that is not what the caller has been shown; None where
        that does not matter."""
        return None if expect is None else lambda record: expect(self._items.items(caller, [record])[0])
