"""Holds the records of an invented organisation as Salesforce holds them: with its ids, stamps and recycle bin.

What a kind has is declared, so that a field that nobody has made is refused as there. A deletion, an undeletion and a
merge stamp a record anew, as any change does; what was emptied from the recycle bin leaves no trace.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from infra.demonstration.salesforce_soql import Value
from shared.deals.wire.salesforce_ids import eighteen

ADMINISTRATOR: Final = "005000000000001AAB"
"""The user who changes what nobody else does."""

_HINT: Final = (
    "If you are attempting to use a custom field, be sure to append the '{}' after the custom field name. "
    "Please reference your WSDL or the describe call for the appropriate names."
)
_SYSTEM: Final = ("Id", "CreatedDate", "LastModifiedDate", "LastModifiedById", "SystemModstamp")


@dataclass(frozen=True, slots=True)
class Kind:
    """An object type. prefix: of its ids; relations: name → (the field with the id, the other's kind)

    deletable: has IsDeleted; mergeable: has MasterRecordId
    """

    prefix: str
    fields: tuple[str, ...]
    relations: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    deletable: bool = True
    mergeable: bool = False

    def named(self, name: str) -> str | None:
        """Returns a field as the organisation writes it, whatever its case; None where there is none."""
        extra = (*(["IsDeleted"] if self.deletable else []), *(["MasterRecordId"] if self.mergeable else []))
        return next((one for one in (*_SYSTEM, *extra, *self.fields) if one.lower() == name.lower()), None)

    def relation(self, name: str) -> tuple[str, str, str] | None:
        """Returns a relation's own name, the field with the id and the other's kind."""
        found = next((one for one in self.relations if one.lower() == name.lower()), None)
        return None if found is None else (found, *self.relations[found])


_ACCOUNT: Final = {"Account": ("AccountId", "Account")}
_OPPORTUNITY: Final = {"Opportunity": ("OpportunityId", "Opportunity")}
KINDS: Final[Mapping[str, Kind]] = {
    "Account": Kind(
        "001", ("Name", "Industry", "NumberOfEmployees", "BillingCountry", "IsPersonAccount"), mergeable=True
    ),
    "Contact": Kind("003", ("Name", "Title", "Email", "AccountId"), _ACCOUNT, mergeable=True),
    "User": Kind("005", ("Name", "Email", "Username", "IsActive", "FederationIdentifier"), deletable=False),
    "Opportunity": Kind(
        "006",
        (
            *(
                "Name",
                "StageName",
                "Amount",
                "CurrencyIsoCode",
                "CloseDate",
                "AccountId",
                "OwnerId",
                "IsClosed",
                "IsWon",
            ),
            *("NextStep", "Type", "Loss_Reason__c", "Sales_Engineer__c", "Next_Meeting__c", "Next_Meeting_Type__c"),
            *("Readiness__c", "Readiness_Tier__c", "Open_Preparation__c", "Products__c", "Deal_Size__c"),
        ),
        {**_ACCOUNT, "Owner": ("OwnerId", "User"), "Sales_Engineer__r": ("Sales_Engineer__c", "User")},
    ),
    "OpportunityTeamMember": Kind(
        "00q", ("OpportunityId", "UserId", "TeamMemberRole"), {**_OPPORTUNITY, "User": ("UserId", "User")}
    ),
    "OpportunitySplit": Kind(
        "1rS",
        ("OpportunityId", "SplitOwnerId", "SplitPercentage", "SplitTypeId"),
        {**_OPPORTUNITY, "SplitOwner": ("SplitOwnerId", "User"), "SplitType": ("SplitTypeId", "OpportunitySplitType")},
    ),
    "OpportunitySplitType": Kind("149", ("MasterLabel", "DeveloperName"), deletable=False),
    "OpportunityHistory": Kind("008", ("OpportunityId", "StageName", "Amount", "CloseDate"), _OPPORTUNITY),
    "OpportunityContactRole": Kind(
        "00K",
        ("OpportunityId", "ContactId", "Role", "IsPrimary"),
        {**_OPPORTUNITY, "Contact": ("ContactId", "Contact")},
    ),
    "Event": Kind("00U", ("WhatId", "Subject", "Type", "StartDateTime", "IsAllDayEvent", "OwnerId")),
    "Task": Kind("00T", ("WhatId", "Subject", "Type", "Status", "ActivityDate", "OwnerId")),
}


class Organisation:
    """Records by kind and id. now: the clock that stamps; kinds: what its objects have"""

    def __init__(self, now: Callable[[], datetime] | None = None, kinds: Mapping[str, Kind] = KINDS) -> None:
        self.kinds = dict(kinds)
        self._now = now or (lambda: datetime.now(UTC))
        self._rows: dict[str, dict[str, dict[str, Value]]] = {name: {} for name in kinds}
        self._made = 0
        self._lock = threading.RLock()
        self.changed: list[Callable[[str, str], None]] = []
        """Who is told (kind, id) of every change of a living record, as a flow of the organisation is."""

    def add(self, kind: str, fields: Mapping[str, Value], *, modified: datetime | None = None) -> str:
        """Makes a record; returns its id. modified: the stamp of one that was committed late"""
        with self._lock:
            self._made += 1
            whole = eighteen(f"{self.kinds[kind].prefix}000{_base62(self._made):0>9}")
            assert whole is not None
            row: dict[str, Value] = {"Id": whole, "CreatedDate": modified or self._stamp()}
            row |= {"IsDeleted": False} if self.kinds[kind].deletable else {}
            row |= {"MasterRecordId": None} if self.kinds[kind].mergeable else {}
            self._rows[kind][whole] = row
            self._write(kind, whole, fields, ADMINISTRATOR, modified)
        self._tell(kind, whole)
        return whole

    def change(
        self, kind: str, record_id: str, fields: Mapping[str, Value], *, by: str = ADMINISTRATOR, quietly: bool = False
    ) -> bool:
        """Sets fields; False where there is no such living record. quietly: no flow tells of it, as of a bulk job"""
        with self._lock:
            row = self._rows[kind].get(record_id)
            if row is None or row.get("IsDeleted"):
                return False
            self._write(kind, record_id, fields, by, None)
        if not quietly:
            self._tell(kind, record_id)
        return True

    def delete(self, kind: str, record_id: str, *, into: str | None = None) -> None:
        """Moves a record to the recycle bin. into: what it is merged into, which gets its children"""
        with self._lock:
            merged: dict[str, Value] = {"MasterRecordId": into} if into is not None else {}
            self._write(kind, record_id, {"IsDeleted": True, **merged}, ADMINISTRATOR, None)
            if into is None:
                return
            for other, declared in self.kinds.items():
                for column, whose in declared.relations.values():
                    for row in self._rows[other].values():
                        if whose == kind and row.get(column) == record_id:
                            self._write(other, str(row["Id"]), {column: into}, ADMINISTRATOR, None)

    def undelete(self, kind: str, record_id: str) -> None:
        """Takes a record out of the recycle bin."""
        with self._lock:
            self._write(kind, record_id, {"IsDeleted": False}, ADMINISTRATOR, None)

    def purge(self, kind: str, record_id: str) -> None:
        """Empties a record from the recycle bin."""
        with self._lock:
            del self._rows[kind][record_id]

    def rows(self, kind: str) -> Sequence[Mapping[str, Value]]:
        """Returns all records of a kind, those in the recycle bin too, as they are at this moment."""
        with self._lock:
            return [dict(row) for row in self._rows[kind].values()]

    def row(self, kind: str, record_id: object) -> Mapping[str, Value] | None:
        """Returns a record, also one in the recycle bin."""
        with self._lock:
            found = self._rows[kind].get(str(record_id))
            return None if found is None else dict(found)

    def _write(
        self, kind: str, record_id: str, fields: Mapping[str, Value], by: str, modified: datetime | None
    ) -> None:
        row, stamp = self._rows[kind][record_id], modified or self._stamp()
        for name, value in fields.items():
            known = self.kinds[kind].named(name)
            if known is None:
                raise KeyError(f"{kind} has no field {name}")
            row[known] = value
        row |= {"LastModifiedDate": stamp, "SystemModstamp": stamp, "LastModifiedById": by}
        if kind == "Opportunity" and "StageName" in fields:
            self.add("OpportunityHistory", {"OpportunityId": record_id, "StageName": row["StageName"]}, modified=stamp)

    def _stamp(self) -> datetime:
        """Returns the present second: Salesforce's stamps have no finer parts."""
        return self._now().astimezone(UTC).replace(microsecond=0)

    def _tell(self, kind: str, record_id: str) -> None:
        for listener in self.changed:
            listener(kind, record_id)


def value_of(organisation: Organisation, kind: str, row: Mapping[str, Value], path: str) -> Value:
    """Returns a field of a record, or of one that a relation leads to; None where the way is broken."""
    first, _, rest = path.partition(".")
    if not rest:
        return row.get(organisation.kinds[kind].named(first) or "")
    relation = organisation.kinds[kind].relation(first)
    other = None if relation is None else organisation.row(relation[2], row.get(relation[1]))
    return None if relation is None or other is None else value_of(organisation, relation[2], other, rest)


def missing(organisation: Organisation, kind: str, path: str) -> str | None:
    """Returns Salesforce's sentence about a field that does not exist; None for one that does."""
    first, _, rest = path.partition(".")
    declared = organisation.kinds[kind]
    if not rest:
        return None if declared.named(first) else f"No such column '{first}' on entity '{kind}'. {_HINT.format('__c')}"
    relation = declared.relation(first)
    if relation is None:
        return f"Didn't understand relationship '{first}' in field path. {_HINT.format('__r')}"
    return missing(organisation, relation[2], rest)


def _base62(number: int) -> str:
    return "".join(_digits(number))[::-1]


def _digits(number: int) -> Iterator[str]:
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    while number:
        yield letters[number % 62]
        number //= 62
