"""A CRM in memory: records of any kind that a test sets, read by the fields' paths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.deals.wire.salesforce_ids import eighteen
from shared.ports.crm import CrmRecord, Cursor, Deleted, Page, Scalar
from tests.harness.sent_events import NOON


def record_id(prefix: str, number: int) -> str:
    """An id of 18 characters. prefix: of three, which tells the kind"""
    whole = eighteen(f"{prefix}4x{number:010d}")
    assert whole is not None
    return whole


@dataclass
class CrmInMemory:
    """The `CrmRecords` port.

    records: kind → id → fields, paths across relations among them; trouble: raised, in this order, by the next requests
    changed: id → when it changed last; asked: what was asked for, in order
    """

    records: dict[str, dict[str, dict[str, Scalar]]] = field(default_factory=dict)
    changed: dict[str, datetime] = field(default_factory=dict)
    deleted: dict[str, Deleted] = field(default_factory=dict)
    trouble: list[Exception] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    page_size: int = 100

    def put(
        self, kind: str, identity: str, fields: Mapping[str, Scalar], at: datetime = NOON - timedelta(days=1)
    ) -> str:
        """Sets fields of a record, named as a query names them."""
        known = self.records.setdefault(kind, {}).setdefault(identity, {"Id": identity})
        known |= fields
        self.changed[identity] = at
        self.deleted.pop(identity, None)
        return identity

    def delete(self, kind: str, identity: str, at: datetime = NOON) -> None:
        self.records.get(kind, {}).pop(identity, None)
        self.deleted[identity] = Deleted(identity, at)

    def read(self, kind: str, ids: Sequence[str], fields: Sequence[str]) -> Mapping[str, CrmRecord | Deleted]:
        self._ask(f"read {kind}")
        held = self.records.get(kind, {})
        found = {one: self._record(held[one], fields) for one in ids if one in held}
        return {**found, **{one: self.deleted[one] for one in ids if one in self.deleted}}

    def children(
        self, kind: str, parent_field: str, parent_ids: Sequence[str], fields: Sequence[str]
    ) -> Sequence[CrmRecord]:
        self._ask(f"children {kind}")
        held = sorted(self.records.get(kind, {}).items())
        return [self._record(one, [*fields, parent_field]) for _, one in held if one.get(parent_field) in parent_ids]

    def changed_since(self, kind: str, fields: Sequence[str], after: Cursor | None) -> Page:
        self._ask(f"changed {kind}")
        begin = (after.modified, after.id) if after else None
        found = sorted((self.changed[one], one) for one in self.records.get(kind, {}))
        page = [(at, one) for at, one in found if begin is None or (at, one) > begin]
        some = page[: self.page_size]
        cursor = Cursor(*some[-1]) if len(page) > len(some) else None
        return Page(tuple(self._record(self.records[kind][one], fields) for _, one in some), cursor)

    def usage(self) -> None:
        return None

    def _record(self, held: Mapping[str, Scalar], fields: Sequence[str]) -> CrmRecord:
        identity = str(held["Id"])
        return CrmRecord(identity, {name: held.get(name) for name in fields}, self.changed[identity])

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if self.trouble:
            raise self.trouble.pop(0)
