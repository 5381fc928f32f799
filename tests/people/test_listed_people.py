"""A page of people costs the same, however many there are."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra.declarations.pipeline import load_pipeline
from infra.local.sqlite_documents import SqliteDocuments
from shared.kernel.access import Caller
from shared.people.domain.name_search import NameSearch
from shared.people.records import MOST_PAGES_LOOKED_AT, Employee, EmployeeRecords
from shared.people.usecases.people_in_sight import PeopleInSight
from shared.ports.documents import Put
from tests.harness.counting import counting

NOW = datetime(2026, 11, 30, tzinfo=UTC)
CRO = Caller(email="cro@example.com", role="cro", employee_id="cro@example.com")
LEAD = Caller(email="lead@example.com", role="manager", employee_id="lead@example.com")
FIRST = ("Ada", "Bo", "Çiğdem", "Dana", "Élodie", "Finn", "Gül")


def employee(number: int) -> Employee:
    """People of a few first names; every hundredth has a last name of their own kind, and has the lead as a manager."""
    rare = number % 100 == 7
    return Employee(
        employee_id=f"p{number:05}@example.com",
        name=f"{FIRST[number % len(FIRST)]} {'Zimmer' if rare else 'Smith'}{number:05}",
        manager_id="lead@example.com" if rare else None,
        framework_id="sales_engineering",
        updated_at=NOW,
    )


def house(folder: Path, people: int) -> SqliteDocuments:
    pipeline = load_pipeline()
    store = SqliteDocuments(folder / f"{people}.sqlite", indexes=pipeline.documents.indexes)
    for start in range(0, people, 250):
        some = [employee(number) for number in range(start, min(start + 250, people))]
        store.commit([Put(f"employees/{one.employee_id}", one.stored()) for one in some])
    return store


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SqliteDocuments:
    return house(tmp_path_factory.mktemp("small"), 300)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> SqliteDocuments:
    return house(tmp_path_factory.mktemp("large"), 3000)


@pytest.mark.parametrize("search", ["", "zimmer", "ada", "ada zimmer00707", "p00007@example.com"])
def test_ten_times_the_people_are_no_more_reads(small: SqliteDocuments, large: SqliteDocuments, search: str) -> None:
    read = []
    for store in (small, large):
        counted = counting(store)
        found, _ = PeopleInSight(EmployeeRecords(counted)).listed(CRO, NameSearch(search), limit=50)
        assert all(NameSearch(search).begins(one.name, one.employee_id) for one in found)
        read.append(counted.counted.reads)
    assert max(read) <= 51
    assert read[1] <= max(read[0] * 10, 51) if search else read[0] == read[1]


def test_a_search_that_the_store_cannot_narrow_looks_at_so_many_and_goes_on(large: SqliteDocuments) -> None:
    counted = counting(large)
    in_sight = PeopleInSight(EmployeeRecords(counted))
    found, following = in_sight.listed(CRO, NameSearch("p00 zim"), limit=5)
    assert counted.counted.reads == MOST_PAGES_LOOKED_AT * 5
    assert following is not None
    while following is not None:
        more, following = in_sight.listed(CRO, NameSearch("p00 zim"), limit=50, after=following)
        found += more
    assert sorted(one.employee_id for one in found) == [f"p{n:05}@example.com" for n in range(1000) if n % 100 == 7]


def test_pages_hold_everybody_once_in_the_order_of_names(small: SqliteDocuments) -> None:
    in_sight = PeopleInSight(EmployeeRecords(small))
    seen: list[Employee] = []
    following: str | None = None
    while True:
        page, following = in_sight.listed(CRO, NameSearch(""), limit=70, after=following)
        seen += page
        if following is None:
            break
    assert len({one.employee_id for one in seen}) == len(seen) == 300
    assert [one.listed_as for one in seen] == sorted(one.listed_as for one in seen)
    assert seen[0].name.startswith("Ada")


def test_who_sees_some_pages_through_them_likewise(large: SqliteDocuments) -> None:
    in_sight = PeopleInSight(EmployeeRecords(large))
    first, following = in_sight.listed(LEAD, NameSearch("zimm"), limit=20)
    rest, end = in_sight.listed(LEAD, NameSearch("zimm"), limit=20, after=following)
    assert (len(first), len(rest), end) == (20, 10, None)
    assert [one.listed_as for one in [*first, *rest]] == sorted(one.listed_as for one in [*first, *rest])


def test_the_list_begins_anew_after_somebody_who_is_gone(small: SqliteDocuments) -> None:
    in_sight = PeopleInSight(EmployeeRecords(small))
    anew, _ = in_sight.listed(CRO, NameSearch(""), limit=3, after="gone@example.com")
    assert anew == in_sight.listed(CRO, NameSearch(""), limit=3)[0]
