"""The `CrmRecords` port: over a folder of exported files, and over Salesforce's interface, served by our own server."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from infra.demonstration.salesforce_records import KINDS, Organisation
from infra.local.crm_files import CrmFiles
from shared.deals.wire.salesforce_ids import eighteen
from shared.ports.crm import CrmRecord, CrmRecords, CrmRefused, Cursor, Deleted
from tests.harness.salesforce import salesforce

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PAGE = 3
FIELDS = ("Name", "StageName", "Amount", "Account.Industry", "CloseDate", "Next_Meeting__c", "IsClosed")


class Shelf:
    """One implementation with records, which `add` puts there and `delete` takes away again."""

    def __init__(self, records: CrmRecords) -> None:
        self.records = records

    def add(self, kind: str, modified: datetime = NOON, **fields: Any) -> str:
        raise NotImplementedError

    def delete(self, kind: str, record_id: str, modified: datetime) -> None:
        raise NotImplementedError

    def undelete(self, kind: str, record_id: str, modified: datetime) -> None:
        raise NotImplementedError


class Exported(Shelf):
    def __init__(self, folder: Path) -> None:
        super().__init__(CrmFiles(folder, page=PAGE))
        self._folder = folder
        self._numbers = count(1)
        self._rows: dict[str, dict[str, Any]] = {}

    def add(self, kind: str, modified: datetime = NOON, **fields: Any) -> str:
        whole = eighteen(f"{KINDS[kind].prefix}000{next(self._numbers):09}")
        assert whole is not None
        accounts = {"Account": self._rows[fields["AccountId"]]} if fields.get("AccountId") else {"Account": None}
        self._write(kind, {"Id": whole, **fields, **accounts}, modified)
        return whole

    def delete(self, kind: str, record_id: str, modified: datetime) -> None:
        self._write(kind, self._rows[record_id] | {"IsDeleted": True}, modified)

    def undelete(self, kind: str, record_id: str, modified: datetime) -> None:
        self._write(kind, self._rows[record_id] | {"IsDeleted": False}, modified)

    def _write(self, kind: str, row: dict[str, Any], modified: datetime) -> None:
        row |= {"SystemModstamp": modified.strftime("%Y-%m-%dT%H:%M:%S.000+0000")}
        self._rows[row["Id"]] = row
        with (self._folder / f"{kind}.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, default=_written) + "\n")


class Served(Shelf):
    def __init__(self, records: CrmRecords, organisation: Organisation, clock: list[datetime]) -> None:
        super().__init__(records)
        self._organisation = organisation
        self._clock = clock

    def add(self, kind: str, modified: datetime = NOON, **fields: Any) -> str:
        return self._organisation.add(kind, fields, modified=modified)

    def delete(self, kind: str, record_id: str, modified: datetime) -> None:
        self._clock[0] = modified
        self._organisation.delete(kind, record_id)

    def undelete(self, kind: str, record_id: str, modified: datetime) -> None:
        self._clock[0] = modified
        self._organisation.undelete(kind, record_id)


def _written(value: date) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%S.000+0000") if isinstance(value, datetime) else value.isoformat()


@pytest.fixture(params=["exported files", "Salesforce's interface"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shelf]:
    if request.param == "exported files":
        yield Exported(tmp_path)
        return
    clock = [NOON]
    organisation = Organisation(lambda: clock[0])
    # A page of the server's is smaller than ours, so that each answer has several.
    with salesforce(organisation, page=PAGE, page_size=2) as connected:
        yield Served(connected.records, organisation, clock)


def changed(shelf: Shelf, after: Cursor | None = None) -> list[list[str]]:
    """The ids of what changed, page by page."""
    pages = []
    while True:
        page = shelf.records.changed_since("Opportunity", ("Name",), after)
        pages.append([one.id for one in page.records])
        after = page.cursor
        if after is None:
            return pages


class TestReading:
    def test_a_record_comes_with_what_was_asked_for_under_its_very_names(self, shelf: Shelf) -> None:
        account = shelf.add("Account", Name="Acme Health", Industry="Healthcare")
        meeting = datetime(2026, 3, 9, 14, 30, tzinfo=UTC)
        deal = shelf.add(
            "Opportunity",
            Name="Acme: platform",
            StageName="Discovery",
            Amount=1.25e7,
            AccountId=account,
            CloseDate=date(2026, 6, 30),
            Next_Meeting__c=meeting,
            IsClosed=False,
        )
        found = shelf.records.read("Opportunity", [deal], (*FIELDS, "stagename"))[deal]
        assert isinstance(found, CrmRecord)
        assert (found.id, found.modified) == (deal, NOON)
        assert found.text("StageName") == found.text("stagename") == "Discovery"
        assert (found.number("Amount"), found.text("Account.Industry")) == (1.25e7, "Healthcare")
        assert (found.moment("Next_Meeting__c"), found.day("CloseDate")) == (meeting, date(2026, 6, 30))
        assert found.moment("CloseDate") is None, "a day is no moment"
        assert found.fields["IsClosed"] is False

    def test_what_is_empty_is_none_and_so_is_what_a_missing_record_would_say(self, shelf: Shelf) -> None:
        """A person's account has no industry, and an opportunity may have no account."""
        deal = shelf.add("Opportunity", Name="Nobody's", Amount=None, AccountId=None, StageName="")
        found = shelf.records.read("Opportunity", [deal], FIELDS)[deal]
        assert isinstance(found, CrmRecord)
        assert (found.number("Amount"), found.text("Account.Industry"), found.text("StageName")) == (None, None, None)

    def test_ids_may_have_15_characters_and_come_twice_and_what_is_not_there_is_absent(self, shelf: Shelf) -> None:
        ids = [shelf.add("Opportunity", Name=f"Deal {number}") for number in range(5)]
        unknown = [eighteen("006000000zzzzzz") or "", "no id", ""]
        found = shelf.records.read("Opportunity", [ids[0][:15], *ids, *unknown], ["Name"])
        assert sorted(found) == sorted(ids)
        assert shelf.records.read("Opportunity", [], ["Name"]) == {}

    def test_a_deleted_record_is_told_from_one_that_never_was(self, shelf: Shelf) -> None:
        deal = shelf.add("Opportunity", Name="Gone")
        shelf.delete("Opportunity", deal, NOON + SECOND)
        assert shelf.records.read("Opportunity", [deal], ["Name"]) == {
            deal: Deleted(deal, NOON + SECOND, None, {"Name": "Gone"})
        }
        shelf.undelete("Opportunity", deal, NOON + 2 * SECOND)
        assert isinstance(shelf.records.read("Opportunity", [deal], ["Name"])[deal], CrmRecord)

    def test_children_come_by_parent_without_those_that_were_taken_away(self, shelf: Shelf) -> None:
        deals = [shelf.add("Opportunity", Name=name) for name in ("One", "Two")]
        users = [shelf.add("User", Name=name) for name in ("Joe", "Sarah", "Ann")]
        placed = {}
        for user in users:
            for deal in deals:
                placed[user, deal] = shelf.add("OpportunityTeamMember", OpportunityId=deal, UserId=user)
        shelf.delete("OpportunityTeamMember", placed[users[1], deals[0]], NOON + SECOND)
        found = shelf.records.children("OpportunityTeamMember", "OpportunityId", [d[:15] for d in deals], ["UserId"])
        assert [(one.fields["OpportunityId"], one.fields["UserId"]) for one in found] == [
            (deals[0], users[0]),
            (deals[0], users[2]),
            *((deals[1], user) for user in users),
        ]


