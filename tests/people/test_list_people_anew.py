"""Records of people that were written before lists ordered them by name are found in lists again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra.declarations.pipeline import load_pipeline
from infra.local.sqlite_documents import SqliteDocuments
from shared.kernel.access import Caller
from shared.people.domain.name_search import NameSearch
from shared.people.list_marks import ListMark, ListMarks
from shared.people.records import Employee, EmployeeRecords
from shared.people.usecases import list_people_anew
from shared.people.usecases.list_people_anew import ListPeopleAnew
from shared.people.usecases.people_in_sight import PeopleInSight
from shared.ports.documents import Merge, Put, Write
from tests.harness.counting import counting

NOW = datetime(2026, 11, 30, tzinfo=UTC)
CRO = Caller(email="cro@example.com", role="cro", employee_id="cro@example.com")
PEOPLE = 700


def employee(number: int, *, name: str = "") -> Employee:
    employee_id, name = f"p{number:04}@example.com", name or f"Ada Smith{number:04}"
    return Employee(employee_id=employee_id, name=name, framework_id="sales", updated_at=NOW)


def as_before(one: Employee) -> Put:
    kept = {name: value for name, value in one.stored().items() if name not in one.found_by}
    return Put(f"employees/{one.employee_id}", kept)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteDocuments]:
    with closing(SqliteDocuments(tmp_path / "people.sqlite", indexes=load_pipeline().documents.indexes)) as made:
        for start in range(0, PEOPLE, 100):
            made.commit([as_before(employee(number)) for number in range(start, start + 100)])
        yield made


def listed(store: SqliteDocuments, search: str) -> list[str]:
    found, _ = PeopleInSight(EmployeeRecords(store)).listed(CRO, NameSearch(search), limit=2 * PEOPLE)
    return [one.employee_id for one in found]


def test_lists_find_everybody_after_a_run(store: SqliteDocuments) -> None:
    assert listed(store, "") == listed(store, "ada smith0077") == []
    assert ListPeopleAnew(store).run() == PEOPLE
    assert len(listed(store, "")) == PEOPLE
    assert listed(store, "ada smith0077") == ["p0077@example.com"]
    assert store.get("employees/p0077@example.com").data == employee(77).stored()  # type: ignore[union-attr]


def test_a_pass_without_anything_to_write_is_the_last(store: SqliteDocuments) -> None:
    assert ListPeopleAnew(store).run() == PEOPLE
    store.commit([as_before(employee(3, name="Written by an instance of before"))])
    assert ListPeopleAnew(store).run() == 1
    assert ListPeopleAnew(store).run() == 0
    counted = counting(store)
    assert ListPeopleAnew(counted).run() == 0
    assert counted.counted.reads == 1
    ListMarks(store).put(ListMark(form=0, whole=True))  # of another form
    counted = counting(store)
    assert ListPeopleAnew(counted).run() == 0
    assert counted.counted.reads > PEOPLE


def test_a_large_organisation_takes_several_runs(store: SqliteDocuments, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_people_anew, "MOST_PAGES", 1)
    done = [ListPeopleAnew(store).run() for _ in range(3)]
    assert done == [300, 300, 100]
    assert len(listed(store, "")) == PEOPLE
    assert [ListPeopleAnew(store).run() for _ in range(3)] == [0, 0, 0]
    assert ListMarks(store).get() == ListMark(form=list_people_anew.FORM, whole=True)


class Overtaken(SqliteDocuments):
    """Somebody renames a person between the reading of the first page and its writing."""

    renamed = False

    def commit(self, writes: Sequence[Write]) -> None:
        if not self.renamed and any(isinstance(one, Merge) for one in writes):
            self.renamed = True
            super().commit([as_before(employee(5, name="Bo New"))])
        super().commit(writes)


def test_what_is_written_meanwhile_stands(store: SqliteDocuments, tmp_path: Path) -> None:
    with closing(Overtaken(tmp_path / "people.sqlite", indexes=load_pipeline().documents.indexes)) as overtaken:
        assert ListPeopleAnew(overtaken).run() == PEOPLE
        assert overtaken.renamed
    assert listed(store, "bo") == ["p0005@example.com"]
    assert listed(store, "smith0005") == []


def test_a_run_that_is_overtaken_by_everything_does_not_call_itself_done(
    store: SqliteDocuments, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_people_anew, "MOST_PAGES", 1)
    with closing(Overtaken(tmp_path / "people.sqlite", indexes=load_pipeline().documents.indexes)) as overtaken:
        assert ListPeopleAnew(overtaken).run() == 0
    assert sum(ListPeopleAnew(store).run() for _ in range(3)) == PEOPLE