class TestChanges:
    def test_pages_bring_each_once_by_time_and_id(self, shelf: Shelf) -> None:
        ids = [shelf.add("Opportunity", NOON + at * SECOND, Name="") for at in (5, 2, 7, 1, 4, 3, 6)]
        ordered = [ids[3], ids[1], ids[5], ids[4], ids[0], ids[6], ids[2]]
        assert changed(shelf) == [ordered[:3], ordered[3:6], ordered[6:]]

    def test_j12_those_of_one_moment_are_not_lost_between_pages(self, shelf: Shelf) -> None:
        """J12: a bulk job stamps more records with one moment than a page holds."""
        ids = [shelf.add("Opportunity", Name="") for _ in range(7)]
        assert [one for page in changed(shelf) for one in page] == sorted(ids)

    def test_a_place_is_after_its_record_and_without_one_before_all_of_its_moment(self, shelf: Shelf) -> None:
        ids = sorted(shelf.add("Opportunity", Name="") for _ in range(2))
        later = shelf.add("Opportunity", NOON + SECOND, Name="")
        assert changed(shelf, Cursor(NOON, ids[0])) == [[ids[1], later]]
        assert changed(shelf, Cursor(NOON)) == [[*ids, later], []]
        assert changed(shelf, Cursor(NOON + SECOND, later)) == [[]]

    def test_deletions_and_undeletions_are_changes(self, shelf: Shelf) -> None:
        deal, other = (shelf.add("Opportunity", Name="") for _ in range(2))
        shelf.delete("Opportunity", deal, NOON + SECOND)
        found = shelf.records.changed_since("Opportunity", ["Name"], Cursor(NOON, other)).records
        assert found == (Deleted(deal, NOON + SECOND, None, {"Name": ""}),)
        shelf.undelete("Opportunity", deal, NOON + 2 * SECOND)
        (back,) = shelf.records.changed_since("Opportunity", ["Name"], Cursor(NOON + SECOND, deal)).records
        assert isinstance(back, CrmRecord)


def test_files_that_are_not_there_hold_nothing_and_a_damaged_one_is_named(tmp_path: Path) -> None:
    records = CrmFiles(tmp_path / "none")
    assert records.changed_since("Opportunity", [], None).records == ()
    for content in ("{", "[]", '{"Id": "006"}', '{"Id": "006000000000001"}'):
        (tmp_path / "Opportunity.jsonl").write_text(content)
        with pytest.raises(CrmRefused, match=r"Opportunity\.jsonl"):
            CrmFiles(tmp_path).read("Opportunity", [], [])


def test_nothing_of_a_record_but_what_was_asked_for_is_held(tmp_path: Path) -> None:
    shelf = Exported(tmp_path)
    deal = shelf.add("Opportunity", Name="Deal", Secret__c="not for us")
    found = shelf.records.read("Opportunity", [deal], ["Name"])[deal]
    assert found.fields == {"Name": "Deal"}


def _typed(fields: Mapping[str, object]) -> CrmRecord:
    return CrmRecord("006000000000001AAA", fields, NOON)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "number", "text", "day"),
    [
        (True, None, "true", None),
        (7, 7.0, "7", None),
        (" a\n", None, "a", None),
        ("2026-02-30", None, "2026-02-30", None),
        ("2026-02-14T23:30:00.000+0000", None, "2026-02-14T23:30:00.000+0000", date(2026, 2, 14)),
        (None, None, None, None),
    ],
)
def test_a_field_is_read_as_what_it_is(value: object, number: float | None, text: str | None, day: date | None) -> None:
    record = _typed({"F": value})
    assert (record.number("F"), record.text("F"), record.day("F"), record.moment("Other")) == (number, text, day, None)
